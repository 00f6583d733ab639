#include "sandbox/hetzner/ips.hpp"

#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/refusal.hpp"
#include "sandbox/kit/address.hpp"

#include <fmt/core.h>

namespace sandbox::hetzner {
namespace {

// RFC 2544's range for benchmarks and RFC 3849's for documentation: nothing can be reached at such
// an address by mistake.
constexpr std::uint32_t kFirstAddress = 198U << 24U | 18U << 16U;   // 198.18.0.0/15
constexpr std::int64_t kAddresses = 131'000;
constexpr std::int64_t kPrefixes = 0xffff'ffff;

}

std::string next_address(Project& project, std::string_view type) {
    if (type == "ipv4") {
        const std::int64_t number = project.count("ipv4") % kAddresses;
        return format_ipv4(kFirstAddress + static_cast<std::uint32_t>(number));
    }
    const std::int64_t number = project.count("ipv6") % kPrefixes;
    // One /64 per number, as the vendor gives them.
    return fmt::format("2001:db8:{:x}:{:x}::/64", number >> 16U, number & 0xffff);
}

json::Value default_dns_ptr(std::string_view type, std::string_view ip) {
    if (type != "ipv4") return json::Array{};
    const std::uint32_t a = parse_ipv4(ip).value_or(0);
    return json::Array{
        json::Object{{"ip", ip},
                     {"dns_ptr", fmt::format("static.{}.{}.{}.{}.clients.your-server.de", a & 255U,
                                             a >> 8U & 255U, a >> 16U & 255U, a >> 24U)}}};
}

base::Result<void> set_dns_ptr(Record& record, const json::Value& request) {
    Body body(request);
    const auto ip = canonical_address(body.required_text("ip"));
    const auto wanted = body.text("dns_ptr");
    if (!body.has("dns_ptr")) body.missing("dns_ptr");
    TRY(body.check());
    const std::string own(record.string_or("ip", ""));
    const std::string prefix = own.substr(0, own.find('/'));
    const bool is_v4 = record.string_or("type", "") == "ipv4";
    // Of IPv6 any address within the own /64, of IPv4 the one.
    if (!ip || (is_v4 ? *ip != own : !is_in_ipv6_64(*ip, prefix))) {
        return invalid("ip", "does not belong to this resource");
    }
    json::Array entries;
    for (const json::Value& entry : *record.find("dns_ptr")->as_array()) {
        if (entry.string_or("ip", "") != *ip) entries.push_back(entry);
    }
    // Null gives an IPv4 address its usual name back; an IPv6 address then has none.
    if (wanted) {
        entries.push_back(json::Object{{"ip", *ip}, {"dns_ptr", *wanted}});
    } else if (is_v4) {
        entries = *default_dns_ptr("ipv4", own).as_array();
    }
    put(record, "dns_ptr", std::move(entries));
    return {};
}

std::int64_t make_primary_ip(Project& project, const NewPrimaryIp& wanted) {
    const std::int64_t id = project.next_id();
    const std::string ip = next_address(project, wanted.type);
    project.add(
        "primary_ip",
        json::Object{{"id", id},
                     {"name", wanted.name.empty() ? fmt::format("primary_ip-{}", id) : wanted.name},
                     {"ip", ip},
                     {"type", wanted.type},
                     {"assignee_id", nullptr},
                     {"auto_delete", wanted.auto_delete},
                     {"blocked", false},
                     {"created", project.now_text()},
                     {"dns_ptr", default_dns_ptr(wanted.type, ip)},
                     {"labels", wanted.labels},
                     {"protection", json::Object{{"delete", false}}},
                     {"_location", wanted.location}});
    return id;
}

void assign_primary_ip(Project& project, std::int64_t id, std::int64_t server) {
    if (project.find("primary_ip", id) == nullptr || project.find("server", server) == nullptr) {
        return;
    }
    Record& ip = project.edit("primary_ip", id);
    // Both sides are written: the address's assignee, and the server's member "_ipv4" or "_ipv6".
    // Whoever changes one must change the other.
    put(ip, "assignee_id", server);
    put(project.edit("server", server), "_" + std::string(ip.string_or("type", "")), id);
}

void unassign_primary_ip(Project& project, std::int64_t id) {
    if (project.find("primary_ip", id) == nullptr) return;
    Record& ip = project.edit("primary_ip", id);
    const std::int64_t server = ip.int64_or("assignee_id", 0);
    put(ip, "assignee_id", nullptr);
    if (project.find("server", server) == nullptr) return;
    put(project.edit("server", server), "_" + std::string(ip.string_or("type", "")), 0);
}

base::Result<void> require_usable_primary_ip(const Project& project, std::int64_t id,
                                             std::string_view type, std::string_view location) {
    const Record* ip = project.find("primary_ip", id);
    if (ip == nullptr) return invalid_input(fmt::format("primary IP with ID {} not found", id));
    if (ip->string_or("type", "") != type) {
        return refuse(422, "primary_ip_version_mismatch",
                      fmt::format("primary IP {} is not of the type {}", id, type));
    }
    if (ip->int64_or("assignee_id", 0) != 0) {
        return refuse(422, "primary_ip_assigned",
                      fmt::format("primary IP {} is assigned to another resource", id));
    }
    if (ip->string_or("_location", "") != location) {
        return refuse(422, "primary_ip_datacenter_mismatch",
                      fmt::format("primary IP {} is in another location", id));
    }
    return {};
}

void assign_floating_ip(Project& project, std::int64_t id, std::int64_t server) {
    // A floating address moves: it is taken from where it was.
    unassign_floating_ip(project, id);
    if (project.find("floating_ip", id) == nullptr || project.find("server", server) == nullptr) {
        return;
    }
    put(project.edit("floating_ip", id), "server", server);
    add_id(project.edit("server", server), "_floating_ips", id);
}

void unassign_floating_ip(Project& project, std::int64_t id) {
    const Record* ip = project.find("floating_ip", id);
    const std::int64_t server = ip == nullptr ? 0 : ip->int64_or("server", 0);
    if (server == 0) return;
    put(project.edit("floating_ip", id), "server", nullptr);
    if (project.find("server", server) == nullptr) return;
    remove_id(project.edit("server", server), "_floating_ips", id);
}

json::Value location_of(const Project& project, const Record& record) {
    const json::Value* location = catalogue_of(project).location(
        IdOrName{std::nullopt, std::string(record.string_or("_location", ""))});
    return location == nullptr ? json::Value() : *location;
}

}
