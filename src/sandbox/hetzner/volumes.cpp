#include "sandbox/hetzner/volumes.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/view.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kSmallest = 10;
constexpr std::int64_t kLargest = 10'240;
constexpr std::size_t kMostOfServer = 16;
constexpr std::chrono::milliseconds kCreate{3000};
constexpr std::chrono::milliseconds kResize{2000};

json::Value view(const Tenant& tenant, const Record& volume) {
    json::Object out = public_part(volume);
    out.set("location", location_of(tenant, volume));
    return out;
}

bool matches(const Call& call, const Record& volume) {
    const auto wanted = call.query.all("status");
    return wanted.empty() ||
           std::find(wanted.begin(), wanted.end(), volume.string_or("status", "")) != wanted.end();
}

base::Result<const Record*> require_server(const Tenant& tenant, std::int64_t id) {
    const Record* server = tenant.find("server", id);
    if (server == nullptr) return invalid_input(fmt::format("server with ID {} not found", id));
    TRY(require_free(tenant, "server", id));
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

base::Result<Wish> read_wish(const Tenant& tenant, const json::Value& request) {
    Body body(request);
    Wish wish;
    wish.name = read_name(body, NameRule::Volume);
    wish.size = body.required_number("size");
    if (body.find("size") != nullptr && (wish.size < kSmallest || wish.size > kLargest)) {
        body.problem("size", "Must be between 10 and 10240.");
    }
    wish.format = body.one_of("format", {"ext4", "xfs"});
    wish.server = body.number("server");
    const auto place = body.id_or_name("location");
    const bool automount = body.flag("automount").value_or(false);
    wish.labels = body.labels().value_or(json::Object{});
    if (!wish.server && !place) {
        body.problem("location", "one of location and server is needed");
    }
    if (automount && !wish.server) body.problem("automount", "needs a server");
    TRY(body.check());
    if (place) {
        const json::Value* found = tenant.catalogue.location(*place);
        if (found == nullptr) {
            return invalid_input(fmt::format("location '{}' not found", place->name));
        }
        wish.location = std::string(found->string_or("name", ""));
    }
    if (wish.server) {
        const Record* server = TRY(require_server(tenant, *wish.server));
        const std::string location(server->string_or("_location", ""));
        if (place && wish.location != location) {
            return invalid_input("volume and server must be in the same location");
        }
        wish.location = location;
    }
    return wish;
}

base::Result<Reply> create(Call& call) {
    Tenant& tenant = call.tenant;
    const Wish wish = TRY(read_wish(tenant, call.body));
    TRY(require_new_name(tenant, kVolumes, wish.name));
    TRY(require_quota(tenant, kVolumes));
    const std::int64_t id = tenant.next_id();
    tenant.add("volume",
               json::Object{{"id", id},
                            {"name", wish.name},
                            {"size", wish.size},
                            {"server", nullptr},
                            {"format", wish.format ? json::Value(*wish.format) : nullptr},
                            {"status", "creating"},
                            {"linux_device", fmt::format("/dev/disk/by-id/scsi-0HC_Volume_{}", id)},
                            {"protection", json::Object{{"delete", false}}},
                            {"labels", wish.labels},
                            {"created", tenant.now_text()},
                            {"_location", wish.location}});
    std::vector<ResourceRef> things{{"volume", id}};
    const std::int64_t action = begin_action(tenant, {.command = "create_volume",
                                                      .resources = things,
                                                      .duration = kCreate,
                                                      .args = json::Object{{"volume", id}}});
    json::Array next;
    if (wish.server) {
        things.push_back({"server", *wish.server});
        const std::int64_t attach =
            begin_action(tenant, {.command = "attach_volume",
                                  .resources = things,
                                  .duration = kAttachVolume,
                                  .args = json::Object{{"volume", id}, {"server", *wish.server}},
                                  .after = action});
        next.push_back(view_action(tenant, attach));
    }
    return Reply{.status = 201,
                 .body = json::Object{{"volume", view(tenant, *tenant.find("volume", id))},
                                      {"action", view_action(tenant, action)},
                                      {"next_actions", std::move(next)}}};
}

base::Result<Reply> remove(Call& call) {
    const Record* volume = TRY(require(call.tenant, kVolumes, call.id));
    TRY(require_unprotected(*volume, kVolumes));
    if (volume->int64_or("server", 0) != 0) {
        return refuse(422, "service_error",
                      fmt::format("volume with ID '{}' is still attached to a server", call.id));
    }
    TRY(require_free(call.tenant, "volume", call.id));
    call.tenant.remove("volume", call.id);
    return no_content();
}

base::Result<Reply> attach(Call& call) {
    Tenant& tenant = call.tenant;
    const Record* volume = TRY(require(tenant, kVolumes, call.id));
    Body body(call.body);
    const std::int64_t server = body.required_number("server");
    (void)body.flag("automount");
    TRY(body.check());
    TRY(require_free(tenant, "volume", call.id));
    const Record* target = TRY(require_server(tenant, server));
    if (volume->int64_or("server", 0) != 0) {
        return refuse(422, "volume_already_attached", "volume is already attached to a server");
    }
    if (target->string_or("_location", "") != volume->string_or("_location", "")) {
        return invalid_input("volume and server must be in the same location");
    }
    const std::int64_t action =
        begin_action(tenant, {.command = "attach_volume",
                              .resources = {{"volume", call.id}, {"server", server}},
                              .duration = kAttachVolume,
                              .args = json::Object{{"volume", call.id}, {"server", server}}});
    return reply_action(tenant, action);
}

base::Result<Reply> detach(Call& call) {
    Tenant& tenant = call.tenant;
    const Record* volume = TRY(require(tenant, kVolumes, call.id));
    const std::int64_t server = volume->int64_or("server", 0);
    TRY(require_free(tenant, "volume", call.id));
    if (server == 0) {
        return refuse(422, "service_error",
                      fmt::format("volume with ID '{}' is not attached to a server", call.id));
    }
    TRY(require_free(tenant, "server", server));
    const std::int64_t action =
        begin_action(tenant, {.command = "detach_volume",
                              .resources = {{"volume", call.id}, {"server", server}},
                              .duration = kAttachVolume,
                              .args = json::Object{{"volume", call.id}}});
    return reply_action(tenant, action);
}

base::Result<Reply> resize(Call& call) {
    Tenant& tenant = call.tenant;
    const Record* volume = TRY(require(tenant, kVolumes, call.id));
    Body body(call.body);
    const std::int64_t size = body.required_number("size");
    if (body.find("size") != nullptr && (size <= volume->int64_or("size", 0) || size > kLargest)) {
        body.problem("size", "must be larger than it is, and at most 10240");
    }
    TRY(body.check());
    TRY(require_free(tenant, "volume", call.id));
    const std::int64_t action =
        begin_action(tenant, {.command = "resize_volume",
                              .resources = {{"volume", call.id}},
                              .duration = kResize,
                              .args = json::Object{{"volume", call.id}, {"size", size}}});
    return reply_action(tenant, action);
}

constexpr Route kRoutes[] = {
    {"GET", "/volumes", list_of<kVolumes>},
    {"POST", "/volumes", create},
    {"GET", "/volumes/actions", all_actions_of<kVolumes>},
    {"GET", "/volumes/actions/{id}", any_action_of<kVolumes>},
    {"GET", "/volumes/{id}", show_of<kVolumes>},
    {"PUT", "/volumes/{id}", update_of<kVolumes>},
    {"DELETE", "/volumes/{id}", remove},
    {"GET", "/volumes/{id}/actions", actions_of<kVolumes>},
    {"GET", "/volumes/{id}/actions/{action_id}", action_of<kVolumes>},
    {"POST", "/volumes/{id}/actions/attach", attach},
    {"POST", "/volumes/{id}/actions/detach", detach},
    {"POST", "/volumes/{id}/actions/resize", resize},
    {"POST", "/volumes/{id}/actions/change_protection", protect_of<kVolumes>},
};

std::int64_t volume_in(const json::Value& args) { return args.int64_or("volume", 0); }

constexpr Effect kEffects[] = {
    {.command = "create_volume",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             if (tenant.find("volume", volume_in(args)) == nullptr) return;
             put(tenant.edit("volume", volume_in(args)), "status", "available");
         },
     .undo =
         [](Tenant& tenant, const json::Value& args) {
             if (tenant.find("volume", volume_in(args)) == nullptr) return;
             tenant.remove("volume", volume_in(args));
         }},
    {.command = "attach_volume",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             attach_volume(tenant, volume_in(args), args.int64_or("server", 0));
         }},
    {.command = "detach_volume",
     .finish = [](Tenant& tenant,
                  const json::Value& args) { detach_volume(tenant, volume_in(args)); }},
    {.command = "resize_volume",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             if (tenant.find("volume", volume_in(args)) == nullptr) return;
             put(tenant.edit("volume", volume_in(args)), "size", args.int64_or("size", 0));
         }},
};

}

constexpr Family kVolumes{.type = "volume",
                          .plural = "volumes",
                          .words = "volume",
                          .sorts = kSortIdNameCreated,
                          .name_rule = NameRule::Volume,
                          .view = view,
                          .matches = matches};

void attach_volume(Tenant& tenant, std::int64_t volume, std::int64_t server) {
    if (tenant.find("volume", volume) == nullptr || tenant.find("server", server) == nullptr) {
        return;
    }
    put(tenant.edit("volume", volume), "server", server);
    add_id(tenant.edit("server", server), "_volumes", volume);
}

void detach_volume(Tenant& tenant, std::int64_t volume) {
    const Record* record = tenant.find("volume", volume);
    if (record == nullptr) return;
    const std::int64_t server = record->int64_or("server", 0);
    put(tenant.edit("volume", volume), "server", nullptr);
    if (tenant.find("server", server) == nullptr) return;
    remove_id(tenant.edit("server", server), "_volumes", volume);
}

base::Result<void> require_attachable(const Tenant& tenant, std::int64_t volume,
                                      std::string_view location) {
    const Record* record = tenant.find("volume", volume);
    if (record == nullptr) return invalid_input(fmt::format("volume with ID {} not found", volume));
    TRY(require_free(tenant, "volume", volume));
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
