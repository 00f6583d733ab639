#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

// Commands that are ended at a chosen system call.
namespace traced {

struct Command {
    std::vector<std::string> words;
    std::string home;
    std::string output;   // the file that takes what it prints
};

struct Outcome {
    bool killed = false;
    int status = 0;   // as waitpid gives it
};

pid_t start(const Command& command, bool trace = false);
int run(const Command& command);   // its status, as waitpid gives it

// Kills the command as its call number `step` begins (from 1) of those that sync a file, or make,
// rename or remove a name. Not killed if it makes fewer.
Outcome run_until(const Command& command, int step);

}
