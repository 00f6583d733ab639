#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/servers.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

using std::chrono::milliseconds;

// About what the vendor takes, divided by `speed`.
constexpr milliseconds kChangeType{15'000};
constexpr milliseconds kRebuild{8000};
constexpr milliseconds kImage{60'000};
constexpr milliseconds kShort{1500};
constexpr std::size_t kPasswordLength = 20;

std::int64_t server_in(const json::Value& args) { return args.int64_or("server", 0); }

std::int64_t begin(ApiCall& call, std::string_view command, milliseconds duration,
                   json::Object args = {}) {
    args.set("server", call.id);
    return begin_action(call.project, {.command = command,
                                       // Named in the action, which locks it: the next change is
                                       // answered 423 until this one is over.
                                       .resources = {{"server", call.id}},
                                       .duration = duration,
                                       .args = std::move(args)});
}

// The vendor does not turn it off for that; whoever asks has to.
base::Result<void> require_off(const Record& server) {
    if (is_off(server)) return {};
    return refuse(422, "server_not_stopped", "the server must be stopped");
}

base::Result<Reply> change_type(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    const IdOrName wanted = body.required_id_or_name("server_type");
    // Required, with no default: growing the disk cannot be undone.
    const auto upgrades = body.flag("upgrade_disk");
    if (!body.has("upgrade_disk")) body.missing("upgrade_disk");
    TRY(body.check());
    const json::Value* type = catalogue_of(project).server_type(wanted);
    if (type == nullptr) {
        return invalid_input(fmt::format("server type '{}' not found", wanted.name));
    }
    TRY(require_off(*server));
    // Types are compared by what the catalogue says today; the server keeps the id alone.
    const json::Value* now =
        catalogue_of(project).server_type(IdOrName{server->int64_or("_type", 0), {}});
    const json::Value* offer = offer_of(*type, server->string_or("_location", ""));
    const auto refused = [](const char* why) { return refuse(422, "invalid_server_type", why); };
    if (type == now) return refused("the server is of this type already");
    if (type->string_or("architecture", "") != now->string_or("architecture", "")) {
        return refused("the server type has another architecture");
    }
    // Of the server's disk and not its type's: a server whose disk did not grow with an earlier
    // change may still go back.
    if (type->int64_or("disk", 0) < server->int64_or("primary_disk_size", 0)) {
        return refused("the disk of the server type is smaller than that of the server");
    }
    if (offer == nullptr || is_unavailable(offer->find("deprecation"), project.now)) {
        return refused("the server type is not available in this location");
    }
    return reply_action(project,
                        begin(call, "change_server_type", kChangeType,
                              json::Object{{"type", id_of(*type)}, {"upgrades", *upgrades}}));
}

void finish_change_type(Project& project, const json::Value& args) {
    if (project.find("server", server_in(args)) == nullptr) return;
    Record& server = project.edit("server", server_in(args));
    const std::int64_t type = args.int64_or("type", 0);
    put(server, "_type", type);
    // The vendor starts it again after the change.
    put(server, "status", "running");
    // The disk stays as it was: only then there is a way back to a smaller type.
    if (!args.bool_or("upgrades", false)) return;
    put(server, "primary_disk_size",
        catalogue_of(project).server_type(IdOrName{type, {}})->int64_or("disk", 0));
}

base::Result<Reply> rebuild(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require(project, kServers, call.id));
    // Protection is looked at before whether it is free: it will not go away by waiting.
    if (is_protected(*server, "rebuild")) return protected_from("server", "rebuild");
    TRY(require_free_server(call));
    Body body(call.body);
    const IdOrName wanted = body.required_id_or_name("image");
    // Accepted and of no use here: nothing boots.
    (void)body.text("user_data");
    TRY(body.check());
    const json::Value* type =
        catalogue_of(project).server_type(IdOrName{server->int64_or("_type", 0), {}});
    const std::string_view architecture = type->string_or("architecture", "");
    const json::Value* image = wanted.id ? image_of(project, *wanted.id)
                                         : catalogue_of(project).image(wanted.name, architecture);
    if (image == nullptr || image->string_or("status", "") != "available") {
        return invalid_input(fmt::format("image '{}' not found", wanted.name));
    }
    if (image->string_or("architecture", "") != architecture) {
        return invalid_input("image and server have different architectures");
    }
    // By the keys that it was made with. With keys nobody needs a password, and the vendor tells
    // none.
    const bool has_keys = server->bool_or("_has_keys", false);
    const std::int64_t action =
        begin(call, "rebuild_server", kRebuild, json::Object{{"image", id_of(*image)}});
    json::Value password;
    // Told once and kept nowhere.
    if (!has_keys) password = project.draw_text(kPasswordLength);
    return Reply{.status = 201,
                 .body = json::Object{{"action", view_action(project, action)},
                                      {"root_password", std::move(password)}}};
}

base::Result<Reply> change_protection_of_server(ApiCall& call) {
    static constexpr std::string_view kBoth[] = {"delete", "rebuild"};
    const Record* server = TRY(require(call.project, kServers, call.id));
    // What the request leaves out stays as it is; then both must be the same.
    const bool deletion = call.body.bool_or("delete", is_protected(*server, "delete"));
    const bool rebuilding = call.body.bool_or("rebuild", is_protected(*server, "rebuild"));
    if (deletion != rebuilding) {
        return invalid_input("delete and rebuild protection must be the same");
    }
    return change_protection(call, kServers, kBoth);
}

base::Result<Reply> enable_backup(ApiCall& call) {
    TRY(require_free_server(call));
    static constexpr const char* kWindows[] = {"22-02", "02-06", "06-10",
                                               "10-14", "14-18", "18-22"};
    // Which hours, the vendor chooses; here the seed does.
    put(call.project.edit("server", call.id), "backup_window", kWindows[call.project.draw() % 6]);
    return reply_action(call.project, begin(call, "enable_backup", milliseconds(0)));
}

base::Result<Reply> disable_backup(ApiCall& call) {
    TRY(require_free_server(call));
    put(call.project.edit("server", call.id), "backup_window", nullptr);
    // Backups belong to the server and go with the option; snapshots stay.
    std::vector<std::int64_t> backups;
    for (const auto& [id, image] : call.project.all("image")) {
        if (image.int64_or("bound_to", 0) == call.id) backups.push_back(id);
    }
    for (const std::int64_t id : backups) call.project.remove("image", id);
    return reply_action(call.project, begin(call, "disable_backup", milliseconds(0)));
}

base::Result<Reply> create_image(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    const auto description = body.text("description");
    const std::string type = body.one_of("type", {"snapshot", "backup"}).value_or("snapshot");
    auto labels = body.labels();
    TRY(body.check());
    // A backup belongs to its server and goes with it; a snapshot outlives it.
    const bool is_backup = type == "backup";
    if (is_backup && server->find("backup_window")->is_null()) {
        return refuse(422, "service_error", "backups are not enabled for the server");
    }
    const std::int64_t id = project.next_id();
    Record image = json::Object{};
    // A copy of what the server was made of, with what differs put over it: os_flavor and the like
    // are inherited.
    if (const json::Value* source = image_of(project, server->int64_or("_image", 0)))
        image = *source;
    for (const auto& [key, value] :
         *(json::Value(json::Object{
               {"id", id},
               {"type", type},
               {"status", "creating"},
               {"name", nullptr},
               {"description", description.value_or(std::string(server->string_or("name", "")))},
               {"image_size", nullptr},
               {"disk_size", server->int64_or("primary_disk_size", 0)},
               {"created", project.now_text()},
               {"created_from", json::Object{{"id", call.id}, {"name", *server->find("name")}}},
               {"bound_to", is_backup ? json::Value(call.id) : nullptr},
               {"rapid_deploy", false},
               {"deprecated", nullptr},
               {"protection", json::Object{{"delete", false}}},
               {"labels", labels.value_or(json::Object{})}}))
              .as_object()) {
        put(image, key, value);
    }
    project.add("image", std::move(image));
    const std::int64_t action =
        begin_action(project, {.command = "create_image",
                               .resources = {{"server", call.id}, {"image", id}},
                               .duration = kImage,
                               .args = json::Object{{"image", id}}});
    return Reply{.status = 201,
                 .body = json::Object{{"image", view_image(project, id)},
                                      {"action", view_action(project, action)}}};
}

base::Result<Reply> attach_iso(ApiCall& call) {
    TRY(require_free_server(call));
    Body body(call.body);
    const IdOrName wanted = body.required_id_or_name("iso");
    TRY(body.check());
    const json::Value* iso = catalogue_of(call.project).iso(wanted);
    if (iso == nullptr) return invalid_input(fmt::format("ISO '{}' not found", wanted.name));
    return reply_action(call.project,
                        begin(call, "attach_iso", kShort, json::Object{{"iso", id_of(*iso)}}));
}

base::Result<Reply> detach_iso(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    // To detach what is not there is an action as well, one that is over at once.
    const bool has_none = server->int64_or("_iso", 0) == 0;
    return reply_action(call.project, begin(call, "detach_iso", has_none ? milliseconds(0) : kShort,
                                            json::Object{{"iso", 0}}));
}

base::Result<Reply> with_password(ApiCall& call, std::int64_t action) {
    return Reply{.status = 201,
                 .body = json::Object{{"action", view_action(call.project, action)},
                                      {"root_password", call.project.draw_text(kPasswordLength)}}};
}

base::Result<Reply> enable_rescue(ApiCall& call) {
    TRY(require_free_server(call));
    Body body(call.body);
    (void)body.one_of("type", {"linux64"});
    const auto keys = body.ids("ssh_keys");
    TRY(body.check());
    for (const std::int64_t id : keys) {
        if (call.project.find("ssh_key", id) != nullptr) continue;
        return invalid_input(fmt::format("SSH key with ID {} not found", id));
    }
    put(call.project.edit("server", call.id), "rescue_enabled", true);
    return with_password(call, begin(call, "enable_rescue", milliseconds(0)));
}

base::Result<Reply> disable_rescue(ApiCall& call) {
    TRY(require_free_server(call));
    put(call.project.edit("server", call.id), "rescue_enabled", false);
    return reply_action(call.project, begin(call, "disable_rescue", milliseconds(0)));
}

base::Result<Reply> reset_password(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    if (server->string_or("status", "") != "running") {
        return refuse(422, "service_error", "the server is not running");
    }
    return with_password(call, begin(call, "reset_password", kShort));
}

base::Result<Reply> add_to_placement_group(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    Body body(call.body);
    const std::int64_t group = body.required_number("placement_group");
    TRY(body.check());
    TRY(require_off(*server));
    if (server->int64_or("_placement_group", 0) != 0) {
        return refuse(422, "already_in_placement_group", "the server is in a placement group");
    }
    TRY(require_placement(call.project, group, call.id));
    // At once, for the place is taken from now on, even if the action takes a while.
    join_group(call.project, group, call.id);
    return reply_action(call.project, begin(call, "add_to_placement_group", kShort));
}

base::Result<Reply> remove_from_placement_group(ApiCall& call) {
    const Record* server = TRY(require_free_server(call));
    if (server->int64_or("_placement_group", 0) == 0) {
        return refuse(422, "service_error", "the server is in no placement group");
    }
    TRY(require_off(*server));
    leave_group(call.project, call.id);
    return reply_action(call.project, begin(call, "remove_from_placement_group", milliseconds(0)));
}

constexpr Route kRoutes[] = {
    {"POST", "/servers/{id:integer}/actions/change_type", change_type},
    {"POST", "/servers/{id:integer}/actions/rebuild", rebuild},
    {"POST", "/servers/{id:integer}/actions/change_protection", change_protection_of_server},
    {"POST", "/servers/{id:integer}/actions/enable_backup", enable_backup},
    {"POST", "/servers/{id:integer}/actions/disable_backup", disable_backup},
    {"POST", "/servers/{id:integer}/actions/create_image", create_image},
    {"POST", "/servers/{id:integer}/actions/attach_iso", attach_iso},
    {"POST", "/servers/{id:integer}/actions/detach_iso", detach_iso},
    {"POST", "/servers/{id:integer}/actions/enable_rescue", enable_rescue},
    {"POST", "/servers/{id:integer}/actions/disable_rescue", disable_rescue},
    {"POST", "/servers/{id:integer}/actions/reset_password", reset_password},
    {"POST", "/servers/{id:integer}/actions/add_to_placement_group", add_to_placement_group},
    {"POST", "/servers/{id:integer}/actions/remove_from_placement_group",
     remove_from_placement_group},
};

void set_iso(Project& project, const json::Value& args) {
    if (project.find("server", server_in(args)) == nullptr) return;
    put(project.edit("server", server_in(args)), "_iso", args.int64_or("iso", 0));
}

constexpr Effect kEffects[] = {
    {.command = "change_server_type",
     .begin = [](Project& project,
                 const json::Value& args) { set_status(project, server_in(args), "migrating"); },
     .finish = finish_change_type,
     // An action that fails in between leaves it off, as a real one does.
     .undo = [](Project& project,
                const json::Value& args) { set_status(project, server_in(args), "off"); }},
    {.command = "rebuild_server",
     .begin = [](Project& project,
                 const json::Value& args) { set_status(project, server_in(args), "rebuilding"); },
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("server", server_in(args)) == nullptr) return;
             Record& server = project.edit("server", server_in(args));
             put(server, "_image", args.int64_or("image", 0));
             put(server, "status", "running");
         },
     .undo = [](Project& project,
                const json::Value& args) { set_status(project, server_in(args), "off"); }},
    {.command = "attach_iso", .finish = set_iso},
    {.command = "detach_iso", .finish = set_iso},
};

}

std::span<const Route> server_change_routes() { return kRoutes; }
std::span<const Effect> server_change_effects() { return kEffects; }

}
