#pragma once

#include "providers/rest/api.hpp"
#include "json/value.hpp"

#include <functional>
#include <string>

namespace providers::hetzner {

// Visits all that a collection lists ("server_types"), on whichever page, narrowed by a query.
base::Result<void> each_item(const rest::Api& api, const rest::CallTime& time,
                             const std::string& plural, const std::string& filter,
                             const std::function<void(const json::Value&)>& visit);

}
