#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "provider/provider.hpp"
#include "providers/rest/api.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace providers::hetzner {

// What can be ordered: read once for a connection, when the first plan needs it. Any thread.
class Catalogue {
public:
    explicit Catalogue(const base::Clock& clock) : clock_(clock) {}

    // Whether the names that a resource is made or changed with exist, go together, and are still
    // to be had. What is unknown or as it was is let pass; so are ids of images. It also is the
    // first that a plan asks of the platform with the connection's token.
    base::Result<void> check(const rest::Api& api, const provider::Change& change);

private:
    struct ServerType {
        std::string architecture;
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

    base::Result<std::shared_ptr<const Locations>> locations(const rest::Api& api);
    base::Result<std::shared_ptr<const Names>> names(const rest::Api& api);
    base::Result<void> check_type(const Names& known, const provider::Change& change) const;
    base::Result<void> check_image(const Names& known, const provider::Change& change) const;

    const base::Clock& clock_;
    base::Guarded<std::shared_ptr<const Locations>> locations_;
    base::Guarded<std::shared_ptr<const Names>> names_;
};

}
