#include "sandbox/hetzner/catalogue.hpp"
#include "sandbox/hetzner/families.hpp"

#include <algorithm>

// Reads of what is the same for every project, and of actions by their ids.
namespace sandbox::hetzner {
namespace {

using Entries = std::vector<json::Value> Catalogue::*;

json::Value as_is(const Project&, const Record& record) { return record; }

base::Result<Reply> list(ApiCall& call, Entries entries, std::string_view plural,
                         std::span<const std::string_view> sorts) {
    const auto name = call.query.find("name");
    const auto architectures = call.query.all("architecture");
    const bool wildcard = call.query.find("include_architecture_wildcard") == "true";
    std::vector<const Record*> out;
    for (const json::Value& entry : catalogue_of(call.project).*entries) {
        if (name && !name->empty() && entry.string_or("name", "") != *name) continue;
        const std::string_view architecture = entry.string_or("architecture", "");
        const bool fits = architectures.empty() || (wildcard && architecture.empty()) ||
                          std::find(architectures.begin(), architectures.end(), architecture) !=
                              architectures.end();
        if (fits) out.push_back(&entry);
    }
    return reply_page(call, plural, std::move(out), sorts, as_is);
}

base::Result<Reply> show(ApiCall& call, Entries entries, std::string_view singular,
                         std::string_view words) {
    for (const json::Value& entry : catalogue_of(call.project).*entries) {
        if (id_of(entry) != call.id) continue;
        return Reply{.body = json::Object{{std::string(singular), entry}}};
    }
    return not_found(words);
}

base::Result<Reply> list_locations(ApiCall& call) {
    return list(call, &Catalogue::locations, "locations", kSortIdName);
}
base::Result<Reply> show_location(ApiCall& call) {
    return show(call, &Catalogue::locations, "location", "location");
}
base::Result<Reply> list_server_types(ApiCall& call) {
    return list(call, &Catalogue::server_types, "server_types", kSortIdName);
}
base::Result<Reply> show_server_type(ApiCall& call) {
    return show(call, &Catalogue::server_types, "server_type", "server type");
}
base::Result<Reply> list_isos(ApiCall& call) {
    return list(call, &Catalogue::isos, "isos", kSortIdName);
}
base::Result<Reply> show_iso(ApiCall& call) { return show(call, &Catalogue::isos, "iso", "ISO"); }
base::Result<Reply> list_load_balancer_types(ApiCall& call) {
    return list(call, &Catalogue::load_balancer_types, "load_balancer_types", kSortIdName);
}
base::Result<Reply> show_load_balancer_type(ApiCall& call) {
    return show(call, &Catalogue::load_balancer_types, "load_balancer_type", "load balancer type");
}
base::Result<Reply> show_pricing(ApiCall& call) {
    return Reply{.body = json::Object{{"pricing", catalogue_of(call.project).pricing}}};
}

// Gone since 2026-10-01.
base::Result<Reply> datacenters(ApiCall&) {
    return refuse(410, "deprecated_api_endpoint", "deprecated API endpoint",
                  json::Object{{"announcement", "https://docs.hetzner.cloud/changelog"}});
}

// Without ids the vendor refuses: there is no list of all actions. Ids that are not there are left
// out of the answer.
base::Result<Reply> list_actions_by_id(ApiCall& call) {
    const auto wanted = call.query.all("id");
    if (wanted.empty()) return invalid("id", "Missing data for required field.");
    json::Array out;
    for (const std::string_view text : wanted) {
        const auto parsed = id_or_name_of(json::Value(text));
        if (!parsed || !parsed->id) return invalid("id", "Not a valid integer.");
        const Record* action = call.project.find("action", *parsed->id);
        if (action != nullptr) out.push_back(view_action(call.project, *action));
    }
    return Reply{.body = json::Object{{"actions", std::move(out)}}};
}

base::Result<Reply> show_action_by_id(ApiCall& call) {
    const Record* action = call.project.find("action", call.id);
    if (action == nullptr) return not_found("action");
    return Reply{.body = json::Object{{"action", view_action(call.project, *action)}}};
}

constexpr Route kCatalogue[] = {
    {"GET", "/locations", list_locations},
    {"GET", "/locations/{id:integer}", show_location},
    {"GET", "/server_types", list_server_types},
    {"GET", "/server_types/{id:integer}", show_server_type},
    {"GET", "/isos", list_isos},
    {"GET", "/isos/{id:integer}", show_iso},
    {"GET", "/load_balancer_types", list_load_balancer_types},
    {"GET", "/load_balancer_types/{id:integer}", show_load_balancer_type},
    {"GET", "/pricing", show_pricing},
    {"GET", "/datacenters", datacenters},
    {"GET", "/datacenters/{id:integer}", datacenters},
};

constexpr Route kActions[] = {
    {"GET", "/actions", list_actions_by_id},
    {"GET", "/actions/{id:integer}", show_action_by_id},
};

}

std::span<const Route> catalogue_routes() { return kCatalogue; }
std::span<const Route> action_routes() { return kActions; }

}
