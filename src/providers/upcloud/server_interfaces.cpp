#include "providers/rest/wire.hpp"
#include "providers/upcloud/server.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

// The interfaces of a server. They have no names: one is known by what it leads to.
namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

const json::Array& interfaces_in(const json::Value& server) {
    static const json::Array kNone;
    const json::Value* all = at_path(server, "networking.interfaces.interface");
    return all != nullptr && all->is_array() ? *all->as_array() : kNone;
}

Value show_one(const json::Value& shown) {
    Value out;
    out.set("type", member_of(shown, "type"));
    if (shown.string_or("type", "") == "private") out.set("network", member_of(shown, "network"));
    const json::Value* addresses = at_path(shown, "ip_addresses.ip_address");
    if (addresses != nullptr && addresses->is_array() && !addresses->as_array()->empty()) {
        const json::Value& first = addresses->as_array()->front();
        out.set("family", member_of(first, "family"));
        out.set("address", member_of(first, "address"));
    }
    out.set("source_ip_filtering", shown.string_or("source_ip_filtering", "yes") == "yes");
    return out;
}

json::Value write_one(const Value& one) {
    json::Object address{{"family", text_of(one, "family")}};
    if (is_set(one, "address")) address.set("address", text_of(one, "address"));
    json::Object out{
        {"type", text_of(one, "type")},
        {"source_ip_filtering", yes_or_no().write(field_of(one, "source_ip_filtering"))},
        {"ip_addresses", json::Object{{"ip_address", json::Array{std::move(address)}}}}};
    if (is_set(one, "network")) out.set("network", text_of(one, "network"));
    return out;
}

// Whether it leads where it is to; what was left to the platform is as it chose.
bool leads_there(const Value& wanted, const Value& shown) {
    for (const char* name : {"type", "family", "network", "address"}) {
        if (is_set(wanted, name) && text_of(wanted, name) != text_of(shown, name)) return false;
    }
    return true;
}

bool has_same_filter(const Value& wanted, const Value& shown) {
    return flag_of(wanted, "source_ip_filtering", true) ==
           flag_of(shown, "source_ip_filtering", true);
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Which of the wanted each of the shown is, and which of the wanted none is. Those that say an
// address choose first.
struct Pairs {
    std::vector<std::size_t> wanted_of;
    std::vector<std::size_t> missing;
};

Pairs pair(const Value::Array& wanted, const Value::Array& shown) {
    Pairs out;
    out.wanted_of.assign(shown.size(), kNone);
    std::vector<std::size_t> order(wanted.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {},
                             [&](std::size_t i) { return !is_set(wanted[i], "address"); });
    for (const std::size_t i : order) {
        bool is_found = false;
        for (std::size_t j = 0; j < shown.size() && !is_found; ++j) {
            if (out.wanted_of[j] != kNone || !leads_there(wanted[i], shown[j])) continue;
            out.wanted_of[j] = i;
            is_found = true;
        }
        if (!is_found) out.missing.push_back(i);
    }
    return out;
}

}

Value show_interfaces(const json::Value& server) {
    Value::Array out;
    for (const json::Value& one : interfaces_in(server)) out.push_back(show_one(one));
    return out;
}

bool are_same_interfaces(const Value& wanted, const Value& shown) {
    const Value::Array* a = wanted.as_array();
    const Value::Array* b = shown.as_array();
    if (a == nullptr || b == nullptr || wanted.has_unknown()) return wanted.same_as(shown);
    const Pairs pairs = pair(*a, *b);
    if (a->size() != b->size() || !pairs.missing.empty()) return false;
    for (std::size_t j = 0; j < b->size(); ++j) {
        if (!has_same_filter((*a)[pairs.wanted_of[j]], (*b)[j])) return false;
    }
    return true;
}

json::Value interfaces_to_json(const Value& interfaces) {
    json::Array out;
    const Value::Array* all = interfaces.as_array();
    if (all != nullptr) {
        for (const Value& one : *all) out.push_back(write_one(one));
    }
    return json::Object{{"interfaces", json::Object{{"interface", std::move(out)}}}};
}

// First what has to go, as its place is needed; then what is changed, then what comes.
std::optional<Call> next_interface_call(const UpdateContext& update) {
    const Value& wanted = field_of(update.wanted(), "interfaces");
    if (wanted.as_array() == nullptr) return std::nullopt;
    const Value shown = show_interfaces(update.object);
    const Pairs pairs = pair(*wanted.as_array(), *shown.as_array());
    const json::Array& there = interfaces_in(update.object);
    const auto path_of = [&](std::size_t j) {
        return "/networking/interface/" + id_text(there[j].find("index"));
    };
    for (std::size_t j = 0; j < there.size(); ++j) {
        if (pairs.wanted_of[j] != kNone) continue;
        Call call = server_call(update.object, "remove_interface", "DELETE", path_of(j));
        call.name += ":" + id_text(there[j].find("index"));
        return call;
    }
    for (std::size_t j = 0; j < there.size(); ++j) {
        const Value& one = (*wanted.as_array())[pairs.wanted_of[j]];
        if (has_same_filter(one, (*shown.as_array())[j])) continue;
        json::Value body = json::Object{
            {"interface", json::Object{{"source_ip_filtering",
                                        yes_or_no().write(field_of(one, "source_ip_filtering"))}}}};
        Call call = server_call(update.object, "change_interface", "PUT", path_of(j), body);
        call.name += ":" + id_text(there[j].find("index"));
        return call;
    }
    if (pairs.missing.empty()) return std::nullopt;
    const std::size_t first = std::ranges::min(pairs.missing);
    json::Value body = json::Object{{"interface", write_one((*wanted.as_array())[first])}};
    Call call = server_call(update.object, "add_interface", "POST", "/networking/interface", body);
    // By how many there are: each that comes is another call.
    call.name += fmt::format(":{}", there.size());
    return call;
}

}
