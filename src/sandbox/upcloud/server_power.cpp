#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

// Starting and stopping. A request is answered with the state before it, which for a moment stays.
namespace sandbox::upcloud {
namespace {

constexpr std::string_view kPower = "server_power";
constexpr std::string_view kMaintain = "server_maintain";
constexpr std::chrono::seconds kUntilItShows{1};
constexpr std::chrono::seconds kStart{12};
constexpr std::chrono::seconds kHardStop{6};
constexpr std::chrono::seconds kSoftStop{10};

base::Result<Reply> begin(ApiCall& call, const Record& server, std::string_view then,
                          std::chrono::seconds duration) {
    Project& project = call.project;
    json::Value before = show_server(project, server);
    const std::int64_t id = id_of(server);
    begin_timer(project, kMaintain, kUntilItShows, json::Object{{"server", id}, {"then", then}});
    begin_action(project, {.command = kPower,
                           .resources = {{"server", id}},
                           .duration = duration,
                           .args = json::Object{{"server", id}, {"then", then}}});
    return Reply{.body = json::Object{{"server", std::move(before)}}};
}

base::Result<void> require_state(const Project& project, const Record& server,
                                 std::string_view wanted) {
    TRY(require_calm(project, server));
    const std::string_view state = server.string_or("state", "");
    if (state == wanted) return {};
    return old_refusal("SERVER_STATE_ILLEGAL",
                       fmt::format("The server {} is in the state '{}', not in '{}'.",
                                   server.string_or("uuid", ""), state, wanted));
}

base::Result<Reply> start(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_state(call.project, *server, "stopped"));
    if (server->find("_devices")->as_array()->empty()) {
        return old_refusal("NO_STORAGES_ATTACHED", "The server has no storage.");
    }
    return begin(call, *server, "started", kStart);
}

base::Result<Reply> stop(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_state(call.project, *server, "started"));
    const json::Value* how = call.body.find("stop_server");
    const std::string type(how != nullptr ? how->string_or("stop_type", "soft") : "soft");
    if (type != "soft" && type != "hard") {
        return old_refusal("STOP_TYPE_INVALID", "The stop_type is soft or hard.");
    }
    return begin(call, *server, "stopped", type == "hard" ? kHardStop : kSoftStop);
}

base::Result<Reply> restart(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_state(call.project, *server, "started"));
    return begin(call, *server, "started", kStart + kHardStop);
}

constexpr Route kRoutes[] = {
    {"POST", "/server/{uuid}/start", start},
    {"POST", "/server/{uuid}/stop", stop},
    {"POST", "/server/{uuid}/restart", restart},
};

void set_state(Project& project, const json::Value& args, std::string_view state) {
    const std::int64_t id = args.int64_or("server", 0);
    if (project.find("server", id) != nullptr) put(project.edit("server", id), "state", state);
}

constexpr Effect kEffects[] = {
    {.command = kMaintain,
     .finish =
         [](Project& project, const json::Value& args) {
             // An action with a very short life has ended already.
             if (is_locked(project, "server", args.int64_or("server", 0))) {
                 set_state(project, args, "maintenance");
             }
         }},
    {.command = kPower,
     .finish =
         [](Project& project, const json::Value& args) {
             set_state(project, args, args.string_or("then", ""));
         },
     .undo =
         [](Project& project, const json::Value& args) {
             const bool was_running = args.string_or("then", "") == "stopped";
             set_state(project, args, was_running ? "started" : "stopped");
         }},
};

}

std::span<const Route> server_power_routes() { return kRoutes; }
std::span<const Effect> server_effects() { return kEffects; }

}
