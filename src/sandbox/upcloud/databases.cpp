#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"
#include "sandbox/upcloud/services.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

using Kind = Member::Kind;

constexpr std::chrono::seconds kChange{30};

std::string_view newest(std::string_view type) {
    if (type == "pg") return "17";
    if (type == "mysql") return "8.4";
    return type == "valkey" ? "8.1" : "2.19";
}

bool is_powered(const Record& database) { return database.bool_or("powered", true); }

json::Value view(const Project& project, const Record& database) {
    json::Value out = view_thing(project, database);
    if (out.string_or("state", "") == "running" && !is_powered(database)) {
        put(out, "state", "stopped");
    }
    put(out, "name", database.string_or("hostname_prefix", ""));
    out.as_object()->remove("hostname_prefix");
    // Nothing of it is known while it is made.
    json::Object shown;
    std::string uri;
    if (out.string_or("state", "") != "pending") {
        const std::string host =
            fmt::format("{}-{}.db.upclouddatabases.com", database.string_or("hostname_prefix", ""),
                        database.string_or("uuid", "").substr(0, 8));
        const std::string password(database.string_or("_password", ""));
        shown = {{"dbname", "defaultdb"}, {"host", host},          {"password", password},
                 {"port", "11569"},       {"ssl_mode", "require"}, {"user", "upadmin"}};
        uri = fmt::format("{}://upadmin:{}@{}:11569/defaultdb", database.string_or("type", ""),
                          password, host);
    }
    put(out, "service_uri", uri);
    put(out, "service_uri_params", std::move(shown));
    return out;
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    Project& project = call.project;
    if (!require_zone(wanted.string_or("zone", "")).ok()) {
        return bad_parameter("zone", "Zone does not exist.");
    }
    TRY(require_networks(call, wanted));
    if (before == nullptr) {
        const std::string prefix(wanted.string_or("hostname_prefix", ""));
        if (project.find_by("database", "hostname_prefix", prefix) != nullptr) {
            return problem(409, "RESOURCE_ALREADY_EXISTS", "Service with this name exists.");
        }
        put(wanted, "_password", "AVNS_" + project.draw_text(16));
        put(wanted, "powered", true);
        put(wanted, "create_time", project.now_text());
    }
    if (before != nullptr && !is_powered(wanted) && is_powered(*before) &&
        before->bool_or("termination_protection", false)) {
        return bad_parameter("powered", "Termination protection is enabled.");
    }
    json::Value properties = before != nullptr ? *before->find("properties") : json::Object{};
    for (const json::Member& member : *wanted.find("properties")->as_object()) {
        put(properties, member.key, member.value);
    }
    if (properties.find("version") == nullptr) {
        put(properties, "version", newest(wanted.string_or("type", "")));
    }
    for (const char* name : {"public_access", "service_log"}) {
        if (properties.find(name) == nullptr) put(properties, name, false);
    }
    if (properties.find("ip_filter") == nullptr) put(properties, "ip_filter", json::Array{});
    put(wanted, "properties", std::move(properties));
    return {};
}

base::Result<void> may_go(ApiCall&, const Record& database) {
    if (!database.bool_or("termination_protection", false)) return {};
    return problem(403, "SERVICE_ERROR", "Termination protection is enabled.");
}

base::Result<Reply> upgrade(ApiCall& call) {
    const Record* database = TRY(require_thing(call, kDatabases));
    const std::string version(call.body.string_or("target_version", ""));
    if (version.empty()) return bad_parameter("target_version", "Version is required.");
    Record& edited = call.project.edit("database", id_of(*database));
    json::Value properties = *edited.find("properties");
    put(properties, "version", version);
    put(edited, "properties", std::move(properties));
    take_time(call.project, kDatabases, id_of(*database), kChange);
    return Reply{.status = 201,
                 .body = view(call.project, *call.project.find("database", id_of(*database)))};
}

constexpr Member kMembers[] = {
    {.name = "hostname_prefix", .is_required = true, .is_fixed = true, .least = 3, .most = 30},
    {.name = "type",
     .is_required = true,
     .is_fixed = true,
     .choices = "pg|mysql|valkey|opensearch"},
    {.name = "plan", .is_required = true},
    {.name = "zone", .is_required = true},
    {.name = "title", .fallback = "\"\""},
    {.name = "properties", .kind = Kind::Record, .fallback = "{}"},
    {.name = "networks", .kind = Kind::List, .fallback = "[]"},
    {.name = "maintenance",
     .kind = Kind::Record,
     .fallback = R"({"dow":"sunday","time":"05:00:00"})"},
    {.name = "termination_protection", .kind = Kind::Flag, .fallback = "false"},
    {.name = "powered", .kind = Kind::Flag},
};

constexpr Route kRoutes[] = {
    {"GET", "/database", list_them<kDatabases>},
    {"POST", "/database", create_one<kDatabases>},
    {"GET", "/database/{uuid}", show_one<kDatabases>},
    {"PATCH", "/database/{uuid}", change_one<kDatabases>},
    {"DELETE", "/database/{uuid}", remove_one<kDatabases>},
    {"POST", "/database/{uuid}/upgrade", upgrade},
};

}

constexpr Things kDatabases{
    .family = {.type = "database", .plural = {}, .words = "Service", .sorts = {}, .view = view},
    .is_old = false,
    .prefix = "09",
    .members = kMembers,
    .state = "state",
    .making = std::chrono::seconds(300),
    .changing = kChange,
    .removing = std::chrono::seconds(60),
    .complete = complete,
    .may_go = may_go};

std::span<const Route> database_routes() { return kRoutes; }

}
