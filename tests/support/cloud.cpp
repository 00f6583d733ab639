#include "support/cloud.hpp"

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

constexpr std::string_view kCollections[] = {"ssh_keys",    "networks",    "placement_groups",
                                             "servers",     "volumes",     "firewalls",
                                             "primary_ips", "floating_ips"};

// What no two runs have alike, or what is about time.
const std::set<std::string, std::less<>> kLeftOut{
    "created",    "dns_ptr",     "mac_address",      "linux_device", "gateway",
    "locked",     "fingerprint", "server_type",      "image",        "location",
    "datacenter", "iso",         "primary_disk_size"};
// What is compared only where programs name all addresses.
const std::set<std::string, std::less<>> kOfAddresses{"ip",         "ipv4",        "ipv6",
                                                      "public_net", "private_net", "protection"};

std::string program() {
    std::string path = variable("PROVISIONING_BINARY");
    if (path.empty()) give_up("PROVISIONING_BINARY names the program under test");
    return path;
}

struct Names {
    bool with_addresses = false;
    std::map<std::int64_t, std::string> of_ids;
    std::map<std::string, std::string> of_addresses;   // as the sandbox hands them out
};

// Addresses that the platform chooses are never alike; the private ones are those of the program.
bool is_left_out(const json::Member& member, const Names& names) {
    if (kLeftOut.contains(member.key)) return true;
    if (member.key == "id") {
        const std::int64_t* id = member.value.as_int64();
        return id == nullptr || !names.with_addresses || !names.of_ids.contains(*id);
    }
    if (member.key.starts_with("provisioning.token")) return true;
    if (member.key.starts_with("provisioning.workspace")) return true;
    if (!names.with_addresses) return kOfAddresses.contains(member.key);
    if (member.key != "ip") return false;
    const std::string* address = member.value.as_string();
    return address == nullptr || !address->starts_with("10.");
}

// The platform gives what nobody names a name with a number.
std::string without_number(std::string text) {
    constexpr std::string_view kOwn = "primary_ip-";
    const std::size_t at = text.find(kOwn);
    if (at == std::string::npos) return text;
    const std::size_t end = text.find_first_not_of("0123456789", at + kOwn.size());
    return text.erase(at, end == std::string::npos ? end : end - at);
}

// Ids and addresses become names; labels that carry a token of a run are left out.
std::string normal(const json::Value& value, const Names& names) {
    if (const std::int64_t* number = value.as_int64()) {
        auto name = names.of_ids.find(*number);
        return name != names.of_ids.end() ? "@" + name->second : std::to_string(*number);
    }
    if (const json::Array* array = value.as_array()) {
        std::vector<std::string> parts;
        for (const json::Value& item : *array) parts.push_back(normal(item, names));
        std::ranges::sort(parts);
        std::string out = "[";
        for (const std::string& part : parts) out += part + ",";
        return out + "]";
    }
    if (const json::Object* object = value.as_object()) {
        std::map<std::string, std::string> members;
        for (const json::Member& member : *object) {
            if (is_left_out(member, names)) continue;
            // The hours are chosen by the platform.
            members[member.key] = member.key == "backup_window" && !member.value.is_null()
                                      ? "some"
                                      : normal(member.value, names);
        }
        std::string out = "{";
        for (const auto& [name, text] : members) out += name + ":" + text + ",";
        return out + "}";
    }
    if (const std::string* text = value.as_string()) {
        const auto owner = names.of_addresses.find(text->substr(0, text->find('/')));
        if (owner != names.of_addresses.end()) return "@" + owner->second;
    }
    return without_number(json::to_text(value));
}

std::string name_of(const json::Value& thing, std::string_view member) {
    const json::Value* part = thing.find(member);
    const json::Value* name = part != nullptr ? part->find("name") : nullptr;
    return name != nullptr && name->as_string() != nullptr ? *name->as_string() : "-";
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
    std::map<std::string, json::Array> things;
    Names names;
    names.with_addresses = with_addresses;
    for (std::string_view collection : kCollections) {
        auto answer =
            sandbox::ask_loopback({.port = port_,
                                   .token = token_,
                                   .method = "GET",
                                   .target = fmt::format("/v1/{}?per_page=50", collection),
                                   .body = {}});
        if (!answer.ok()) give_up(answer.error().text());
        json::Array& list = things[std::string(collection)];
        list = *answer->find(collection)->as_array();
        for (const json::Value& thing : list) {
            const json::Value* name = thing.find("name");
            const std::string known = fmt::format(
                "{}/{}", collection,
                name != nullptr && name->as_string() != nullptr ? *name->as_string() : "");
            names.of_ids[*thing.find("id")->as_int64()] = without_number(known);
            if (const json::Value* address = thing.find("public_net", "ipv4", "ip")) {
                names.of_addresses[*address->as_string()] = known;
            }
        }
    }
    std::vector<std::string> lines;
    for (const auto& [collection, list] : things) {
        for (const json::Value& thing : list) {
            lines.push_back(fmt::format("{} {} {} {} {}", collection, name_of(thing, "server_type"),
                                        name_of(thing, "image"), name_of(thing, "location"),
                                        normal(thing, names)));
        }
    }
    std::ranges::sort(lines);
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

}
