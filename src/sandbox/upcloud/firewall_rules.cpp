#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// The rules of a server's firewall. Their place in the list is their number.
namespace sandbox::upcloud {
namespace {

constexpr std::array kMembers{"direction",
                              "action",
                              "family",
                              "protocol",
                              "icmp_type",
                              "source_address_start",
                              "source_address_end",
                              "source_port_start",
                              "source_port_end",
                              "destination_address_start",
                              "destination_address_end",
                              "destination_port_start",
                              "destination_port_end",
                              "comment"};

std::string text_at(const json::Value& rule, std::string_view name) {
    const json::Value* value = rule.find(name);
    if (value == nullptr || value->is_null()) return {};
    if (value->as_int64() != nullptr) return std::to_string(*value->as_int64());
    return std::string(rule.string_or(name, ""));
}

// Answers carry every member, and empty texts for what is not given.
base::Result<json::Value> read_rule(const json::Value& sent) {
    json::Object out;
    for (const char* name : kMembers) out.set(name, text_at(sent, name));
    const json::Value rule = out;
    const std::string protocol = text_at(rule, "protocol");
    const std::string direction = text_at(rule, "direction");
    const std::string action = text_at(rule, "action");
    if (direction.empty()) return old_refusal("DIRECTION_MISSING", "The direction is required.");
    if (direction != "in" && direction != "out") {
        return old_refusal("DIRECTION_INVALID", "The direction is in or out.");
    }
    if (action.empty()) return old_refusal("ACTION_MISSING", "The action is required.");
    if (action != "accept" && action != "drop") {
        return old_refusal("ACTION_INVALID", "The action is accept or drop.");
    }
    const bool has_ports = !text_at(rule, "source_port_start").empty() ||
                           !text_at(rule, "destination_port_start").empty();
    if (has_ports && protocol != "tcp" && protocol != "udp") {
        return old_refusal("PORT_PROTOCOL_MISMATCH", "Ports are of tcp and udp.");
    }
    if (!text_at(rule, "icmp_type").empty() && protocol != "icmp") {
        return old_refusal("ICMP_TYPE_PROTOCOL_MISMATCH", "The ICMP type is of icmp.");
    }
    return rule;
}

json::Array numbered(const Record& server) {
    json::Array out;
    const json::Value* rules = server.find("_rules");
    if (rules == nullptr) return out;
    for (const json::Value& rule : *rules->as_array()) {
        json::Value shown = rule;
        put(shown, "position", std::to_string(out.size() + 1));
        out.push_back(std::move(shown));
    }
    return out;
}

base::Result<Reply> list(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    return Reply{.body = json::Object{
                     {"firewall_rules", json::Object{{"firewall_rule", numbered(*server)}}}}};
}

base::Result<Reply> replace(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_calm(call.project, *server));
    const json::Value body = TRY(object_of(call, "firewall_rules"));
    const json::Value* sent = body.find("firewall_rule");
    json::Array rules;
    if (sent != nullptr && sent->is_array()) {
        for (const json::Value& rule : *sent->as_array()) rules.push_back(TRY(read_rule(rule)));
    }
    put(call.project.edit("server", id_of(*server)), "_rules", std::move(rules));
    return Reply{.status = 204};
}

base::Result<Reply> add(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_calm(call.project, *server));
    const json::Value sent = TRY(object_of(call, "firewall_rule"));
    json::Value rule = TRY(read_rule(sent));
    json::Array& rules = list_in(call.project.edit("server", id_of(*server)), "_rules");
    const std::string wanted = text_at(sent, "position");
    std::size_t at =
        wanted.empty() ? rules.size() : static_cast<std::size_t>(std::atoll(wanted.c_str())) - 1;
    at = std::min(at, rules.size());
    rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(at), rule);
    put(rule, "position", std::to_string(at + 1));
    return Reply{.status = 201, .body = json::Object{{"firewall_rule", std::move(rule)}}};
}

base::Result<std::size_t> place_of(ApiCall& call, const Record& server) {
    const std::string text(call.parameters.text("position"));
    const json::Array rules = numbered(server);
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].string_or("position", "") == text) return i;
    }
    return old_refusal("FIREWALL_RULE_NOT_FOUND", fmt::format("There is no rule {}.", text));
}

base::Result<Reply> show(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    const std::size_t at = TRY(place_of(call, *server));
    return Reply{.body = json::Object{{"firewall_rule", numbered(*server)[at]}}};
}

base::Result<Reply> remove(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    const std::size_t at = TRY(place_of(call, *server));
    json::Array& rules = list_in(call.project.edit("server", id_of(*server)), "_rules");
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(at));
    return Reply{.status = 204};
}

constexpr Route kRoutes[] = {
    {"GET", "/server/{uuid}/firewall_rule", list},
    {"POST", "/server/{uuid}/firewall_rule", add},
    {"PUT", "/server/{uuid}/firewall_rule", replace},
    {"GET", "/server/{uuid}/firewall_rule/{position}", show},
    {"DELETE", "/server/{uuid}/firewall_rule/{position}", remove},
};

}

std::span<const Route> firewall_rule_routes() { return kRoutes; }

}
