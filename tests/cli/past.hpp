#pragma once

#include <string>
#include <vector>

// The command `past` of transcripts: puts into the state of the workspace what one machine, or an
// afternoon, cannot bring about (see README.md).
namespace past {

int run(const std::vector<std::string>& words);

}
