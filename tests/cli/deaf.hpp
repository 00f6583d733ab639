#pragma once

#include <string>
#include <vector>

// The command `deaf` of transcripts: an address of this machine that gives no sign of life (see
// README.md).
namespace deaf {

int run(const std::vector<std::string>& words);

}
