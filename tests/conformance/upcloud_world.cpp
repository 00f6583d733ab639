#include "upcloud_world.hpp"

#include "providers/rest/wire.hpp"
#include "providers/upcloud/provider.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

namespace conformance {
namespace {

using providers::rest::at_path;

constexpr std::size_t kTokenLength = 26;

// Everywhere but in labels, which are the user's own.
void extend(json::Value& answer) {
    if (json::Array* items = answer.as_array()) {
        for (json::Value& item : *items) extend(item);
    }
    json::Object* object = answer.as_object();
    if (object == nullptr || object->find("key") != nullptr) return;
    for (json::Member& member : *object) {
        if (member.key != "properties") extend(member.value);
    }
    object->set("since_next_year", json::Object{{"a", 1}});
}

constexpr SandboxedCloud kCloud{.name = "upcloud",
                                .new_token = [] { return "ucat_" + random_digits(kTokenLength); },
                                .connect = providers::upcloud::connect_over,
                                .extend = extend};

}

UpcloudWorld::UpcloudWorld() : SandboxWorld(kCloud) {}

json::Array UpcloudWorld::list(const std::string& path, std::string_view at) const {
    const json::Value answer = ask("GET", path);
    const json::Value* items = at_path(answer, at);
    return items != nullptr && items->is_array() ? *items->as_array() : json::Array{};
}

void UpcloudWorld::wait_for(const std::string& path, std::string_view at,
                            std::string_view state) const {
    constexpr int kMostLooks = 6000;   // half a minute
    for (int i = 0; i < kMostLooks; ++i) {
        const json::Value answer = ask("GET", path);
        const json::Value* now = at_path(answer, at);
        if (now == nullptr ? state.empty() : providers::rest::id_text(now) == state) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::fprintf(stderr, "%s does not come to the state \"%s\"\n", path.c_str(),
                 std::string(state).c_str());
}

}
