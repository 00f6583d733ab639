#include "providers/aws/permissions.hpp"

#include "providers/aws/formats.hpp"
#include "providers/rest/wire.hpp"

#include <array>

namespace providers::aws {
namespace {

using rest::field_of;
using rest::items_of;
using rest::text_of;
using value::Value;

constexpr const char* kAll = "-1";

struct Peer {
    const char* list;     // of the service
    const char* member;   // of its entries
    const char* input;
};
constexpr std::array kPeers{
    Peer{"IpRanges", "CidrIp", "cidr_blocks"},
    Peer{"Ipv6Ranges", "CidrIpv6", "cidr_blocks"},
    Peer{"UserIdGroupPairs", "GroupId", "security_groups"},
    Peer{"PrefixListIds", "PrefixListId", "prefix_lists"},
};

std::string protocol_of(const std::string& word) {
    if (word == "all") return kAll;
    return word;
}

// The service also takes and shows numbers for those that have a name.
std::string named(std::string_view protocol) {
    if (protocol == "6") return "tcp";
    if (protocol == "17") return "udp";
    if (protocol == "1") return "icmp";
    if (protocol == "58") return "icmpv6";
    return std::string(protocol);
}

std::int64_t port_of(const Value& rule, std::string_view input, std::int64_t otherwise) {
    const std::int64_t* number = field_of(rule, input).as_integer();
    return number != nullptr ? *number : otherwise;
}

const char* list_of(const Peer& peer, const std::string& text) {
    if (peer.input != std::string_view("cidr_blocks")) return peer.list;
    return text.find(':') != std::string::npos ? "Ipv6Ranges" : "IpRanges";
}

const Peer& peer_of(std::string_view list) {
    for (const Peer& peer : kPeers) {
        if (list == peer.list) return peer;
    }
    return kPeers.front();
}

}

Permissions permissions_in(const Value& rules) {
    Permissions out;
    const Value::Array* all = rules.as_array();
    if (all == nullptr) return out;
    for (const Value& rule : *all) {
        Permission one;
        one.protocol = protocol_of(text_of(rule, "protocol"));
        const bool has_ports = one.protocol == "tcp" || one.protocol == "udp";
        if (one.protocol != kAll) {
            one.from = port_of(rule, "from_port", has_ports ? 0 : -1);
            const std::int64_t otherwise = field_of(rule, "from_port").is_null() ? 65535 : one.from;
            one.to = port_of(rule, "to_port", has_ports ? otherwise : -1);
        }
        for (const Peer& peer : kPeers) {
            // Both kinds of networks are in one list; the first of the two reads it.
            if (peer.list == std::string_view("Ipv6Ranges")) continue;
            for (const Value& text : items_of(rule, peer.input)) {
                if (text.as_string() == nullptr) continue;
                one.member = list_of(peer, *text.as_string());
                one.peer = canonical_network(*text.as_string());
                out[one] = text_of(rule, "description");
            }
        }
    }
    return out;
}

Permissions permissions_shown(const json::Value& group, std::string_view member) {
    Permissions out;
    const json::Value* all = group.find(member);
    if (all == nullptr || !all->is_array()) return out;
    for (const json::Value& shown : *all->as_array()) {
        Permission one;
        one.protocol = named(shown.string_or("IpProtocol", ""));
        if (one.protocol != kAll) {
            one.from = shown.int64_or("FromPort", -1);
            one.to = shown.int64_or("ToPort", -1);
        }
        for (const Peer& peer : kPeers) {
            const json::Value* entries = shown.find(peer.list);
            if (entries == nullptr || !entries->is_array()) continue;
            for (const json::Value& entry : *entries->as_array()) {
                one.member = peer.list;
                one.peer = canonical_network(entry.string_or(peer.member, ""));
                out[one] = entry.string_or("Description", "");
            }
        }
    }
    return out;
}

// Those that differ in their sources alone make one rule.
Value rules_of(const Permissions& permissions) {
    std::map<std::tuple<std::string, std::int64_t, std::int64_t, std::string>, Value> rules;
    for (const auto& [one, description] : permissions) {
        Value& rule = rules[{one.protocol, one.from, one.to, description}];
        rule.set("protocol", Value(one.protocol == kAll ? std::string("all") : one.protocol));
        if (one.protocol != kAll && one.from != -1) rule.set("from_port", Value(one.from));
        if (one.protocol != kAll && one.to != -1) rule.set("to_port", Value(one.to));
        if (!description.empty()) rule.set("description", Value(description));
        const char* input = peer_of(one.member).input;
        Value::Array peers = items_of(rule, input);
        peers.emplace_back(one.peer);
        rule.set(input, Value(std::move(peers)));
    }
    Value::Array out;
    for (auto& [key, rule] : rules) out.push_back(std::move(rule));
    return out;
}

json::Array documents_of(const Permissions& permissions) {
    json::Array out;
    for (const auto& [one, description] : permissions) {
        json::Object entry{{peer_of(one.member).member, one.peer}};
        if (!description.empty()) entry.set("Description", description);
        json::Object document{{"IpProtocol", one.protocol}};
        if (one.protocol != kAll) {
            document.set("FromPort", one.from);
            document.set("ToPort", one.to);
        }
        document.set(one.member, json::Array{std::move(entry)});
        out.push_back(std::move(document));
    }
    return out;
}

}
