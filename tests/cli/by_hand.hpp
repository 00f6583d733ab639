#pragma once

#include <string>
#include <vector>

// The command `by_hand` of transcripts: one request to the cloud on this machine, past the program,
// as somebody makes it in the vendor's console (see README.md).
namespace by_hand {

// `words` without the command's own name. The exit code: 0 when it was done, 1 when not.
int run(const std::vector<std::string>& words);

}
