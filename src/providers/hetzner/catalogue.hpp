#pragma once

#include "base/guarded.hpp"
#include "infra/provider.hpp"
#include "providers/kit/api.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace providers::hetzner {

// What can be ordered: read once for a connection, when the first plan needs it. Any thread.
class Catalogue {
public:
    // Whether the names that a resource is made with exist, and go together. What is unknown is let
    // pass; so are ids.
    base::Result<void> check(const kit::Api& api, const infra::ResourceType& type,
                             const infra::Value& inputs);

private:
    struct Names {
        std::map<std::string, std::set<std::string>> server_types;   // to their locations
        std::set<std::string> locations;
        std::set<std::string> images;
    };

    base::Result<std::shared_ptr<const Names>> names(const kit::Api& api);

    base::Guarded<std::shared_ptr<const Names>> names_;
};

}
