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

struct ServerPlan {
    std::string_view name;
    std::int64_t cores;
    std::int64_t memory;
    std::int64_t storage;
    std::int64_t traffic;
};
constexpr ServerPlan kPlans[] = {
    {"DEV-1xCPU-1GB-10GB", 1, 1024, 10, 1024}, {"1xCPU-1GB", 1, 1024, 25, 1024},
    {"1xCPU-2GB", 1, 2048, 50, 2048},          {"2xCPU-4GB", 2, 4096, 80, 4096},
    {"4xCPU-8GB", 4, 8192, 160, 5120},         {"6xCPU-16GB", 6, 16384, 320, 6144},
    {"8xCPU-32GB", 8, 32768, 640, 7168},
};

struct Template {
    std::string_view uuid;
    std::string_view title;
    std::int64_t size;
    std::string_view type;
};
constexpr Template kTemplates[] = {
    {"01000000-0000-4000-8000-000020070100", "Debian GNU/Linux 12 (Bookworm)", 3, "cloud-init"},
    {"01000000-0000-4000-8000-000020080100", "Debian GNU/Linux 13 (Trixie)", 3, "cloud-init"},
    {"01000000-0000-4000-8000-000030240200", "Ubuntu Server 24.04 LTS (Noble Numbat)", 4,
     "cloud-init"},
    {"01000000-0000-4000-8000-000140020100", "AlmaLinux 9", 4, "native"},
};

json::Value view(const Template& one) {
    return json::Object{{"uuid", one.uuid},          {"title", one.title},
                        {"size", one.size},          {"type", "template"},
                        {"template_type", one.type}, {"access", "public"},
                        {"state", "online"},         {"license", 0},
                        {"encrypted", "no"},         {"labels", json::Array{}}};
}

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

base::Result<Reply> plans(ApiCall&) {
    json::Array out;
    for (const ServerPlan& plan : kPlans) {
        out.push_back(json::Object{{"name", plan.name},
                                   {"core_number", plan.cores},
                                   {"memory_amount", plan.memory},
                                   {"storage_size", plan.storage},
                                   {"storage_tier", "maxiops"},
                                   {"public_traffic_out", plan.traffic}});
    }
    return Reply{.body = listed("plans", "plan", std::move(out))};
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
    {"GET", "/plan", plans},
    {"GET", "/zone", zones},
};

}

std::optional<PlanSize> size_of_plan(std::string_view name) {
    for (const ServerPlan& plan : kPlans) {
        if (plan.name == name) {
            return PlanSize{.cores = plan.cores, .memory = plan.memory, .storage = plan.storage};
        }
    }
    return std::nullopt;
}

json::Array public_templates() {
    json::Array out;
    for (const Template& one : kTemplates) out.push_back(view(one));
    return out;
}

std::optional<json::Value> public_template(std::string_view uuid) {
    for (const Template& one : kTemplates) {
        if (one.uuid == uuid) return view(one);
    }
    return std::nullopt;
}

base::Result<void> require_zone(std::string_view zone) {
    for (const Zone& one : kZones) {
        if (one.id == zone) return {};
    }
    return old_refusal("ZONE_NOT_FOUND", fmt::format("The zone {} does not exist.", zone));
}

std::span<const Route> catalogue_routes() { return kRoutes; }

}
