#pragma once

#include <string>
#include <vector>

namespace cli {

// The whole program: finds the command, runs it, renders its error, and returns the exit code.
// Called under the name `nickel`, the words are those of the nickel group.
int run_program(const std::string& called_as, std::vector<std::string> words);

}
