#include "sandbox/hetzner/volumes.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/kit/project.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kSmallest = 10;
constexpr std::int64_t kLargest = 10'240;
// The limits of the vendor's documentation, in GB and by server.
constexpr std::size_t kMostOfServer = 16;
constexpr std::chrono::milliseconds kCreate{3000};
constexpr std::chrono::milliseconds kResize{2000};

json::Value view(const Project& project, const Record& volume) {
    json::Object out = public_part(volume);
    out.set("location", location_of(project, volume));
    return out;
}

bool matches(const ApiCall& call, const Record& volume) {
    const auto wanted = call.query.all("status");
    return wanted.empty() ||
           std::find(wanted.begin(), wanted.end(), volume.string_or("status", "")) != wanted.end();
}

// In the vendor's order: that it is there, that nothing is going on at it, that it has room.
base::Result<const Record*> require_server(const Project& project, std::int64_t id) {
    const Record* server = project.find("server", id);
    if (server == nullptr) return invalid_input(fmt::format("server with ID {} not found", id));
    TRY(require_free(project, "server", id));
    const json::Value* volumes = server->find("_volumes");
    if (volumes != nullptr && volumes->as_array()->size() >= kMostOfServer) {
        return over_limit("volume_limit", "too many volumes are attached to the server");
    }
    return server;
}

struct Wish {
    std::string name;
    std::int64_t size = 0;
    std::optional<std::string> format;
    std::optional<std::int64_t> server;
    std::string location;
    json::Value labels;
};

base::Result<Wish> read_wish(const Project& project, const json::Value& request) {
    Body body(request);
    Wish wish;
    wish.name = read_name(body, check_volume_name);
    wish.size = body.required_number("size");
    if (body.find("size") != nullptr && (wish.size < kSmallest || wish.size > kLargest)) {
        body.problem("size", "Must be between 10 and 10240.");
    }
    wish.format = body.one_of("format", {"ext4", "xfs"});
    wish.server = body.number("server");
    const auto place = body.id_or_name("location");
    const bool automount = body.flag("automount").value_or(false);
    wish.labels = body.labels().value_or(json::Object{});
    // All that is wrong with the fields is told in one answer; what depends on other things of the
    // project comes after, one at a time.
    if (!wish.server && !place) {
        body.problem("location", "one of location and server is needed");
    }
    if (automount && !wish.server) body.problem("automount", "needs a server");
    TRY(body.check());
    if (place) {
        const json::Value* found = catalogue_of(project).location(*place);
        if (found == nullptr) {
            return invalid_input(fmt::format("location '{}' not found", place->name));
        }
        wish.location = std::string(found->string_or("name", ""));
    }
    if (wish.server) {
        const Record* server = TRY(require_server(project, *wish.server));
        const std::string location(server->string_or("_location", ""));
        // Given both, they must agree; the vendor would put it at the server.
        if (place && wish.location != location) {
            return invalid_input("volume and server must be in the same location");
        }
        wish.location = location;
    }
    return wish;
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    const Wish wish = TRY(read_wish(project, call.body));
    TRY(require_new_name(project, kVolumes, wish.name));
    TRY(require_quota(project, kVolumes));
    const std::int64_t id = project.next_id();
    project.add(
        "volume",
        json::Object{{"id", id},
                     {"name", wish.name},
                     {"size", wish.size},
                     // Not attached yet, also when a server was named: that is an action of its
                     // own, after this one.
                     {"server", nullptr},
                     {"format", wish.format ? json::Value(*wish.format) : nullptr},
                     {"status", "creating"},
                     {"linux_device", fmt::format("/dev/disk/by-id/scsi-0HC_Volume_{}", id)},
                     {"protection", json::Object{{"delete", false}}},
                     {"labels", wish.labels},
                     {"created", project.now_text()},
                     {"_location", wish.location}});
    std::vector<ResourceRef> things{{"volume", id}};
    const std::int64_t action = begin_action(project, {.command = "create_volume",
                                                       .resources = things,
                                                       .duration = kCreate,
                                                       .args = json::Object{{"volume", id}}});
    json::Array next;
    if (wish.server) {
        things.push_back({"server", *wish.server});
        const std::int64_t attach =
            begin_action(project, {.command = "attach_volume",
                                   .resources = things,
                                   .duration = kAttachVolume,
                                   .args = json::Object{{"volume", id}, {"server", *wish.server}},
                                   // Queued behind the creation: when that fails, this fails too.
                                   .after = action});
        // A client has to wait for these as well; who waits for `action` alone finds it without a
        // server.
        next.push_back(view_action(project, attach));
    }
    return Reply{.status = 201,
                 .body = json::Object{{"volume", view(project, *project.find("volume", id))},
                                      {"action", view_action(project, action)},
                                      {"next_actions", std::move(next)}}};
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* volume = TRY(require(call.project, kVolumes, call.id));
    TRY(require_unprotected(*volume, kVolumes));
    // Attached is asked before held: detaching is what the client has to do.
    if (volume->int64_or("server", 0) != 0) {
        return refuse(422, "service_error",
                      fmt::format("volume with ID '{}' is still attached to a server", call.id));
    }
    TRY(require_free(call.project, "volume", call.id));
    call.project.remove("volume", call.id);
    return no_content();
}

base::Result<Reply> attach(ApiCall& call) {
    Project& project = call.project;
    const Record* volume = TRY(require(project, kVolumes, call.id));
    Body body(call.body);
    const std::int64_t server = body.required_number("server");
    // Read for its form: there is no system within, that would mount anything.
    (void)body.flag("automount");
    TRY(body.check());
    // Whether it is free comes before what it is attached to, since that is about to change.
    TRY(require_free(project, "volume", call.id));
    const Record* target = TRY(require_server(project, server));
    if (volume->int64_or("server", 0) != 0) {
        return refuse(422, "volume_already_attached", "volume is already attached to a server");
    }
    if (target->string_or("_location", "") != volume->string_or("_location", "")) {
        return invalid_input("volume and server must be in the same location");
    }
    const std::int64_t action =
        begin_action(project, {.command = "attach_volume",
                               .resources = {{"volume", call.id}, {"server", server}},
                               .duration = kAttachVolume,
                               .args = json::Object{{"volume", call.id}, {"server", server}}});
    return reply_action(project, action);
}

base::Result<Reply> detach(ApiCall& call) {
    Project& project = call.project;
    const Record* volume = TRY(require(project, kVolumes, call.id));
    const std::int64_t server = volume->int64_or("server", 0);
    TRY(require_free(project, "volume", call.id));
    if (server == 0) {
        return refuse(422, "service_error",
                      fmt::format("volume with ID '{}' is not attached to a server", call.id));
    }
    // Both ends are locked while it goes on, so both have to be free.
    TRY(require_free(project, "server", server));
    const std::int64_t action =
        begin_action(project, {.command = "detach_volume",
                               .resources = {{"volume", call.id}, {"server", server}},
                               .duration = kAttachVolume,
                               .args = json::Object{{"volume", call.id}}});
    return reply_action(project, action);
}

base::Result<Reply> resize(ApiCall& call) {
    Project& project = call.project;
    const Record* volume = TRY(require(project, kVolumes, call.id));
    Body body(call.body);
    const std::int64_t size = body.required_number("size");
    // A volume never shrinks.
    if (body.find("size") != nullptr && (size <= volume->int64_or("size", 0) || size > kLargest)) {
        body.problem("size", "must be larger than it is, and at most 10240");
    }
    TRY(body.check());
    TRY(require_free(project, "volume", call.id));
    const std::int64_t action =
        begin_action(project, {.command = "resize_volume",
                               .resources = {{"volume", call.id}},
                               .duration = kResize,
                               .args = json::Object{{"volume", call.id}, {"size", size}}});
    return reply_action(project, action);
}

constexpr Route kRoutes[] = {
    {"GET", "/volumes", list_of<kVolumes>},
    {"POST", "/volumes", create},
    {"GET", "/volumes/actions", all_actions_of<kVolumes>},
    {"GET", "/volumes/actions/{id:integer}", any_action_of<kVolumes>},
    {"GET", "/volumes/{id:integer}", show_of<kVolumes>},
    {"PUT", "/volumes/{id:integer}", update_of<kVolumes>},
    {"DELETE", "/volumes/{id:integer}", remove},
    {"GET", "/volumes/{id:integer}/actions", actions_of<kVolumes>},
    {"GET", "/volumes/{id:integer}/actions/{action_id:integer}", action_of<kVolumes>},
    {"POST", "/volumes/{id:integer}/actions/attach", attach},
    {"POST", "/volumes/{id:integer}/actions/detach", detach},
    {"POST", "/volumes/{id:integer}/actions/resize", resize},
    {"POST", "/volumes/{id:integer}/actions/change_protection", protect_of<kVolumes>},
};

// What actions do when their time has come. Each looks whether the thing is still there: it may
// have been deleted while the action ran, and a journal is replayed after a crash.
std::int64_t volume_in(const json::Value& args) { return args.int64_or("volume", 0); }

constexpr Effect kEffects[] = {
    {.command = "create_volume",
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("volume", volume_in(args)) == nullptr) return;
             put(project.edit("volume", volume_in(args)), "status", "available");
         },
     .undo =
         [](Project& project, const json::Value& args) {
             if (project.find("volume", volume_in(args)) == nullptr) return;
             project.remove("volume", volume_in(args));
         }},
    {.command = "attach_volume",
     .finish =
         [](Project& project, const json::Value& args) {
             attach_volume(project, volume_in(args), args.int64_or("server", 0));
         }},
    {.command = "detach_volume",
     .finish = [](Project& project,
                  const json::Value& args) { detach_volume(project, volume_in(args)); }},
    {.command = "resize_volume",
     .finish =
         [](Project& project, const json::Value& args) {
             if (project.find("volume", volume_in(args)) == nullptr) return;
             put(project.edit("volume", volume_in(args)), "size", args.int64_or("size", 0));
         }},
};

}

constexpr Family kVolumes{.type = "volume",
                          .plural = "volumes",
                          .words = "volume",
                          .sorts = kSortIdNameCreated,
                          .problem_of_name = check_volume_name,
                          .view = view,
                          .matches = matches};

// Both sides are written, as with addresses; either may have gone while the action ran.
void attach_volume(Project& project, std::int64_t volume, std::int64_t server) {
    if (project.find("volume", volume) == nullptr || project.find("server", server) == nullptr) {
        return;
    }
    put(project.edit("volume", volume), "server", server);
    add_id(project.edit("server", server), "_volumes", volume);
}

void detach_volume(Project& project, std::int64_t volume) {
    const Record* record = project.find("volume", volume);
    if (record == nullptr) return;
    const std::int64_t server = record->int64_or("server", 0);
    // The volume first: a server that is gone leaves it detached.
    put(project.edit("volume", volume), "server", nullptr);
    if (project.find("server", server) == nullptr) return;
    remove_id(project.edit("server", server), "_volumes", volume);
}

base::Result<void> require_attachable(const Project& project, std::int64_t volume,
                                      std::string_view location) {
    const Record* record = project.find("volume", volume);
    if (record == nullptr) return invalid_input(fmt::format("volume with ID {} not found", volume));
    TRY(require_free(project, "volume", volume));
    if (record->int64_or("server", 0) != 0) {
        return refuse(422, "volume_already_attached", "volume is already attached to a server");
    }
    if (record->string_or("_location", "") != location) {
        return invalid_input("volume and server must be in the same location");
    }
    return {};
}

std::span<const Route> volume_routes() { return kRoutes; }
std::span<const Effect> volume_effects() { return kEffects; }

}
