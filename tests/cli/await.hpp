#pragma once

#include <string>
#include <vector>

// The command `await` of transcripts: it returns when something has happened, or fails after some
// time. A transcript that sleeps instead is slow on a fast machine and wrong on a slow one.
namespace await {

// `words` without the command's own name. The exit code: 0, 1 after the time, 64 for other words.
int run(const std::vector<std::string>& words);

}
