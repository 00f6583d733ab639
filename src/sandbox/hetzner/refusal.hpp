#pragma once

#include "sandbox/kit/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the API refuses with, beyond a status and a code of a handler's own.
namespace sandbox::hetzner {

base::Error not_found(std::string_view what);   // 404: "server" becomes "server not found"
base::Error uniqueness(std::string_view field, std::string message);        // 409
base::Error conflict();                                                     // 409
base::Error locked(std::string_view type);                                  // 423
base::Error protected_from(std::string_view type, std::string_view what);   // 423
base::Error over_limit(std::string_view limit, std::string message);        // 403

// 422 for one or several fields of the body or the query.
base::Error invalid(std::vector<FieldProblem> problems);
base::Error invalid(std::string field, std::string message);
// 422 with the code invalid_input and no field: a rule that concerns several things.
base::Error invalid_input(std::string message);

}
