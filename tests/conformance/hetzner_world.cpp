#include "hetzner_world.hpp"

#include "providers/hetzner/provider.hpp"

#include <chrono>
#include <thread>

namespace conformance {
namespace {

constexpr std::size_t kTokenLength = 64;

// Labels are the user's own: a field there would not be the platform's.
void extend(json::Value& answer) {
    json::Object* object = answer.as_object();
    if (object == nullptr) return;
    const auto extend_one = [](json::Value& one) {
        if (json::Object* thing = one.as_object()) {
            thing->set("since_next_year", json::Object{{"a", 1}});
        }
    };
    for (json::Member& member : *object) {
        extend_one(member.value);
        if (json::Array* items = member.value.as_array()) {
            for (json::Value& item : *items) extend_one(item);
        }
    }
    object->set("since_next_year", 1);
}

constexpr SandboxedCloud kCloud{.name = "hetzner",
                                .new_token = [] { return random_digits(kTokenLength); },
                                .connect = providers::hetzner::connect_over,
                                .extend = extend};

}

HetznerWorld::HetznerWorld() : SandboxWorld(kCloud) {}

void HetznerWorld::wait_for(const json::Value& answer) const {
    const auto wait = [&](const json::Value* action) {
        if (action == nullptr || !action->is_object()) return;
        const std::string path = "/actions/" + std::to_string(action->int64_or("id", 0));
        for (;;) {
            const json::Value now = ask("GET", path);
            const json::Value* shown = now.find("action");
            if (shown == nullptr || shown->string_or("status", "") != "running") return;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    wait(answer.find("action"));
    for (const char* list : {"actions", "next_actions"}) {
        const json::Value* actions = answer.find(list);
        if (actions == nullptr || !actions->is_array()) continue;
        for (const json::Value& action : *actions->as_array()) wait(&action);
    }
}

json::Value HetznerWorld::make(const std::string& path, const json::Value& body) const {
    json::Value answer = ask("POST", path, body);
    wait_for(answer);
    return answer;
}

int HetznerWorld::count(std::string_view plural) const {
    const json::Value answer = ask("GET", "/" + std::string(plural) + "?per_page=50");
    const json::Value* items = answer.find(plural);
    return items != nullptr && items->is_array() ? static_cast<int>(items->as_array()->size()) : -1;
}

std::string HetznerWorld::id_of_first(std::string_view plural) const {
    const json::Value answer = ask("GET", "/" + std::string(plural));
    const json::Value* items = answer.find(plural);
    if (items == nullptr || !items->is_array() || items->as_array()->empty()) return "0";
    return std::to_string(items->as_array()->front().int64_or("id", 0));
}

}
