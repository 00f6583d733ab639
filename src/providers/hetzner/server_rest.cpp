#include "providers/hetzner/server.hpp"
#include "providers/rest/wire.hpp"

#include "base/hash.hpp"

// What a server has to be off for, its power, and the names of its addresses.
namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kVersions[] = {"ipv4", "ipv6"};
constexpr const char* kForAChange = "for_a_change";

bool is_off(const json::Value& server) { return server.string_or("status", "") == "off"; }

std::chrono::milliseconds grace_of(const Value& inputs) {
    const Value& grace = field_of(inputs, "shutdown_grace");
    double seconds = 0;
    if (const std::int64_t* whole = grace.as_integer()) seconds = static_cast<double>(*whole);
    if (const value::Rational* exact = grace.as_rational()) seconds = exact->to_double();
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// Its system is asked to stop; if it does not within the grace, the power is cut.
Call off_call(const UpdateContext& update, const std::string& suffix = {}) {
    Call soft = server_action(update.object, "shutdown", json::Object{}, suffix);
    // Worked example, grace 30: the first question gives "shutdown" and waits up to 30 seconds for
    // "off". If it runs still, the same is asked for again; a call that comes twice counts as
    // failed, so now it is "poweroff", by another name. After a crash `named` says which of them
    // was about to be made.
    Call hard = server_action(update.object, "poweroff", json::Object{}, suffix);
    soft.grace = grace_of(update.wanted());
    const bool is_cut = soft.grace.count() == 0 || update.named == hard.name ||
                        update.made == soft.name || update.made == hard.name;
    return is_cut ? hard : soft;
}

bool is_enabled(const Value& net, const std::string& version) {
    return flag_of(net, version + "_enabled", true);
}

// One that goes with the server: neither declared by itself nor turned off.
bool is_its_own(const Value& net, const std::string& version) {
    const Value& id = field_of(net, version);
    return is_enabled(net, version) && !id.has_unknown() && id_text(&id).empty();
}

Call address_call(const std::string& address, const char* name, json::Value body) {
    Call call;
    call.name = std::string(name) + ":" + address;
    call.method = "POST";
    call.path = "/primary_ips/" + address + "/actions/" + name;
    call.body = std::move(body);
    return call;
}

// As the platform makes one with a server: it goes with it, and is called by a number.
Call own_address_call(const json::Value& server, const std::string& version,
                      const std::string& token) {
    constexpr std::size_t kDigits = 12;
    std::string number = base::sha256_hex(token + version);
    for (char& digit : number) digit = static_cast<char>('0' + digit % 10);
    Call call;
    call.name = "own:" + version;
    call.method = "POST";
    call.path = "/primary_ips";
    call.body = json::Object{{"name", "primary_ip-" + number.substr(0, kDigits)},
                             {"type", version},
                             {"assignee_type", "server"},
                             {"assignee_id", *server.find("id")},
                             {"auto_delete", true}};
    return call;
}

std::optional<Call> next_own_call(const UpdateContext& update, const std::string& version,
                                  const std::string& now) {
    const bool may_come = update.intent.action == provider::Action::Update;
    // What is to come after this change is looked at then.
    if (now.empty() && may_come && !update.intent.is_followed)
        return own_address_call(update.object, version, update.intent.token);
    // What the program had given it goes; what the platform gave stays.
    const Value& before = field_of(update.intent.prior, "public_net");
    if (now.empty() || now != id_text(before.find(version))) return std::nullopt;
    return address_call(now, "unassign", json::Object{});
}

std::optional<Call> next_address_call(const UpdateContext& update) {
    if (!is_set(update.wanted(), "public_net")) return std::nullopt;
    const Value& wanted = field_of(update.wanted(), "public_net");
    const Value shown = show_public_net(update.object);
    // One version at a time, and per version first off, then on; the server is off meanwhile.
    for (const char* version : kVersions) {
        const std::string id = id_text(wanted.find(version));
        const std::string now = id_text(shown.find(version));
        if (is_its_own(wanted, version)) {
            if (auto call = next_own_call(update, version, now)) return call;
            continue;
        }
        if (id == now) continue;
        if (!now.empty()) return address_call(now, "unassign", json::Object{});
        return address_call(
            id, "assign",
            json::Object{{"assignee_id", *update.object.find("id")}, {"assignee_type", "server"}});
    }
    return std::nullopt;
}

std::optional<Call> next_type_call(const UpdateContext& update) {
    const std::string& type = text_of(update.wanted(), "server_type");
    const json::Value* now = update.object.find("server_type", "name");
    if (now != nullptr && now->as_string() != nullptr && *now->as_string() == type) {
        return std::nullopt;
    }
    return server_action(update.object, "change_type",
                         json::Object{{"server_type", type},
                                      {"upgrade_disk", flag_of(update.wanted(), "upgrade_disk")}});
}

std::optional<Call> next_group_call(const UpdateContext& update) {
    const std::string group = id_text(update.wanted().find("placement_group"));
    // Left out: others may look after it, and nothing is taken off.
    const std::string now = id_text(at_path(update.object, "placement_group.id"));
    if (group == now) return std::nullopt;
    if (group.empty() && !is_taken_away(update.wanted(), "placement_group")) return std::nullopt;
    // It has to leave one group before it can join another.
    if (!now.empty()) return server_action(update.object, "remove_from_placement_group");
    return server_action(update.object, "add_to_placement_group",
                         json::Object{{"placement_group", id_number(group)}});
}

struct Named {
    std::string version;
    std::string ip;
    std::string name;
};

// The addresses of a server that a name can lead back to: of a network, its first.
std::vector<Named> named_addresses(const json::Value& server) {
    std::vector<Named> out;
    const json::Value* v4 = server.find("public_net", "ipv4");
    if (v4 != nullptr && v4->is_object()) {
        out.push_back({.version = "ipv4",
                       .ip = std::string(v4->string_or("ip", "")),
                       .name = std::string(v4->string_or("dns_ptr", ""))});
    }
    const json::Value* v6 = server.find("public_net", "ipv6");
    if (v6 == nullptr || !v6->is_object()) return out;
    Named first{.version = "ipv6", .ip = first_of_network(v6->string_or("ip", "")), .name = {}};
    first.name = reverse_name_of(*v6, first.ip);
    out.push_back(std::move(first));
    return out;
}

}

Call server_action(const json::Value& server, const char* name, json::Value body,
                   const std::string& suffix) {
    Call call;
    call.name = suffix.empty() ? name : std::string(name) + ":" + suffix;
    call.method = "POST";
    call.path = "/servers/" + id_text(server.find("id")) + "/actions/" + name;
    call.body = std::move(body);
    return call;
}

std::string first_of_network(std::string_view network) {
    std::string base(network.substr(0, network.find('/')));
    // "2001:db8::/64" is a network; what is reachable of it is up to the server, and images of the
    // vendor configure ::1. Other spellings are left as they are.
    return base.ends_with("::") ? base + "1" : base;
}

std::string reverse_name_of(const json::Value& object, std::string_view ip) {
    const json::Value* names = object.find("dns_ptr");
    if (names == nullptr || !names->is_array()) return {};
    for (const json::Value& name : *names->as_array()) {
        if (name.string_or("ip", "") == ip) return std::string(name.string_or("dns_ptr", ""));
    }
    return {};
}

// What is declared by itself outlives the server, whatever the platform is to do with it when
// somebody else deletes that.
base::Result<std::optional<Call>> release_addresses(const json::Value& server, const Value& inputs,
                                                    const RestType::Ask& ask) {
    const Value& declared = field_of(inputs, "public_net");
    const Value shown = show_public_net(server);
    for (const char* version : kVersions) {
        const std::string id = id_text(declared.find(version));
        if (id.empty() || id != id_text(shown.find(version))) continue;
        const std::optional<json::Value> answer = TRY(ask("/primary_ips/" + id));
        const json::Value* goes = answer ? answer->find("primary_ip", "auto_delete") : nullptr;
        if (goes == nullptr || goes->as_bool() == nullptr || !*goes->as_bool()) continue;
        // It is taken away only while the server is off.
        return std::optional(is_off(server) ? address_call(id, "unassign", json::Object{})
                                            : server_action(server, "poweroff"));
    }
    return std::optional<Call>();
}

std::optional<Call> next_resting_call(const UpdateContext& update) {
    auto call = next_type_call(update);
    if (!call) call = next_group_call(update);
    if (!call) call = next_address_call(update);
    // Nothing to do, or it is off already. Otherwise the server is turned off by this very change,
    // and next_power_call() turns it on again in the end, if it is to run.
    if (!call || is_off(update.object)) return call;
    return off_call(update, kForAChange);
}

namespace {

// What it is off for may go on: it is turned on when it has the other address or group.
bool is_detached(const Value& wanted) {
    const Value& net = field_of(wanted, "public_net");
    return is_taken_away(wanted, "placement_group") || is_taken_away(net, "ipv4") ||
           is_taken_away(net, "ipv6");
}

}

std::optional<Call> next_power_call(const UpdateContext& update) {
    const std::string& wanted = text_of(update.wanted(), "power");
    const bool rests = update.intent.is_followed && is_detached(update.wanted());
    if (wanted == "running" && is_off(update.object) && !rests)
        return server_action(update.object, "poweron");
    if (wanted == "off" && !is_off(update.object)) return off_call(update);
    return std::nullopt;
}

// Turned off for a change that was then refused.
std::optional<Call> turn_on_again(const UpdateContext& update) {
    const bool ran = text_of(update.intent.prior, "power") == "running";
    const bool is_to_run = text_of(update.wanted(), "power") == "running";
    if (!ran || !is_to_run || !is_off(update.object)) return std::nullopt;
    return server_action(update.object, "poweron");
}

std::optional<Call> next_name_call(const UpdateContext& update) {
    const std::string* wanted = field_of(update.wanted(), "reverse_dns").as_string();
    if (wanted == nullptr) return std::nullopt;
    for (const Named& one : named_addresses(update.object)) {
        if (one.name == *wanted) continue;
        return server_action(update.object, "change_dns_ptr",
                             json::Object{{"ip", one.ip}, {"dns_ptr", *wanted}}, one.version);
    }
    return std::nullopt;
}

Value show_reverse_dns(const json::Value& server) {
    const std::vector<Named> all = named_addresses(server);
    if (all.empty()) return {};
    // Two different names are shown as both: no single wish equals that, so the difference is seen
    // and next_name_call() sets them one after the other.
    std::string out = all.front().name;
    if (all.back().name != out) out += ", " + all.back().name;
    return out;
}

bool can_exchange_addresses(const Value& before, const provider::ObservedResource& now,
                            const Value& wanted) {
    for (const std::string version : kVersions) {
        // Its own one, once it is taken away, would be nobody's: it goes with the server only.
        const bool had_own =
            is_its_own(before, version) && is_set(now.outputs, version + "_address");
        if (!had_own || is_its_own(wanted, version)) continue;
        // Unless somebody has exchanged it already.
        const std::string id = id_text(wanted.find(version));
        const std::string there = id_text(field_of(now.inputs, "public_net").find(version));
        if (id.empty() || there != id) return false;
    }
    return true;
}

bool loses_given_address(const Value& before, const Value& wanted) {
    for (const std::string version : kVersions) {
        if (is_its_own(wanted, version) && !id_text(before.find(version)).empty()) return true;
    }
    return false;
}

std::vector<std::string> servers_changed(const provider::Intent& intent) {
    std::vector<std::string> out;
    // Both the new and the old one: moving a volume from A to B takes a detach at A. The platform
    // locks the servers, and their own changes wait in the queue of that name.
    for (const Value* inputs : {&intent.inputs, &intent.prior}) {
        std::string id = id_text(inputs->find("server"));
        if (!id.empty()) out.push_back("server:" + std::move(id));
    }
    return out;
}

}
