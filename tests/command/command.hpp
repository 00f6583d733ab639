#pragma once

#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

// Commands of the program under test, for the suites that end them in the middle.
namespace command {

using Words = std::vector<std::string>;

// A variable of the environment; "" when there is none.
std::string variable(const char* name);

// What a suite cannot do without: ends it with status 2.
[[noreturn]] void give_up(std::string_view why);
template <typename T>
T must(base::Result<T> result) {
    if (!result.ok()) give_up(result.error().text());
    return std::move(result).value();
}
inline void must(base::Result<void> result) {
    if (!result.ok()) give_up(result.error().text());
}

struct Command {
    Words words;   // the first is the program
    std::string home;
    std::string output;                             // the file that takes what it prints
    std::map<std::string, std::string> variables;   // beside the suite's own
};

struct Ended {
    bool killed = false;   // by run_until
    int status = 0;        // as waitpid gives it
};

// `prepare` is given the process id before the program begins.
pid_t start(const Command& command, const std::function<void(pid_t)>& prepare = {});
Ended run(const Command& command, const std::function<void(pid_t)>& prepare = {});

// Kills the command as its call number `step` begins (from 1) of those that sync a file, or make,
// rename or remove a name. Not killed if it makes fewer. One at a time.
Ended run_until(const Command& command, int step);

}
