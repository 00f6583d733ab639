#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "provider/provider.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/loaded_once.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace providers::hetzner {

// What can be ordered: read once for a connection, when the first plan needs it, while others that
// need it wait. Any thread.
class Catalogue {
public:
    explicit Catalogue(const base::Clock& clock) : clock_(clock) {}

    // Whether the names that a resource is made or changed with exist, go together, and are still
    // to be had. What is unknown is let pass, and what stays as it was. It also is the first that a
    // plan asks of the platform with the connection's token.
    base::Result<void> check(const rest::Api& api, const provider::Change& change,
                             const provider::PlannedChange& planned, const rest::CallScope& scope);

private:
    struct ServerType {
        std::string architecture;
        std::int64_t disk = 0;                        // GB
        std::map<std::string, std::string> ends_at;   // by location: "" or when it is taken away
    };
    struct Image {
        std::set<std::string> architectures;
        std::string deprecated;   // since when, or ""
    };
    using Locations = std::set<std::string>;
    struct Names {
        std::map<std::string, ServerType> server_types;
        std::map<std::string, Image> images;
    };

    static base::Result<Locations> read_locations(const rest::Api& api, const rest::CallTime& time);
    static base::Result<Names> read_names(const rest::Api& api, const rest::CallTime& time);
    base::Result<void> check_type(const Names& known, const provider::Change& change,
                                  const provider::PlannedChange& planned) const;
    base::Result<void> check_resize(const Names& known, const rest::Api& api,
                                    const provider::Change& change,
                                    const rest::CallTime& time) const;
    base::Result<const Image*> image_of(const std::string& id, const rest::Api& api,
                                        const rest::CallTime& time);
    base::Result<void> check_image(const Names& known, const rest::Api& api,
                                   const provider::Change& change,
                                   const provider::PlannedChange& planned,
                                   const rest::CallTime& time);

    const base::Clock& clock_;
    rest::LoadedOnce<Locations> locations_;
    rest::LoadedOnce<Names> names_;
    base::Guarded<std::map<std::string, Image>> images_by_id_;
};

}
