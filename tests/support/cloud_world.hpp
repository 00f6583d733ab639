#pragma once

#include "json/value.hpp"

#include <functional>
#include <string>

namespace suite {

// All that is in a cloud, as Cloud::world() has it. `ask` answers what a GET of a path is answered.
std::string world_of(const std::function<json::Value(const std::string& target)>& ask,
                     bool with_addresses);

}
