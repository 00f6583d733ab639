#pragma once

#include "sandbox/kit/body.hpp"
#include "sandbox/kit/project.hpp"
#include "json/value.hpp"

#include <string_view>
#include <vector>

namespace sandbox::hetzner {

// What the vendor offers, the same for every project: types, places, system images, ISOs. The names
// and sizes are the vendor's; ids and prices are made up.
class Catalogue {
public:
    Catalogue();

    // By "ID or name"; null when there is none.
    const json::Value* location(const IdOrName& wanted) const { return pick(locations, wanted); }
    const json::Value* server_type(const IdOrName& wanted) const {
        return pick(server_types, wanted);
    }
    const json::Value* iso(const IdOrName& wanted) const { return pick(isos, wanted); }
    const json::Value* image(std::int64_t id) const;
    // The one of that name and architecture.
    const json::Value* image(std::string_view name, std::string_view architecture) const;

    std::vector<json::Value> locations;
    std::vector<json::Value> server_types;
    std::vector<json::Value> images;
    std::vector<json::Value> isos;
    std::vector<json::Value> load_balancer_types;
    json::Value pricing;

private:
    static const json::Value* pick(const std::vector<json::Value>& entries, const IdOrName& wanted);
};

// That of the project's cloud.
const Catalogue& catalogue_of(const Project& project);

// The entry of a server type for a location, or null where it is not offered.
const json::Value* offer_of(const json::Value& server_type, std::string_view location);
// Whether its time to be ordered is over.
bool is_unavailable(const json::Value* deprecation, base::Time now);

}
