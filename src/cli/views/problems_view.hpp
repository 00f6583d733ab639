#pragma once

#include "base/error.hpp"
#include "engine/plan/problems.hpp"

namespace cli {

// The problems of a plan made ready to be shown: the program that found them, and the sources, are
// gone when the error is printed.
base::Error shown_problems(base::Error error, const lang::Program* program,
                           const std::string& folder);
// The same with the program that the error carries.
base::Error shown_problems(base::Error error, const std::string& folder);

}
