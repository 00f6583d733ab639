#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

// Starting programs: from a process with many threads, with nothing inherited that was not meant.
namespace base {

// What a program is started with, as "NAME=text" lines: what any program needs to run (PATH, HOME,
// USER, SHELL, LANG, LC_*, TZ, TMPDIR, TERM …), then `own`. PATH ends with the folder of our
// program. Nothing else is inherited: a variable may be a token, or the way to one (SSH_AUTH_SOCK).
std::vector<std::string> child_environment(const std::map<std::string, std::string>& own,
                                           const std::string& executable);

// `own`, and those of the variables named that this process has and `own` does not.
std::map<std::string, std::string> with_passed(std::map<std::string, std::string> own,
                                               const std::vector<std::string>& names);

// A file in memory with this text, read from its beginning: the standard input of a program that is
// told a secret.
Result<FileDescriptor> text_in_memory(std::string_view text);

// The file of a command: with a slash as it is, `provisioning` is this program, otherwise from PATH
// in the environment. NotFound says what was looked for.
Result<std::string> find_program(std::string_view command,
                                 const std::vector<std::string>& environment,
                                 const std::string& executable);

struct SpawnOptions {
    std::string program;
    std::vector<std::string> arguments;   // the first is the program's name
    std::vector<std::string> environment;
    std::string directory;      // "": this process's
    int input = -1;             // its standard input; -1: /dev/null
    int output = -1;            // its standard output; -1: /dev/null
    int errors = -1;            // its standard error; -1: /dev/null
    int kept = -1;              // becomes descriptor 3, for as long as it lives
    bool new_session = false;   // otherwise a process group of its own
};
Result<pid_t> spawn(const SpawnOptions& options);

struct RunOptions {
    SpawnOptions spawn;   // errors is set by run(); so is output, where it is -1
    std::chrono::milliseconds timeout{std::chrono::minutes{5}};
    std::stop_token stop;   // the wait ends; the child goes on
    std::size_t max_output = std::size_t{64} << 10;
    // Of the file that the caller's descriptor for its output is: a program that writes more is
    // killed, some tenths of a second later. 0: no limit.
    std::size_t max_output_file = 0;
};
struct Ran {
    enum class End { Exited, Signalled, TimedOut, LeftRunning, TooMuch };
    End end = End::Exited;
    int code = 0;         // exit code or signal
    std::string output;   // the beginning of it; nothing where the caller's descriptor takes it
    std::string errors;   // the end of standard error
};
// Runs it to its end. On a timeout its process group is terminated, then killed.
Result<Ran> run(const RunOptions& options);

// The moment a process began, in clock ticks since boot; 0 when there is no such process. With the
// boot's id it tells a process from a later one with the same number.
std::uint64_t start_time_of(pid_t pid);
std::string boot_id();

// Last lines of a text, at most so many lines and bytes.
std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes);

}
