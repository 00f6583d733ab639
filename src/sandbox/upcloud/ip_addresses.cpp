#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/address.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

std::string default_name(const std::string& address, const std::string& zone) {
    return base::replace_all(address, ".", "-") + "." + zone + ".upcloud.host";
}

// The server that has an interface of this address, and its zone.
const Record* server_of_mac(const Project& project, std::string_view mac) {
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& one : *server.find("_interfaces")->as_array()) {
            if (one.string_or("mac", "") == mac) return &server;
        }
    }
    return nullptr;
}

json::Value view(const Project& project, const Record& address) {
    json::Value out = view_thing(project, address);
    if (const Record* server = server_of_mac(project, address.string_or("mac", "-"))) {
        put(out, "server", server->string_or("uuid", ""));
    } else {
        out.as_object()->remove("mac");
    }
    return out;
}

// Those of servers' own interfaces.
json::Array fixed_addresses(const Project& project) {
    json::Array out;
    for (const auto& [id, server] : project.all("server")) {
        const std::string zone(server.string_or("zone", ""));
        for (const json::Value& one : *server.find("_interfaces")->as_array()) {
            const std::string type(one.string_or("type", ""));
            for (const json::Value& ip : *one.find("ip_addresses", "ip_address")->as_array()) {
                const std::string address(ip.string_or("address", ""));
                json::Object shown{{"address", address},
                                   {"access", type},
                                   {"family", ip.string_or("family", "")},
                                   {"part_of_plan", "no"},
                                   {"server", server.string_or("uuid", "")},
                                   {"zone", zone}};
                if (type == "public") shown.set("ptr_record", default_name(address, zone));
                out.push_back(std::move(shown));
            }
        }
    }
    return out;
}

base::Result<Reply> list(ApiCall& call) {
    json::Array out = fixed_addresses(call.project);
    for (const auto& [id, address] : call.project.all("floating_ip")) {
        out.push_back(view(call.project, address));
    }
    return Reply{.body =
                     json::Object{{"ip_addresses", json::Object{{"ip_address", std::move(out)}}}}};
}

base::Result<Reply> show(ApiCall& call) {
    for (json::Value& one : fixed_addresses(call.project)) {
        if (one.string_or("address", "") == call.parameters.text("uuid")) {
            return Reply{.body = json::Object{{"ip_address", std::move(one)}}};
        }
    }
    return show_of(call, kFloatingIps);
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    Project& project = call.project;
    const std::string mac(wanted.string_or("mac", ""));
    const Record* server = mac.empty() ? nullptr : server_of_mac(project, mac);
    if (!mac.empty() && server == nullptr) {
        return old_refusal("MAC_INVALID", fmt::format("No interface has the address {}.", mac));
    }
    if (before == nullptr) {
        if (wanted.string_or("floating", "no") != "yes") {
            return old_refusal("SERVER_STATE_ILLEGAL", "Addresses of servers are not made here.");
        }
        if (wanted.string_or("zone", "").empty() && server != nullptr) {
            put(wanted, "zone", server->string_or("zone", ""));
        }
        const std::string zone(wanted.string_or("zone", ""));
        if (zone.empty()) return old_refusal("ZONE_MISSING", "The zone or the mac is required.");
        TRY(require_zone(zone));
        constexpr std::uint32_t kFirst = (198U << 24U) | (19U << 16U);
        const std::string address =
            format_ipv4(kFirst + static_cast<std::uint32_t>(project.count("floating")));
        put(wanted, "address", address);
        put(wanted, "access", "public");
        put(wanted, "part_of_plan", "no");
        put(wanted, "release_policy", "keep");
        put(wanted, "ptr_record", default_name(address, zone));
    }
    if (server != nullptr && server->string_or("zone", "") != wanted.string_or("zone", "")) {
        return old_refusal("ZONE_MISMATCH", "The server is in another zone.");
    }
    return {};
}

base::Result<void> may_go(ApiCall& call, const Record& address) {
    if (server_of_mac(call.project, address.string_or("mac", "-")) == nullptr) return {};
    return old_refusal("ADDRESS_ATTACHED", "The address is attached to a server.");
}

constexpr Member kMembers[] = {
    {.name = "family", .is_fixed = true, .fallback = "\"IPv4\"", .choices = "IPv4|IPv6"},
    {.name = "floating", .kind = Member::Kind::YesNo, .is_fixed = true, .fallback = "\"no\""},
    {.name = "zone", .is_fixed = true},
    {.name = "access", .is_fixed = true},
    {.name = "server", .is_fixed = true},
    {.name = "mac", .is_null_taken = true},
    {.name = "ptr_record"},
    {.name = "release_policy", .choices = "keep|release"},
};

constexpr Route kRoutes[] = {
    {"GET", "/ip_address", list},
    {"POST", "/ip_address", create_one<kFloatingIps>},
    {"GET", "/ip_address/{uuid}", show},
    {"PATCH", "/ip_address/{uuid}", change_one<kFloatingIps>},
    {"PUT", "/ip_address/{uuid}", change_one<kFloatingIps>},
    {"DELETE", "/ip_address/{uuid}", remove_one<kFloatingIps>},
};

}

constexpr Things kFloatingIps{.family = {.type = "floating_ip",
                                         .plural = "ip_addresses",
                                         .words = "IP address",
                                         .sorts = {},
                                         .view = view},
                              .one = "ip_address",
                              .code = "IP_ADDRESS",
                              .members = kMembers,
                              .has_labels = false,
                              .changed = 202,
                              .complete = complete,
                              .may_go = may_go,
                              .key = "address"};

std::span<const Route> ip_address_routes() { return kRoutes; }

}
