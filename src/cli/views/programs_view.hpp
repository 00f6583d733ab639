#pragma once

#include "cli/output.hpp"
#include "provider/programs.hpp"

#include <span>

namespace cli {

// Each program with what it is for, and its command as a whole.
void show_programs(Output& out, std::span<const provider::Program> programs);

}
