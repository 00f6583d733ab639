#pragma once

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// What the words of a call say, before any argument is understood.
struct CommandLine {
    std::string path;                  // the words that name a command or a noun: "state list"
    std::vector<std::string> tokens;   // all others, in order
    std::string unknown;               // the word that should have been a command or verb, or empty
};

CommandLine read_command_line(const std::vector<std::string>& words);

// The verbs below a noun ("list" for "state"), or the first words of all commands for "".
std::vector<std::string_view> words_after(std::string_view noun);
bool is_noun(std::string_view path);

// Adds the options of every command to those of one; its own win where names are equal.
void declare_global_options(Args& args, GlobalOptions& options);

// "unknown command", "`state` needs a verb" and so on.
base::Error explain_unknown(const CommandLine& line);

}
