#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/servers.hpp"

namespace sandbox::hetzner {
namespace {

using std::chrono::milliseconds;

// The lower ends of what is seen (README.md); a test at speed 1 should be slow for a reason.
constexpr milliseconds kStop{3000};
constexpr milliseconds kSoft{700};    // only the message is sent
constexpr milliseconds kObey{6000};   // what the system then takes
constexpr milliseconds kReset{4000};

json::Object args_of(std::int64_t server) { return json::Object{{"server", server}}; }
std::int64_t server_in(const json::Value& args) { return args.int64_or("server", 0); }

base::Result<Reply> act(ApiCall& call, std::string_view command, milliseconds duration) {
    const std::int64_t action = begin_action(call.project, {.command = command,
                                                            .resources = {{"server", call.id}},
                                                            .duration = duration,
                                                            .args = args_of(call.id)});
    return reply_action(call.project, action);
}

base::Result<Reply> poweron(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    // Of one that runs it is no change, and no error either.
    if (server->string_or("status", "") == "running") return act(call, "start_server", kSoft);
    if (!has_interface(*server)) {
        return invalid_input("no public or private network interfaces found");
    }
    return act(call, "start_server", kStart);
}

base::Result<Reply> poweroff(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    return act(call, "stop_server", is_off(*server) ? kSoft : kStop);
}

base::Result<Reply> reset(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    if (is_off(*server)) return refuse(422, "service_error", "the server is not running");
    return act(call, "reset_server", kReset);
}

// The action ends when the system was asked; what it does about it comes later.
// Success of the action says nothing about the system: it may ignore the message. So clients have
// to look at `status`.
base::Result<Reply> ask_system(ApiCall& call, std::string_view command) {
    const Record* server = TRY(require_free_server(call));
    if (is_off(*server)) return refuse(422, "service_error", "the server is not running");
    return act(call, command, kSoft);
}

base::Result<Reply> shutdown(ApiCall& call) { return ask_system(call, "shutdown_server"); }
base::Result<Reply> reboot(ApiCall& call) { return ask_system(call, "reboot_server"); }

// Lets a text be an argument of a template, so that an effect needs no function of its own for
// each status.
template <std::size_t N>
struct Status {
    char text[N]{};
    constexpr Status(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
};

template <Status S>
void becomes(Project& project, const json::Value& args) {
    set_status(project, server_in(args), S.text);
}

// A running server only: something else may have stopped it meanwhile.
void system_stopped(Project& project, const json::Value& args) {
    const Record* server = project.find("server", server_in(args));
    if (server == nullptr || server->string_or("status", "") != "running") return;
    // Something else is at work on it: it decides about the status.
    if (is_locked(project, "server", server_in(args))) return;
    set_status(project, server_in(args), "off");
}

constexpr Route kRoutes[] = {
    {"POST", "/servers/{id:integer}/actions/poweron", poweron},
    {"POST", "/servers/{id:integer}/actions/poweroff", poweroff},
    {"POST", "/servers/{id:integer}/actions/reset", reset},
    {"POST", "/servers/{id:integer}/actions/shutdown", shutdown},
    {"POST", "/servers/{id:integer}/actions/reboot", reboot},
};

constexpr Effect kEffects[] = {
    {.command = "start_server",
     .begin =
         [](Project& project, const json::Value& args) {
             const Record* server = project.find("server", server_in(args));
             // Behind a creation the server is "off" by then; one that starts anew is shown as
             // starting.
             if (server != nullptr && server->string_or("status", "") == "off") {
                 set_status(project, server_in(args), "starting");
             }
         },
     .finish = becomes<"running">,
     .undo = becomes<"off">},
    {.command = "stop_server",
     .begin =
         [](Project& project, const json::Value& args) {
             const Record* server = project.find("server", server_in(args));
             if (server != nullptr && !is_off(*server)) {
                 set_status(project, server_in(args), "stopping");
             }
         },
     .finish = becomes<"off">,
     .undo = becomes<"running">},
    {.command = "reset_server", .finish = becomes<"running">},
    {.command = "shutdown_server",
     // Starts the second part, which is no action: nobody can poll for it.
     .finish =
         [](Project& project, const json::Value& args) {
             begin_timer(project, "system_stopped", kObey, args_of(server_in(args)));
         }},
    {.command = "system_stopped", .finish = system_stopped},
};

}

std::span<const Route> server_power_routes() { return kRoutes; }
std::span<const Effect> server_power_effects() { return kEffects; }

}
