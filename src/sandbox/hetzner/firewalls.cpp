#include "sandbox/hetzner/firewalls.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"
#include "sandbox/kit/labels.hpp"
#include "sandbox/kit/project.hpp"

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

json::Value view(const Project&, const Record& firewall) {
    json::Object out = public_part(firewall);
    json::Array applied;
    for (const json::Value& resource : *firewall.find("applied_to")->as_array()) {
        // `_members` are the servers that a selector has found, which the vendor shows under each
        // selector.
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

base::Result<std::vector<Target>> read_targets(const Project& project, const json::Value& request,
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
    // First the form of all targets, then whether they are there; the status differs (422 when a
    // firewall is made, 404 later).
    TRY(body.check());
    for (const Target& target : out) {
        if (target.server == 0 || project.find("server", target.server) != nullptr) continue;
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
// The server's list is derived from the firewalls, so the two cannot say different things.
void refresh_server(Project& project, std::int64_t id) {
    const Record* server = project.find("server", id);
    if (server == nullptr) return;
    const json::Value* before = server->find("_firewalls");
    json::Array now;
    for (const auto& [number, firewall] : project.all("firewall")) {
        const json::Array& applied = *firewall.find("applied_to")->as_array();
        const bool is_applied = std::any_of(applied.begin(), applied.end(), [&](const auto& one) {
            return server_in(one) == id || has_id(one, "_members", id);
        });
        if (!is_applied) continue;
        const json::Value* known = nullptr;
        for (const json::Value& entry : *before->as_array()) {
            if (id_of(entry) == number) known = &entry;
        }
        // What stays is not pending again.
        if (known != nullptr) {
            now.push_back(*known);
            continue;
        }
        now.push_back(json::Object{{"id", number}, {"status", "pending"}});
        begin_timer(project, "firewall_applied", kFirewallLag,
                    json::Object{{"firewall", number}, {"server", id}});
    }
    if (now != *before->as_array()) put(project.edit("server", id), "_firewalls", std::move(now));
}

// 0 means all. A change of a server's labels looks at one server, a new selector at one firewall:
// with many of both, all with all would be slow.
void sync_selectors(Project& project, std::int64_t only_firewall, std::int64_t only_server) {
    // Numbers are collected first: what follows edits the tables that it would otherwise walk
    // over.
    std::vector<std::int64_t> firewalls;
    for (const auto& [id, firewall] : project.all("firewall")) {
        if (only_firewall == 0 || id == only_firewall) firewalls.push_back(id);
    }
    std::vector<std::int64_t> touched;
    for (const std::int64_t id : firewalls) {
        json::Value applied = *project.find("firewall", id)->find("applied_to");
        bool changed = false;
        for (json::Value& resource : *applied.as_array()) {
            if (resource.find("_members") == nullptr) continue;
            const auto selector = Selector::parse(selector_in(resource));
            for (const auto& [number, server] : project.all("server")) {
                if (only_server != 0 && number != only_server) continue;
                const bool wanted = selector.ok() && selector->matches(server.find("labels"));
                if (wanted == has_id(resource, "_members", number)) continue;
                if (wanted) add_id(resource, "_members", number);
                if (!wanted) remove_id(resource, "_members", number);
                touched.push_back(number);
                changed = true;
            }
        }
        if (changed) put(project.edit("firewall", id), "applied_to", std::move(applied));
    }
    for (const std::int64_t server : touched) refresh_server(project, server);
}

void add_target(Project& project, std::int64_t firewall, const Target& target) {
    if (target.server != 0) return apply_firewall(project, firewall, target.server);
    // No server yet: selectors work late, by the timer below.
    list_in(project.edit("firewall", firewall), "applied_to")
        .push_back(json::Object{{"type", "label_selector"},
                                {"label_selector", json::Object{{"selector", target.selector}}},
                                {"_members", json::Array{}}});
    begin_timer(project, "sync_selectors", kFirewallLag,
                json::Object{{"firewall", firewall}, {"server", 0}});
}

json::Value act(Project& project, std::string_view command, std::int64_t firewall,
                std::int64_t server) {
    std::vector<ResourceRef> things{{"firewall", firewall}};
    if (server != 0) things.push_back({"server", server});
    return view_action(project,
                       begin_action(project, {.command = command, .resources = std::move(things)}));
}

// Whether a server can take one more, by its id.
// A selector's firewalls do not count here; README.md says so.
base::Result<void> require_appliable(const Project& project, const Target& target) {
    if (target.server == 0) return {};
    const Record& server = *project.find("server", target.server);
    if (server.int64_or("_ipv4", 0) == 0 && server.int64_or("_ipv6", 0) == 0) {
        return refuse(422, "private_net_only_server", "the server has no public network interface");
    }
    if (server.find("_firewalls")->as_array()->size() >= kMostOfServer) {
        return over_limit("firewall_limit", "too many firewalls are applied to the server");
    }
    return {};
}

base::Result<Reply> create(ApiCall& call) {
    Project& project = call.project;
    Body body(call.body);
    const std::string name = read_name(body, check_text_name);
    auto labels = body.labels();
    TRY(body.check());
    // All checks come before the first change, as README.md has their order: a request that is
    // refused leaves nothing behind.
    json::Array rules = TRY(read_rules(call.body));
    const auto targets = TRY(read_targets(project, call.body, "apply_to", 422));
    for (const Target& target : targets) TRY(require_appliable(project, target));
    TRY(require_new_name(project, kFirewalls, name));
    TRY(require_quota(project, kFirewalls, kMostFirewalls));
    const std::int64_t id = project.next_id();
    project.add("firewall", json::Object{{"id", id},
                                         {"name", name},
                                         {"rules", std::move(rules)},
                                         {"applied_to", json::Array{}},
                                         {"labels", labels.value_or(json::Object{})},
                                         {"created", project.now_text()}});
    json::Array actions{act(project, "set_firewall_rules", id, 0)};
    for (const Target& target : targets) {
        add_target(project, id, target);
        actions.push_back(act(project, "apply_firewall", id, target.server));
    }
    return Reply{.status = 201,
                 .body = json::Object{{"firewall", view(project, *project.find("firewall", id))},
                                      {"actions", std::move(actions)}}};
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* firewall = TRY(require(call.project, kFirewalls, call.id));
    if (!firewall->find("applied_to")->as_array()->empty()) {
        return refuse(422, "resource_in_use", "firewall is still in use");
    }
    call.project.remove("firewall", call.id);
    return no_content();
}

base::Result<Reply> set_rules(ApiCall& call) {
    TRY(require(call.project, kFirewalls, call.id));
    if (call.body.find("rules") == nullptr) {
        return invalid("rules", "Missing data for required field.");
    }
    json::Array rules = TRY(read_rules(call.body));
    put(call.project.edit("firewall", call.id), "rules", std::move(rules));
    json::Array actions{act(call.project, "set_firewall_rules", call.id, 0)};
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

base::Result<Reply> apply(ApiCall& call) {
    Project& project = call.project;
    TRY(require(project, kFirewalls, call.id));
    const auto targets = TRY(read_targets(project, call.body, "apply_to", 404));
    if (targets.empty()) return invalid("apply_to", "Missing data for required field.");
    // A copy, as the entries are looked for in something that is not to be marked as changed.
    Record copy = *project.find("firewall", call.id);
    for (const Target& target : targets) {
        if (entry_of(copy, target) != nullptr) {
            return refuse(422, "firewall_already_applied", "the firewall is already applied");
        }
        TRY(require_appliable(project, target));
    }
    json::Array actions;
    for (const Target& target : targets) {
        add_target(project, call.id, target);
        actions.push_back(act(project, "apply_firewall", call.id, target.server));
    }
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

void remove_selector(Project& project, std::int64_t firewall, const std::string& selector) {
    std::vector<std::int64_t> members;
    std::erase_if(list_in(project.edit("firewall", firewall), "applied_to"),
                  [&](const json::Value& resource) {
                      if (resource.find("_members") == nullptr) return false;
                      if (selector_in(resource) != selector) return false;
                      for (const json::Value& id : *resource.find("_members")->as_array()) {
                          members.push_back(*id.as_int64());
                      }
                      return true;
                  });
    for (const std::int64_t server : members) refresh_server(project, server);
}

base::Result<Reply> remove_from(ApiCall& call) {
    Project& project = call.project;
    TRY(require(project, kFirewalls, call.id));
    const auto targets = TRY(read_targets(project, call.body, "remove_from", 404));
    if (targets.empty()) return invalid("remove_from", "Missing data for required field.");
    // What a selector applied cannot be taken from one server: it would come back with the next
    // look at labels.
    Record copy = *project.find("firewall", call.id);
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
            remove_firewall(project, call.id, target.server);
        } else {
            remove_selector(project, call.id, target.selector);
        }
        actions.push_back(act(project, "remove_firewall", call.id, target.server));
    }
    return Reply{.status = 201, .body = json::Object{{"actions", std::move(actions)}}};
}

constexpr Route kRoutes[] = {
    {"GET", "/firewalls", list_of<kFirewalls>},
    {"POST", "/firewalls", create},
    {"GET", "/firewalls/actions", all_actions_of<kFirewalls>},
    {"GET", "/firewalls/actions/{id:integer}", any_action_of<kFirewalls>},
    {"GET", "/firewalls/{id:integer}", show_of<kFirewalls>},
    {"PUT", "/firewalls/{id:integer}", update_of<kFirewalls>},
    {"DELETE", "/firewalls/{id:integer}", remove},
    {"GET", "/firewalls/{id:integer}/actions", actions_of<kFirewalls>},
    {"GET", "/firewalls/{id:integer}/actions/{action_id:integer}", action_of<kFirewalls>},
    {"POST", "/firewalls/{id:integer}/actions/set_rules", set_rules},
    {"POST", "/firewalls/{id:integer}/actions/apply_to_resources", apply},
    {"POST", "/firewalls/{id:integer}/actions/remove_from_resources", remove_from},
};

void mark_applied(Project& project, const json::Value& args) {
    const std::int64_t server = args.int64_or("server", 0);
    // It may have gone while the timer ran. Every effect asks that first.
    if (project.find("server", server) == nullptr) return;
    for (json::Value& entry : list_in(project.edit("server", server), "_firewalls")) {
        if (id_of(entry) == args.int64_or("firewall", 0)) put(entry, "status", "applied");
    }
}

constexpr Effect kEffects[] = {
    {.command = "firewall_applied", .finish = mark_applied},
    {.command = "sync_selectors",
     .finish =
         [](Project& project, const json::Value& args) {
             sync_selectors(project, args.int64_or("firewall", 0), args.int64_or("server", 0));
         }},
};

}

constexpr Family kFirewalls{.type = "firewall",
                            .plural = "firewalls",
                            .words = "firewall",
                            .sorts = kSortIdNameCreated,
                            .view = view};

// Idempotent: a server that is made with a firewall, and a request that applies it once more.
void apply_firewall(Project& project, std::int64_t firewall, std::int64_t server) {
    Record& record = project.edit("firewall", firewall);
    if (entry_of(record, {.server = server}) == nullptr) {
        list_in(record, "applied_to")
            .push_back(json::Object{{"type", "server"}, {"server", json::Object{{"id", server}}}});
    }
    refresh_server(project, server);
}

void remove_firewall(Project& project, std::int64_t firewall, std::int64_t server) {
    std::erase_if(list_in(project.edit("firewall", firewall), "applied_to"),
                  [&](const json::Value& resource) { return server_in(resource) == server; });
    refresh_server(project, server);
}

void sync_selectors_later(Project& project, std::int64_t server) {
    begin_timer(project, "sync_selectors", kFirewallLag,
                json::Object{{"firewall", 0}, {"server", server}});
}

void forget_server_in_firewalls(Project& project, std::int64_t server) {
    std::vector<std::int64_t> touched;
    for (const auto& [id, firewall] : project.all("firewall")) {
        for (const json::Value& resource : *firewall.find("applied_to")->as_array()) {
            if (server_in(resource) == server || has_id(resource, "_members", server)) {
                touched.push_back(id);
                break;
            }
        }
    }
    for (const std::int64_t id : touched) {
        json::Array& applied = list_in(project.edit("firewall", id), "applied_to");
        std::erase_if(applied, [&](const auto& one) { return server_in(one) == server; });
        for (json::Value& resource : applied) {
            if (resource.find("_members") != nullptr) remove_id(resource, "_members", server);
        }
    }
}

std::span<const Route> firewall_routes() { return kRoutes; }
std::span<const Effect> firewall_effects() { return kEffects; }

}
