#include "providers/hetzner/server.hpp"

#include "providers/rest/wire.hpp"

#include <algorithm>

namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;

std::vector<std::string> sorted_ids(const Value& ids) {
    std::vector<std::string> out;
    const Value::Array* items = ids.as_array();
    if (items == nullptr) return out;
    for (const Value& item : *items) out.push_back(id_text(&item));
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> sorted_texts(const Value& record, std::string_view name) {
    std::vector<std::string> out;
    for (const Value& item : items_of(record, name)) {
        if (item.as_string() != nullptr) out.push_back(*item.as_string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

const Value* entry_for(const Value& networks, const std::string& network) {
    const Value::Array* items = networks.as_array();
    if (items == nullptr) return nullptr;
    for (const Value& item : *items) {
        if (id_text(item.find("network")) == network) return &item;
    }
    return nullptr;
}

// An address that was not asked for is whatever the platform chose.
bool is_same_address(const Value& wanted, const Value& shown) {
    return !is_set(wanted, "ip") || text_of(wanted, "ip") == text_of(shown, "ip");
}

// The order of alias addresses means nothing.
bool are_same_aliases(const Value& wanted, const Value& shown) {
    return sorted_texts(wanted, "alias_ips") == sorted_texts(shown, "alias_ips");
}

bool has_fixed_addresses(const Value& inputs) {
    const Value::Array& networks = items_of(inputs, "networks");
    return std::any_of(networks.begin(), networks.end(), [](const Value& one) {
        return is_set(one, "ip") || !items_of(one, "alias_ips").empty();
    });
}

bool has_public_net(const Value& inputs) {
    const Value& net = field_of(inputs, "public_net");
    return flag_of(net, "ipv4_enabled", true) || flag_of(net, "ipv6_enabled", true);
}

// Of what is there, the entries that the inputs as last applied do not have. `member`: of an entry,
// that has its id; empty: the entry is the id.
Value without_recorded(const Value& there, const UpdateContext& update, const char* input,
                       std::string_view member) {
    const auto id_of = [&](const Value& entry) {
        return id_text(member.empty() ? &entry : entry.find(member));
    };
    Value::Array kept;
    for (const Value& entry : *there.as_array()) {
        const Value::Array& recorded = items_of(update.intent.prior, input);
        const bool is_ours = std::ranges::any_of(
            recorded, [&](const Value& one) { return id_of(one) == id_of(entry); });
        if (!is_ours) kept.push_back(entry);
    }
    return Value(std::move(kept));
}

std::optional<Call> next_network_call(const UpdateContext& update) {
    const Value shown = show_server_networks(update.object);
    const bool is_released = is_taken_away(update.wanted(), "networks");
    // Let go is what the program had attached; others may have attached it elsewhere.
    const Value wanted = is_released ? without_recorded(shown, update, "networks", "network")
                                     : field_of(update.wanted(), "networks");
    // Without the field the networks are somebody else's (hetzner.NetworkAttachment).
    if (wanted.as_array() == nullptr) return std::nullopt;
    // First all that has to go, then what comes. An entry whose address differs is taken off and
    // put on again: the API has no call that changes an address.
    for (const Value& one : *shown.as_array()) {
        const std::string network = id_text(one.find("network"));
        const Value* entry = entry_for(wanted, network);
        if (entry != nullptr && is_same_address(*entry, one)) continue;
        return server_action(update.object, "detach_from_network",
                             json::Object{{"network", id_number(network)}}, network);
    }
    for (const Value& one : *wanted.as_array()) {
        const std::string network = id_text(one.find("network"));
        const Value* now = entry_for(shown, network);
        json::Object body{{"network", id_number(network)}};
        if (now == nullptr) {
            if (is_set(one, "ip")) body.set("ip", text_of(one, "ip"));
            if (is_set(one, "alias_ips")) body.set("alias_ips", to_json(*one.find("alias_ips")));
            return server_action(update.object, "attach_to_network", std::move(body), network);
        }
        if (!are_same_aliases(one, *now)) {
            body.set("alias_ips", is_set(one, "alias_ips") ? to_json(*one.find("alias_ips"))
                                                           : json::Value(json::Array{}));
            return server_action(update.object, "change_alias_ips", std::move(body), network);
        }
    }
    return std::nullopt;
}

Call firewall_call(const json::Value& server, const std::string& firewall, const char* name,
                   const char* member) {
    Call call;
    // The firewall is in the name: two calls that differ only in it are two steps, and a repeated
    // one is noticed as such.
    call.name = std::string(name) + ":" + firewall;
    call.method = "POST";
    // Sent to the firewall, not to the server: the API has no such action there.
    call.path = "/firewalls/" + firewall + "/actions/" + name;
    json::Array targets;
    targets.push_back(
        json::Object{{"type", "server"}, {"server", json::Object{{"id", *server.find("id")}}}});
    call.body = json::Object{{member, std::move(targets)}};
    return call;
}

std::optional<Call> next_firewall_call(const UpdateContext& update) {
    const Value there = show_server_firewalls(update.object);
    const bool is_released = is_taken_away(update.wanted(), "firewalls");
    const Value field = is_released ? without_recorded(there, update, "firewalls", {})
                                    : field_of(update.wanted(), "firewalls");
    if (field.as_array() == nullptr) return std::nullopt;
    const std::vector<std::string> wanted = sorted_ids(field);
    const std::vector<std::string> shown = sorted_ids(there);
    // What a server has from its beginning beside those, its labels have given it.
    const bool is_new = update.intent.action == provider::Action::Create;
    for (const std::string& id : shown) {
        if (!is_new && !std::binary_search(wanted.begin(), wanted.end(), id)) {
            return firewall_call(update.object, id, "remove_from_resources", "remove_from");
        }
    }
    for (const std::string& id : wanted) {
        if (!std::binary_search(shown.begin(), shown.end(), id)) {
            return firewall_call(update.object, id, "apply_to_resources", "apply_to");
        }
    }
    return std::nullopt;
}

}

Value show_server_networks(const json::Value& server) {
    Value::Array out;
    const json::Value* nets = server.find("private_net");
    if (nets == nullptr || !nets->is_array()) return out;
    for (const json::Value& net : *nets->as_array()) {
        Value one;
        for (const char* member : {"network", "ip", "alias_ips"}) {
            const json::Value* value = net.find(member);
            if (value == nullptr || value->is_null()) continue;
            // An empty list is left out: it is shown for every network without aliases, and nobody
            // writes it.
            if (value->is_array() && value->as_array()->empty()) continue;
            one.set(member, from_json(*value));
        }
        out.push_back(std::move(one));
    }
    return out;
}

Value show_server_firewalls(const json::Value& server) {
    Value::Array out;
    const json::Value* firewalls = at_path(server, "public_net.firewalls");
    if (firewalls == nullptr || !firewalls->is_array()) return out;
    for (const json::Value& firewall : *firewalls->as_array()) {
        if (const json::Value* id = firewall.find("id")) out.push_back(from_json(*id));
    }
    return out;
}

Value show_public_net(const json::Value& server) {
    Value out;
    for (const char* version : {"ipv4", "ipv6"}) {
        const json::Value* ip = server.find("public_net", version);
        const bool is_there = ip != nullptr && ip->is_object();
        out.set(std::string(version) + "_enabled", is_there);
        const json::Value* id = is_there ? ip->find("id") : nullptr;
        if (id != nullptr && !id->is_null()) out.set(version, from_json(*id));
    }
    return out;
}

Value show_power(const json::Value& server) {
    const std::string_view status = server.string_or("status", "");
    if (status == "off" || status == "stopping") return "off";
    if (status == "running" || status == "starting" || status == "initializing") return "running";
    // "migrating", "rebuilding", "deleting", "unknown": in between, and no ground to turn anything
    // on or off.
    return {};
}

bool are_same_networks(const Value& wanted, const Value& shown) {
    const Value::Array* a = wanted.as_array();
    const Value::Array* b = shown.as_array();
    // A wish with an unknown part (the id of a network that is still to be made) cannot be the
    // same yet.
    if (a == nullptr || b == nullptr || wanted.has_unknown()) return wanted.same_as(shown);
    return a->size() == b->size() && std::all_of(a->begin(), a->end(), [&](const Value& one) {
               const Value* now = entry_for(shown, id_text(one.find("network")));
               return now != nullptr && is_same_address(one, *now) && are_same_aliases(one, *now);
           });
}

bool are_same_ids(const Value& wanted, const Value& shown) {
    if (wanted.as_array() == nullptr || shown.as_array() == nullptr || wanted.has_unknown()) {
        return wanted.same_as(shown);
    }
    return sorted_ids(wanted) == sorted_ids(shown);
}

bool is_same_public_net(const Value& wanted, const Value& shown) {
    if (wanted.has_unknown()) return false;
    for (const char* version : {"ipv4", "ipv6"}) {
        const std::string enabled = std::string(version) + "_enabled";
        if (flag_of(wanted, enabled, true) != flag_of(shown, enabled, true)) return false;
        // An address that the wish does not name is any: one that goes with the server has an id
        // as well.
        const std::string id = id_text(wanted.find(version));
        if (!id.empty() && id != id_text(shown.find(version))) return false;
    }
    return true;
}

Value trim_public_net(const Value& shown, const Value& prior, const Value& wanted) {
    Value out;
    for (const char* version : {"ipv4", "ipv6"}) {
        const std::string enabled = std::string(version) + "_enabled";
        out.set(enabled, flag_of(shown, enabled, true));
        const std::string id = id_text(shown.find(version));
        const bool is_given =
            id == id_text(prior.find(version)) || id == id_text(wanted.find(version));
        if (!id.empty() && is_given) out.set(version, field_of(shown, version));
    }
    return out;
}

void complete_server_body(const Value& inputs, json::Object& body) {
    if (is_set(inputs, "public_net")) {
        const Value& net = field_of(inputs, "public_net");
        json::Object out;
        for (const char* version : {"ipv4", "ipv6"}) {
            const std::string enabled = std::string(version) + "_enabled";
            out.set(std::string("enable_") + version, flag_of(net, enabled, true));
            const std::string id = id_text(net.find(version));
            if (!id.empty()) out.set(version, id_number(id));
        }
        body.set("public_net", std::move(out));
    }
    json::Array firewalls;
    for (const Value& id : items_of(inputs, "firewalls")) {
        firewalls.push_back(json::Object{{"firewall", to_json(id)}});
    }
    if (!firewalls.empty()) body.set("firewalls", std::move(firewalls));
    // Addresses of one's own choice are given by attaching, after it is there.
    const bool attaches_later = has_fixed_addresses(inputs);
    json::Array networks;
    if (!attaches_later) {
        for (const Value& one : items_of(inputs, "networks")) {
            networks.push_back(id_number(id_text(one.find("network"))));
        }
    }
    // Without any network it could not start: it is turned on when it has one.
    const bool starts =
        text_of(inputs, "power") != "off" && (has_public_net(inputs) || !networks.empty());
    body.set("start_after_create", starts);
    if (!networks.empty()) body.set("networks", std::move(networks));
}

namespace {

// Only where there is an image to see, and the user wants it so.
std::optional<Call> next_rebuild_call(const UpdateContext& update) {
    if (text_of(update.wanted(), "image_change") != "Rebuild") return std::nullopt;
    const Value now = show_image(update.object);
    // By name or by id, whichever the program has.
    const Value& wanted = field_of(update.wanted(), "image");
    const std::string id = id_text(at_path(update.object, "image.id"));
    if (now.is_null() || wanted.same_as(now) || id_text(&wanted) == id) return std::nullopt;
    Call call = server_action(update.object, "rebuild", json::Object{{"image", to_json(wanted)}});
    call.has_secrets = true;   // it may tell a password
    return call;
}

}

std::optional<Call> next_server_call(const UpdateContext& update) {
    // From what needs the server off to what needs it on; power comes last, so that it is off for
    // as short as can be and ends as wanted. Each step is asked for with what the platform shows
    // after the one before, so the order also is the plan for a run that was cut off anywhere.
    if (auto call = next_resting_call(update)) return call;
    if (auto call = next_rebuild_call(update)) return call;
    if (auto call = next_network_call(update)) return call;
    if (auto call = next_firewall_call(update)) return call;
    // Protection is set late, for a rebuild is refused while it is on; a protected server that is
    // to be rebuilt has to lose it first, in a plan of its own.
    const bool has_backups =
        !field_of(update.shown, "backups").is_null() && flag_of(update.shown, "backups");
    if (flag_of(update.wanted(), "backups") != has_backups) {
        return server_action(update.object, has_backups ? "disable_backup" : "enable_backup");
    }
    const bool is_protected = flag_of(update.shown, "delete_protection");
    if (flag_of(update.wanted(), "delete_protection") != is_protected) {
        return server_action(update.object, "change_protection",
                             // Both go together: the API refuses one without the other for
                             // servers.
                             json::Object{{"delete", !is_protected}, {"rebuild", !is_protected}});
    }
    if (auto call = next_name_call(update)) return call;
    return next_power_call(update);
}

}
