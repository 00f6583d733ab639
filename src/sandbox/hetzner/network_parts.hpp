#pragma once

#include "base/result.hpp"
#include "sandbox/store/store.hpp"

#include <string>

namespace sandbox::hetzner {

// A subnet or a route as a request has it, checked against the network that it is for. `prefix` is
// put before the names of fields in problems.
base::Result<json::Value> read_subnet(const Record& network, const json::Value& request,
                                      const std::string& prefix);
base::Result<json::Value> read_route(const Record& network, const json::Value& request,
                                     const std::string& prefix);

}
