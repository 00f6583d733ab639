#pragma once

#include "cli/args.hpp"

#include <string>
#include <vector>

namespace cli::nickel {

// `-I`, of each command that reads programs.
void declare_import_paths(Args& args, std::vector<std::string>& paths);
// Those, and then those of the variable NICKEL_IMPORT_PATH.
std::vector<std::string> all_import_paths(std::vector<std::string> paths);

}
