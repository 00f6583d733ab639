#include "sandbox/upcloud/families.hpp"

#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

// What there is to choose from, and the account.
namespace sandbox::upcloud {
namespace {

struct Zone {
    std::string_view id;
    std::string_view description;
};
constexpr Zone kZones[] = {
    {"au-syd1", "Sydney #1"},   {"de-fra1", "Frankfurt #1"}, {"es-mad1", "Madrid #1"},
    {"fi-hel1", "Helsinki #1"}, {"fi-hel2", "Helsinki #2"},  {"nl-ams1", "Amsterdam #1"},
    {"pl-waw1", "Warsaw #1"},   {"se-sto1", "Stockholm #1"}, {"sg-sin1", "Singapore #1"},
    {"uk-lon1", "London #1"},   {"us-chi1", "Chicago #1"},   {"us-nyc1", "New York #1"},
    {"us-sjo1", "San Jose #1"},
};

json::Value listed(std::string_view many, std::string_view one, json::Array items) {
    return json::Object{{std::string(many), json::Object{{std::string(one), std::move(items)}}}};
}

base::Result<Reply> zones(ApiCall&) {
    json::Array out;
    for (const Zone& zone : kZones) {
        out.push_back(
            json::Object{{"id", zone.id}, {"description", zone.description}, {"public", "yes"}});
    }
    return Reply{.body = listed("zones", "zone", std::move(out))};
}

base::Result<Reply> account(ApiCall&) {
    return Reply{.body = json::Object{
                     {"account", json::Object{{"credits", 10000.0},
                                              {"username", "sandbox"},
                                              {"resource_limits",
                                               json::Object{{"cores", 200},
                                                            {"detached_floating_ips", 10},
                                                            {"load_balancers", 50},
                                                            {"managed_object_storages", 20},
                                                            {"memory", 1'048'576},
                                                            {"network_peerings", 100},
                                                            {"networks", 100},
                                                            {"public_ipv4", 100},
                                                            {"public_ipv6", 100},
                                                            {"routers", 50},
                                                            {"storage_hdd", 10240},
                                                            {"storage_maxiops", 10240},
                                                            {"storage_ssd", 10240},
                                                            {"storage_standard", 10240}}}}}}};
}

constexpr Route kRoutes[] = {
    {"GET", "/account", account},
    {"GET", "/zone", zones},
};

}

base::Result<void> require_zone(std::string_view zone) {
    for (const Zone& one : kZones) {
        if (one.id == zone) return {};
    }
    return old_refusal("ZONE_NOT_FOUND", fmt::format("The zone {} does not exist.", zone));
}

std::span<const Route> catalogue_routes() { return kRoutes; }

}
