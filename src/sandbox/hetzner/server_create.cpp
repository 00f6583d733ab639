#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/firewalls.hpp"
#include "sandbox/hetzner/images.hpp"
#include "sandbox/hetzner/ips.hpp"
#include "sandbox/hetzner/private_net.hpp"
#include "sandbox/hetzner/servers.hpp"
#include "sandbox/hetzner/volumes.hpp"

#include <fmt/core.h>

// POST /servers: what is asked for, the checks in the order of the API's answers, the making.
namespace sandbox::hetzner {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCreate{8000};
constexpr milliseconds kCreateFromSnapshot{60'000};
constexpr std::size_t kLongestUserData = 32 * 1024;
constexpr std::size_t kMostNetworks = 3;
constexpr std::size_t kMostFirewalls = 5;
constexpr std::size_t kMostVolumes = 16;
constexpr std::size_t kPasswordLength = 20;

struct Wish {
    std::string name;
    IdOrName type;
    IdOrName image;
    std::optional<IdOrName> location;
    std::vector<IdOrName> keys;
    std::vector<std::int64_t> volumes;
    std::vector<std::int64_t> networks;
    std::vector<std::int64_t> firewalls;
    std::optional<std::int64_t> placement_group;
    json::Value labels;
    bool start = true;
    bool has_ipv4 = true;
    bool has_ipv6 = true;
    std::optional<std::int64_t> ipv4;
    std::optional<std::int64_t> ipv6;
};

// What the wish's names mean.
struct Found {
    const json::Value* type = nullptr;
    const json::Value* image = nullptr;
    std::string location;
};

void read_public_net(Body& body, Wish& wish) {
    const json::Value* net = body.find("public_net");
    if (net == nullptr) return;
    Body inner(*net, "public_net.");
    wish.has_ipv4 = inner.flag("enable_ipv4").value_or(true);
    wish.has_ipv6 = inner.flag("enable_ipv6").value_or(true);
    wish.ipv4 = inner.number("ipv4");
    wish.ipv6 = inner.number("ipv6");
    if (wish.ipv4 && !wish.has_ipv4) inner.problem("ipv4", "needs enable_ipv4");
    if (wish.ipv6 && !wish.has_ipv6) inner.problem("ipv6", "needs enable_ipv6");
    body.take_problems(inner);
}

base::Result<Wish> read_wish(const json::Value& request) {
    Body body(request);
    Wish wish;
    wish.name = read_name(body, check_host_name);
    wish.type = body.required_id_or_name("server_type");
    wish.image = body.required_id_or_name("image");
    wish.location = body.id_or_name("location");
    if (body.find("datacenter") != nullptr) {
        body.problem("datacenter", "was removed, use location");
    }
    wish.keys = body.ids_or_names("ssh_keys");
    wish.volumes = body.ids("volumes");
    wish.networks = body.ids("networks");
    if (const json::Array* firewalls = body.objects("firewalls")) {
        for (const json::Value& entry : *firewalls) {
            wish.firewalls.push_back(entry.int64_or("firewall", 0));
        }
    }
    wish.placement_group = body.number("placement_group");
    wish.labels = body.labels().value_or(json::Object{});
    wish.start = body.flag("start_after_create").value_or(true);
    (void)body.flag("automount");
    if (body.text("user_data").value_or("").size() > kLongestUserData) {
        body.problem("user_data", "Longer than maximum length 32768.");
    }
    read_public_net(body, wish);
    if (wish.networks.size() > kMostNetworks) body.problem("networks", "at most 3 are allowed");
    if (wish.firewalls.size() > kMostFirewalls) body.problem("firewalls", "at most 5 are allowed");
    if (wish.volumes.size() > kMostVolumes) body.problem("volumes", "at most 16 are allowed");
    TRY(body.check());
    return wish;
}

base::Result<std::string> choose_location(const Project& project, const Wish& wish,
                                          const json::Value& type) {
    if (!wish.location) {
        // The backend chooses: where the volumes or addresses are, else the first that offers it.
        // Told by what has to be beside it, as a volume cannot move.
        for (const std::int64_t id : wish.volumes) {
            const Record* volume = project.find("volume", id);
            if (volume != nullptr) return std::string(volume->string_or("_location", ""));
        }
        for (const auto& id : {wish.ipv4, wish.ipv6}) {
            const Record* ip = id ? project.find("primary_ip", *id) : nullptr;
            if (ip != nullptr) return std::string(ip->string_or("_location", ""));
        }
        return std::string((*type.find("locations")->as_array())[0].string_or("name", ""));
    }
    const json::Value* place = catalogue_of(project).location(*wish.location);
    if (place == nullptr) {
        return invalid_input(fmt::format("location '{}' not found", wish.location->name));
    }
    return std::string(place->string_or("name", ""));
}

base::Result<Found> look_up(const Project& project, const Wish& wish) {
    Found found;
    found.type = catalogue_of(project).server_type(wish.type);
    if (found.type == nullptr) {
        return invalid_input(fmt::format("server type '{}' not found", wish.type.name));
    }
    const std::string_view architecture = found.type->string_or("architecture", "");
    // A name is looked for with the architecture of the type; an id says it by itself.
    found.image = wish.image.id ? image_of(project, *wish.image.id)
                                : catalogue_of(project).image(wish.image.name, architecture);
    if (found.image == nullptr || found.image->string_or("status", "") != "available") {
        return invalid_input(fmt::format("image '{}' not found", wish.image.name));
    }
    if (found.image->string_or("architecture", "") != architecture) {
        return invalid_input("image and server type have different architectures");
    }
    if (found.image->find("deprecated")->is_string()) {
        return invalid_input(fmt::format("image '{}' is deprecated", wish.image.name));
    }
    if (found.image->int64_or("disk_size", 0) > found.type->int64_or("disk", 0)) {
        return invalid_input("the disk of the server type is too small for the image");
    }
    found.location = TRY(choose_location(project, wish, *found.type));
    const json::Value* offer = offer_of(*found.type, found.location);
    if (offer == nullptr) return invalid_input("unsupported location for server type");
    if (is_unavailable(offer->find("deprecation"), project.now)) {
        return invalid_input(fmt::format("server type '{}' is deprecated", wish.type.name));
    }
    return found;
}

base::Result<void> check_parts(const Project& project, const Wish& wish, const Found& found) {
    for (const IdOrName& key : wish.keys) {
        const Record* record =
            key.id ? project.find("ssh_key", *key.id) : project.named("ssh_key", key.name);
        if (record == nullptr) {
            return invalid_input(fmt::format("SSH key '{}' not found", key.name));
        }
    }
    for (const std::int64_t id : wish.volumes) {
        TRY(require_attachable(project, id, found.location));
    }
    for (const std::int64_t id : wish.networks) {
        TRY(require_attachable_network(project, id, found.location));
    }
    for (const std::int64_t id : wish.firewalls) {
        if (project.find("firewall", id) != nullptr) continue;
        return invalid_input(fmt::format("firewall with ID {} not found", id));
    }
    if (!wish.firewalls.empty() && !wish.has_ipv4 && !wish.has_ipv6) {
        return refuse(422, "private_net_only_server", "the server has no public network interface");
    }
    if (wish.placement_group) TRY(require_placement(project, *wish.placement_group, 0));
    if (wish.ipv4) TRY(require_usable_primary_ip(project, *wish.ipv4, "ipv4", found.location));
    if (wish.ipv6) TRY(require_usable_primary_ip(project, *wish.ipv6, "ipv6", found.location));
    return {};
}

void make_record(Project& project, const Wish& wish, const Found& found, std::int64_t id) {
    project.add("server",
                json::Object{{"id", id},
                             {"name", wish.name},
                             {"status", "initializing"},
                             {"created", project.now_text()},
                             {"labels", wish.labels},
                             {"private_net", json::Array{}},
                             {"primary_disk_size", found.type->int64_or("disk", 0)},
                             {"protection", json::Object{{"delete", false}, {"rebuild", false}}},
                             {"backup_window", nullptr},
                             {"rescue_enabled", false},
                             {"_type", id_of(*found.type)},
                             {"_image", id_of(*found.image)},
                             {"_location", found.location},
                             {"_has_keys", !wish.keys.empty()},
                             {"_iso", 0},
                             {"_placement_group", 0},
                             {"_ipv4", 0},
                             {"_ipv6", 0},
                             {"_volumes", json::Array{}},
                             {"_floating_ips", json::Array{}},
                             {"_firewalls", json::Array{}}});
}

void give_ips(Project& project, const Wish& wish, const Found& found, std::int64_t id) {
    const auto give = [&](bool wanted, std::optional<std::int64_t> own, const char* type) {
        if (!wanted) return;
        // An address that is made for a server goes with it: auto_delete.
        const std::int64_t ip =
            own ? *own
                : make_primary_ip(
                      project,
                      {.name = "", .type = type, .location = found.location, .auto_delete = true});
        assign_primary_ip(project, ip, id);
    };
    give(wish.has_ipv4, wish.ipv4, "ipv4");
    give(wish.has_ipv6, wish.ipv6, "ipv6");
}

// One after the other behind the creation: volumes, networks, then the start.
json::Array queue_rest(Project& project, const Wish& wish, std::int64_t id, std::int64_t create) {
    json::Array out;
    std::int64_t last = create;
    const auto queue = [&](std::string_view command, std::optional<ResourceRef> other,
                           milliseconds duration, json::Value args) {
        std::vector<ResourceRef> things{{"server", id}};
        std::vector<ResourceRef> locked = things;
        // What an action holds and what it is about are different things: the network is named and
        // not locked.
        if (other) things.push_back(*other);
        // Many servers come to one network at a time; a volume comes to one server.
        if (other && other->type == "volume") locked.push_back(*other);
        std::optional<ActionFault> fault;
        // Known when the server is made, and yet the vendor only says so when it is to start; the
        // creation itself succeeds.
        if (command == "start_server" && !has_interface(*project.find("server", id))) {
            fault = ActionFault{.code = "invalid_input",
                                .message = "no public or private network interfaces found"};
        }
        last = begin_action(project, {.command = command,
                                      .resources = std::move(things),
                                      .duration = duration,
                                      .args = std::move(args),
                                      .after = last,
                                      .locked = std::move(locked),
                                      .fault = fault});
        out.push_back(view_action(project, last));
    };
    for (const std::int64_t volume : wish.volumes) {
        queue("attach_volume", ResourceRef{"volume", volume}, kAttachVolume,
              json::Object{{"volume", volume}, {"server", id}});
    }
    for (const std::int64_t network : wish.networks) {
        queue("attach_to_network", ResourceRef{"network", network}, kAttachNetwork,
              json::Object{{"network", network}, {"server", id}});
    }
    if (wish.start) queue("start_server", std::nullopt, kStart, json::Object{{"server", id}});
    return out;
}

}

base::Result<Reply> create_server(ApiCall& call) {
    Project& project = call.project;
    // Form, names, parts, name, quota: then nothing can go wrong any more but an address that is
    // not free, which is undone below.
    const Wish wish = TRY(read_wish(call.body));
    const Found found = TRY(look_up(project, wish));
    TRY(check_parts(project, wish, found));
    TRY(require_new_name(project, kServers, wish.name));
    TRY(require_quota(project, kServers));
    const std::int64_t id = project.next_id();
    make_record(project, wish, found, id);
    for (const std::int64_t network : wish.networks) {
        auto reserved = reserve_attachment(project, id, {.network = network});
        if (reserved.ok()) continue;
        project.remove("server", id);
        return std::move(reserved).error();
    }
    give_ips(project, wish, found, id);
    if (wish.placement_group) join_group(project, *wish.placement_group, id);
    for (const std::int64_t firewall : wish.firewalls) apply_firewall(project, firewall, id);
    // Its labels may be in a selector of some firewall; the vendor notices late.
    sync_selectors_later(project, id);
    const bool is_system = catalogue_of(project).image(id_of(*found.image)) != nullptr;
    const std::int64_t create =
        begin_action(project, {.command = "create_server",
                               .resources = {{"server", id}},
                               .duration = is_system ? kCreate : kCreateFromSnapshot,
                               .args = json::Object{{"server", id}}});
    json::Array next = queue_rest(project, wish, id, create);
    json::Value password;
    // With keys there is no password to tell.
    if (wish.keys.empty()) password = project.draw_text(kPasswordLength);
    return Reply{.status = 201,
                 .body = json::Object{{"server", view_server(project, *project.find("server", id))},
                                      {"action", view_action(project, create)},
                                      {"next_actions", std::move(next)},
                                      {"root_password", std::move(password)}}};
}

}
