#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

// Commands of the program under test, for the suites that end them in the middle.
namespace command {

using Words = std::vector<std::string>;

struct Command {
    Words words;   // the first is the program
    std::string home;
    std::string output;                             // the file that takes what it prints
    std::map<std::string, std::string> variables;   // beside the suite's own
};

struct Ended {
    int status = 0;        // as waitpid gives it
    bool killed = false;   // by run_until
    int steps = 0;         // that run_until saw begin
};

// `prepare` is given the process id before the program begins.
pid_t start(const Command& command, const std::function<void(pid_t)>& prepare = {});
Ended run(const Command& command, const std::function<void(pid_t)>& prepare = {});

// Kills the command as its call number `step` begins (from 1) of those that sync a file, or make,
// rename or remove a name; or, in the midst of things, `further` stops at calls of any kind later.
// Not killed if it makes fewer. One at a time.
Ended run_until(const Command& command, int step, int further = 0);

}
