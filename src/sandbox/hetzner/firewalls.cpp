#include "sandbox/hetzner/firewalls.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/hetzner/labels.hpp"
#include "sandbox/hetzner/view.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kMostFirewalls = 50;
constexpr std::size_t kMostOfServer = 5;

std::int64_t server_in(const json::Value& resource) {
    const json::Value* server = resource.find("server");
    return server == nullptr ? 0 : id_of(*server);
}

std::string selector_in(const json::Value& resource) {
    const json::Value* selector = resource.find("label_selector");
    return selector == nullptr ? "" : std::string(selector->string_or("selector", ""));
}

json::Value view(const Tenant&, const Record& firewall) {
    json::Object out = public_part(firewall);
    json::Array applied;
    for (const json::Value& resource : *firewall.find("applied_to")->as_array()) {
        json::Object shown = public_part(resource);
        if (const json::Value* members = resource.find("_members")) {
            json::Array servers;
            for (const json::Value& id : *members->as_array()) {
                servers.push_back(
                    json::Object{{"type", "server"}, {"server", json::Object{{"id", id}}}});
            }
            shown.set("applied_to_resources", std::move(servers));
        }
        applied.emplace_back(std::move(shown));
    }
    out.set("applied_to", std::move(applied));
    return out;
}

// A resource of apply_to: a server or a selector, as it is kept.
struct Target {
    std::int64_t server = 0;
    std::string selector;
};

base::Result<std::vector<Target>> read_targets(const Tenant& tenant, const json::Value& request,
                                               std::string_view field, int status) {
    Body body(request);
    const json::Array* resources = body.objects(field);
    std::vector<Target> out;
    for (std::size_t i = 0; resources != nullptr && i < resources->size(); ++i) {
        const json::Value& resource = (*resources)[i];
        const std::string at = fmt::format("{}.{}.", field, i);
        Body inner(resource, at);
        const auto type = inner.one_of("type", {"server", "label_selector"});
        if (!inner.has("type")) inner.missing("type");
        if (type == "server" && server_in(resource) == 0) inner.missing("server");
        if (type == "label_selector") {
            const auto selector = Selector::parse(selector_in(resource));
            if (selector_in(resource).empty()) inner.missing("label_selector");
            if (!selector.ok()) {
                inner.problem("label_selector", std::string(selector.error().message()));
            }
        }
        body.take_problems(inner);
        if (type == "server") {
            out.push_back({.server = server_in(resource)});
        } else {
            out.push_back({.selector = selector_in(resource)});
        }
    }
    TRY(body.check());
    for (const Target& target : out) {
        if (target.server == 0 || tenant.find("server", target.server) != nullptr) continue;
        return refuse(status, "firewall_resource_not_found",
                      fmt::format("server with ID {} not found", target.server));
    }
    return out;
}

json::Value* entry_of(Record& firewall, const Target& target) {
    for (json::Value& resource : list_in(firewall, "applied_to")) {
        const bool same = target.server != 0 ? server_in(resource) == target.server
                                             : selector_in(resource) == target.selector &&
                                                   resource.find("label_selector") != nullptr;
        if (same) return &resource;
    }
    return nullptr;
}

// Makes the server's list of firewalls what the firewalls say; new ones are pending for a while.
void refresh_server(Tenant& tenant, std::int64_t id) {
    const Record* server = tenant.find("server", id);
    if (server == nullptr) return;
    const json::Value* before = server->find("_firewalls");
    json::Array now;
    for (const auto& [number, firewall] : tenant.all("firewall")) {
        const json::Array& applied = *firewall.find("applied_to")->as_array();
        const bool is_applied = std::any_of(applied.begin(), applied.end(), [&](const auto& one) {
            return server_in(one) == id || has_id(one, "_members", id);
        });
        if (!is_applied) continue;
        const json::Value* known = nullptr;
        for (const json::Value& entry : *before->as_array()) {
            if (id_of(entry) == number) known = &entry;
        }
        if (known != nullptr) {
            now.push_back(*known);
            continue;
        }
        now.push_back(json::Object{{"id", number}, {"status", "pending"}});
        begin_timer(tenant, "firewall_applied", kFirewallLag,
                    json::Object{{"firewall", number}, {"server", id}});
    }
    if (now != *before->as_array()) put(tenant.edit("server", id), "_firewalls", std::move(now));
}

void sync_selectors(Tenant& tenant, std::int64_t only_firewall, std::int64_t only_server) {
    std::vector<std::int64_t> firewalls;
    for (const auto& [id, firewall] : tenant.all("firewall")) {
        if (only_firewall == 0 || id == only_firewall) firewalls.push_back(id);
    }
    std::vector<std::int64_t> touched;
    for (const std::int64_t id : firewalls) {
        json::Value applied = *tenant.find("firewall", id)->find("applied_to");
        bool changed = false;
        for (json::Value& resource : *applied.as_array()) {
            if (resource.find("_members") == nullptr) continue;
            const auto selector = Selector::parse(selector_in(resource));
            for (const auto& [number, server] : tenant.all("server")) {
                if (only_server != 0 && number != only_server) continue;
                const bool wanted = selector.ok() && selector->matches(server.find("labels"));
                if (wanted == has_id(resource, "_members", number)) continue;
                if (wanted) add_id(resource, "_members", number);
                if (!wanted) remove_id(resource, "_members", number);
                touched.push_back(number);
                changed = true;
            }
        }
        if (changed) put(tenant.edit("firewall", id), "applied_to", std::move(applied));
    }
    for (const std::int64_t server : touched) refresh_server(tenant, server);
}

void add_target(Tenant& tenant, std::int64_t firewall, const Target& target) {
    if (target.server != 0) return apply_firewall(tenant, firewall, target.server);
    list_in(tenant.edit("firewall", firewall), "applied_to")
        .push_back(json::Object{{"type", "label_selector"},
                                {"label_selector", json::Object{{"selector", target.selector}}},
                                {"_members", json::Array{}}});
    begin_timer(tenant, "sync_selectors", kFirewallLag,
                json::Object{{"firewall", firewall}, {"server", 0}});
}

json::Value act(Tenant& tenant, std::string_view command, std::int64_t firewall,
                std::int64_t server) {
    std::vector<ResourceRef> things{{"firewall", firewall}};
    if (server != 0) things.push_back({"server", server});
    return view_action(tenant,
                       begin_action(tenant, {.command = command, .resources = std::move(things)}));
}

// Whether a server can take one more, by its id.
base::Result<void> require_appliable(const Tenant& tenant, const Target& target) {
    if (target.server == 0) return {};
    const Record& server = *tenant.find("server", target.server);
    if (server.int64_or("_ipv4", 0) == 0 && server.int64_or("_ipv6", 0) == 0) {
        return refuse(422, "private_net_only_server", "the server has no public network interface");
    }
    if (server.find("_firewalls")->as_array()->size() >= kMostOfServer) {
        return over_limit("firewall_limit", "too many firewalls are applied to the server");
    }
    return {};
}

base::Result<Reply> create(Call& call) {
    Tenant& tenant = call.tenant;
    Body body(call.body);
    const std::string name = read_name(body, NameRule::Text);
    auto labels = body.labels();
    TRY(body.check());
    json::Array rules = TRY(read_rules(call.body));
    const auto targets = TRY(read_targets(tenant, call.body, "apply_to", 422));
    for (const Target& target : targets) TRY(require_appliable(tenant, target));
    TRY(require_new_name(tenant, kFirewalls, name));
    TRY(require_quota(tenant, kFirewalls, kMostFirewalls));
    const std::int64_t id = tenant.next_id();
    tenant.add("firewall", json::Object{{"id", id},
                                        {"name", name},
                                        {"rules", std::move(rules)},
                                        {"applied_to", json::Array{}},
                                        {"labels", labels.value_or(json::Object{})},
                                        {"created", tenant.now_text()}});
    json::Array actions{act(tenant, "set_firewall_rules", id, 0)};
    for (const Target& target : targets) {
        add_target(tenant, id, target);
        actions.push_back(act(tenant, "apply_firewall", id, target.server));
    }
    return Reply{.status = 201,
                 .body = json::Object{{"firewall", view(tenant, *tenant.find("firewall", id))},
                                      {"actions", std::move(actions)}}};
}

base::Result<Reply> remove(Call& call) {
    const Record* firewall = TRY(require(call.tenant, kFirewalls, call.id));
    if (!firewall->find("applied_to")->as_array()->empty()) {
        return refuse(422, "resource_in_use", "firewall is still in use");
    }
    call.tenant.remove("firewall", call.id);
    return no_content();
}

base::Result<Reply> set_rules(Call& call) {
    TRY(require(call.tenant, kFirewalls, call.id));
    if (call.body.find("rules") == nullptr) {
        return invalid("rules", "Missing data for required field.");
    }
    json::Array rules = TRY(read_rules(call.body));
    put(call.tenant.edit("firewall", call.id), "rules", std::move(rules));
    json::Array actions{act(call.tenant, "set_firewall_rules", call.id, 0)};
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

base::Result<Reply> apply(Call& call) {
    Tenant& tenant = call.tenant;
    TRY(require(tenant, kFirewalls, call.id));
    const auto targets = TRY(read_targets(tenant, call.body, "apply_to", 404));
    if (targets.empty()) return invalid("apply_to", "Missing data for required field.");
    Record copy = *tenant.find("firewall", call.id);
    for (const Target& target : targets) {
        if (entry_of(copy, target) != nullptr) {
            return refuse(422, "firewall_already_applied", "the firewall is already applied");
        }
        TRY(require_appliable(tenant, target));
    }
    json::Array actions;
    for (const Target& target : targets) {
        add_target(tenant, call.id, target);
        actions.push_back(act(tenant, "apply_firewall", call.id, target.server));
    }
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

void remove_selector(Tenant& tenant, std::int64_t firewall, const std::string& selector) {
    std::vector<std::int64_t> members;
    std::erase_if(list_in(tenant.edit("firewall", firewall), "applied_to"),
                  [&](const json::Value& resource) {
                      if (resource.find("_members") == nullptr) return false;
                      if (selector_in(resource) != selector) return false;
                      for (const json::Value& id : *resource.find("_members")->as_array()) {
                          members.push_back(*id.as_int64());
                      }
                      return true;
                  });
    for (const std::int64_t server : members) refresh_server(tenant, server);
}

base::Result<Reply> remove_from(Call& call) {
    Tenant& tenant = call.tenant;
    TRY(require(tenant, kFirewalls, call.id));
    const auto targets = TRY(read_targets(tenant, call.body, "remove_from", 404));
    if (targets.empty()) return invalid("remove_from", "Missing data for required field.");
    Record copy = *tenant.find("firewall", call.id);
    for (const Target& target : targets) {
        if (target.server == 0 || entry_of(copy, target) != nullptr) continue;
        for (const json::Value& resource : *copy.find("applied_to")->as_array()) {
            if (!has_id(resource, "_members", target.server)) continue;
            return refuse(422, "firewall_managed_by_label_selector",
                          "the firewall is applied to the server by a label selector");
        }
    }
    json::Array actions;
    for (const Target& target : targets) {
        if (target.server != 0) {
            remove_firewall(tenant, call.id, target.server);
        } else {
            remove_selector(tenant, call.id, target.selector);
        }
        actions.push_back(act(tenant, "remove_firewall", call.id, target.server));
    }
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

constexpr Route kRoutes[] = {
    {"GET", "/firewalls", list_of<kFirewalls>},
    {"POST", "/firewalls", create},
    {"GET", "/firewalls/actions", all_actions_of<kFirewalls>},
    {"GET", "/firewalls/actions/{id}", any_action_of<kFirewalls>},
    {"GET", "/firewalls/{id}", show_of<kFirewalls>},
    {"PUT", "/firewalls/{id}", update_of<kFirewalls>},
    {"DELETE", "/firewalls/{id}", remove},
    {"GET", "/firewalls/{id}/actions", actions_of<kFirewalls>},
    {"GET", "/firewalls/{id}/actions/{action_id}", action_of<kFirewalls>},
    {"POST", "/firewalls/{id}/actions/set_rules", set_rules},
    {"POST", "/firewalls/{id}/actions/apply_to_resources", apply},
    {"POST", "/firewalls/{id}/actions/remove_from_resources", remove_from},
};

void mark_applied(Tenant& tenant, const json::Value& args) {
    const std::int64_t server = args.int64_or("server", 0);
    if (tenant.find("server", server) == nullptr) return;
    for (json::Value& entry : list_in(tenant.edit("server", server), "_firewalls")) {
        if (id_of(entry) == args.int64_or("firewall", 0)) put(entry, "status", "applied");
    }
}

constexpr Effect kEffects[] = {
    {.command = "firewall_applied", .finish = mark_applied},
    {.command = "sync_selectors",
     .finish =
         [](Tenant& tenant, const json::Value& args) {
             sync_selectors(tenant, args.int64_or("firewall", 0), args.int64_or("server", 0));
         }},
};

}

constexpr Family kFirewalls{.type = "firewall",
                            .plural = "firewalls",
                            .words = "firewall",
                            .sorts = kSortIdNameCreated,
                            .view = view};

void apply_firewall(Tenant& tenant, std::int64_t firewall, std::int64_t server) {
    Record& record = tenant.edit("firewall", firewall);
    if (entry_of(record, {.server = server}) == nullptr) {
        list_in(record, "applied_to")
            .push_back(json::Object{{"type", "server"}, {"server", json::Object{{"id", server}}}});
    }
    refresh_server(tenant, server);
}

void remove_firewall(Tenant& tenant, std::int64_t firewall, std::int64_t server) {
    std::erase_if(list_in(tenant.edit("firewall", firewall), "applied_to"),
                  [&](const json::Value& resource) { return server_in(resource) == server; });
    refresh_server(tenant, server);
}

void sync_selectors_later(Tenant& tenant, std::int64_t server) {
    begin_timer(tenant, "sync_selectors", kFirewallLag,
                json::Object{{"firewall", 0}, {"server", server}});
}

void forget_server_in_firewalls(Tenant& tenant, std::int64_t server) {
    std::vector<std::int64_t> touched;
    for (const auto& [id, firewall] : tenant.all("firewall")) {
        for (const json::Value& resource : *firewall.find("applied_to")->as_array()) {
            if (server_in(resource) == server || has_id(resource, "_members", server)) {
                touched.push_back(id);
                break;
            }
        }
    }
    for (const std::int64_t id : touched) {
        json::Array& applied = list_in(tenant.edit("firewall", id), "applied_to");
        std::erase_if(applied, [&](const auto& one) { return server_in(one) == server; });
        for (json::Value& resource : applied) {
            if (resource.find("_members") != nullptr) remove_id(resource, "_members", server);
        }
    }
}

std::span<const Route> firewall_routes() { return kRoutes; }
std::span<const Effect> firewall_effects() { return kEffects; }

}
