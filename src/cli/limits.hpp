#pragma once

#include "cli/settings.hpp"
#include "lang/program.hpp"

namespace cli {

// What `limits.steps` and `limits.import_roots` say, and where fetched packages lie, for every
// command that evaluates programs.
std::vector<std::string> import_roots(const Settings& settings);
void read_limits(const Settings& settings, lang::Limits& limits);

}
