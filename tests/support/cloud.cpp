#include "support/cloud.hpp"

#include "support/cloud_world.hpp"
#include "support/suite.hpp"

#include "sandbox/control/loopback.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>
#include <map>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

namespace suite {
namespace {

std::string program() {
    std::string path = variable("PROVISIONING_BINARY");
    if (path.empty()) give_up("PROVISIONING_BINARY names the program under test");
    return path;
}

}

std::string must_run(const std::vector<std::string>& words) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) give_up("no pipe");
    const std::string path = program();
    const pid_t child = ::fork();
    if (child == 0) {
        std::vector<char*> arguments{const_cast<char*>(path.c_str())};
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        ::dup2(pipe[1], STDOUT_FILENO);
        ::close(pipe[0]);
        ::close(pipe[1]);
        ::execv(path.c_str(), arguments.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    std::string out;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
        out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        give_up(fmt::format("`{}` ended with status {}: {}", words.front() + " " + words.at(1),
                            status, out));
    }
    return out;
}

Cloud::Cloud(std::string folder) : folder_(std::move(folder)) {
    const std::string text = must_run(
        {"sandbox", "start", "--dir", folder_, "--speed", "2000", "--rate-limit", "0", "--json"});
    auto told = json::parse(text);
    if (!told.ok()) give_up("`sandbox start --json` printed " + text);
    endpoint_ = *told->find("endpoint")->as_string();
    token_ = *told->find("token")->as_string();
    port_ = static_cast<std::uint16_t>(*told->find("port")->as_int64());
}

Cloud::~Cloud() { must_run({"sandbox", "stop", "--dir", folder_}); }

void Cloud::reset() const { must_run({"sandbox", "reset", "--dir", folder_}); }

void Cloud::add_fault(const std::vector<std::string>& words) const {
    std::vector<std::string> all{"sandbox", "faults", "add"};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), {"--dir", folder_});
    must_run(all);
}

std::vector<Cloud::Fired> Cloud::end_faults() const {
    auto told = json::parse(must_run({"sandbox", "faults", "list", "--dir", folder_, "--json"}));
    if (!told.ok()) give_up("`sandbox faults list --json` printed no JSON");
    std::vector<Fired> out;
    for (const json::Value& fault : *told->find("faults")->as_array()) {
        out.push_back(
            {.requests = fault.int64_or("matched", 0), .times = fault.int64_or("fired", 0)});
    }
    must_run({"sandbox", "faults", "remove", "--dir", folder_});
    return out;
}

std::int64_t Cloud::requests() const {
    auto status = json::parse(must_run({"sandbox", "status", "--dir", folder_, "--json"}));
    if (!status.ok()) give_up("`sandbox status --json` printed no JSON");
    return *status->find("requests")->as_int64();
}

std::vector<Cloud::Request> Cloud::last_requests(std::int64_t count) const {
    auto status = json::parse(must_run({"sandbox", "status", "--dir", folder_, "--requests",
                                        "--last", std::to_string(count), "--json"}));
    if (!status.ok()) give_up("`sandbox status --json` printed no JSON");
    std::vector<Request> out;
    for (const json::Value& one : *status->find("log")->as_array()) {
        out.push_back({.method = std::string(one.string_or("method", "")),
                       .target = std::string(one.string_or("target", "")),
                       .status = one.int64_or("status", 0)});
    }
    return out;
}

std::string Cloud::world(bool with_addresses) const {
    const auto ask = [this](const std::string& target) {
        auto answer = sandbox::ask_loopback(
            {.port = port_, .token = token_, .method = "GET", .target = target, .body = {}});
        if (!answer.ok()) give_up(answer.error().text());
        return std::move(answer).value();
    };
    return world_of(ask, with_addresses);
}

}
