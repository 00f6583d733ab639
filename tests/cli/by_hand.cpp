#include "by_hand.hpp"

#include "base/text.hpp"
#include "sandbox/control/loopback.hpp"
#include "sandbox/control/sandbox_folder.hpp"
#include "json/writer.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace by_hand {
namespace {

constexpr int kMostLooks = 3000;
constexpr std::chrono::milliseconds kBetweenLooks{10};

class Cloud {
public:
    explicit Cloud(sandbox::Info info) : info_(std::move(info)) {
        // "http://127.0.0.1:8080/v1" without its host.
        base_ = info_.endpoint.substr(info_.endpoint.rfind('/'));
    }

    base::Result<json::Value> ask(const std::string& method, const std::string& path,
                                  const std::string& body = {}) const {
        return sandbox::ask_loopback({.port = info_.port,
                                      .token = info_.token,
                                      .method = method,
                                      .target = base_ + path,
                                      .body = body});
    }

    // "{servers/web}" becomes its id.
    base::Result<std::string> with_ids(std::string text) const {
        for (std::size_t at = 0; (at = text.find('{', at)) != std::string::npos; ++at) {
            const std::size_t slash = text.find('/', at);
            const std::size_t end = text.find('}', at);
            const std::string_view inside = std::string_view(text).substr(at + 1, end - at - 1);
            // Anything else with braces is a document.
            if (end == std::string::npos || slash > end ||
                inside.find_first_of("\"{: ") != std::string_view::npos) {
                continue;
            }
            const std::string plural(inside.substr(0, slash - at - 1));
            const std::string name(inside.substr(slash - at));
            text.replace(at, end - at + 1, TRY(id_of(plural, name)));
        }
        return text;
    }

    // Until nothing goes on that the answer has begun.
    base::Result<void> wait_for(const json::Value& answer) const {
        std::vector<json::Value> actions;
        if (const json::Value* one = answer.find("action")) actions.push_back(*one);
        const json::Value* several = answer.find("actions");
        if (several != nullptr && several->is_array()) {
            actions.insert(actions.end(), several->as_array()->begin(), several->as_array()->end());
        }
        for (const json::Value& action : actions) {
            TRY(wait_for_action(std::to_string(action.int64_or("id", 0))));
        }
        return {};
    }

private:
    base::Result<std::string> id_of(const std::string& plural, const std::string& name) const {
        const json::Value answer = TRY(ask("GET", "/" + plural + "?name=" + name));
        std::string out = id_in(answer, name);
        if (out.empty()) {
            return base::not_found(fmt::format("there is no {} \"{}\"", plural, name));
        }
        return out;
    }

    // Of what is called so, wherever a list of that cloud has it: a number, or a text.
    static std::string id_in(const json::Value& document, const std::string& name) {
        std::string out;
        if (const json::Array* items = document.as_array()) {
            for (const json::Value& item : *items) {
                if (out.empty()) out = id_in(item, name);
            }
        }
        const json::Object* object = document.as_object();
        if (object == nullptr) return out;
        if (document.string_or("name", document.string_or("title", "")) == name) {
            const json::Value* id = document.find("id");
            return id != nullptr && id->as_int64() != nullptr
                       ? std::to_string(*id->as_int64())
                       : std::string(document.string_or("uuid", ""));
        }
        for (const json::Member& member : *object) {
            if (out.empty()) out = id_in(member.value, name);
        }
        return out;
    }

    base::Result<void> wait_for_action(const std::string& id) const {
        for (int i = 0; i < kMostLooks; ++i) {
            const json::Value answer = TRY(ask("GET", "/actions/" + id));
            const json::Value* action = answer.find("action");
            const std::string status(action != nullptr ? action->string_or("status", "") : "");
            if (status == "success") return {};
            if (status != "running") {
                return base::internal("it failed: " + json::to_text(answer));
            }
            std::this_thread::sleep_for(kBetweenLooks);
        }
        return base::internal("it does not come to an end");
    }

    sandbox::Info info_;
    std::string base_;
};

base::Result<void> call(std::vector<std::string> words) {
    std::string name = "hetzner";
    if (words.size() > 2 && words[0] == "--cloud") {
        name = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    if (words.size() < 2 || words.size() > 3) {
        return base::invalid_argument("usage: by_hand [--cloud NAME] METHOD PATH [JSON]");
    }
    const Cloud cloud(TRY(sandbox::SandboxFolder(".provisioning/sandbox/" + name).info()));
    const std::string path = TRY(cloud.with_ids(words[1]));
    const std::string body = words.size() > 2 ? TRY(cloud.with_ids(words[2])) : std::string();
    return cloud.wait_for(TRY(cloud.ask(words[0], path, body)));
}

}

int run(const std::vector<std::string>& words) {
    const auto done = call(words);
    if (done.ok()) return 0;
    std::fputs(fmt::format("by_hand: {}\n", done.error().text()).c_str(), stderr);
    return 1;
}

}
