#pragma once

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/terminal.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>

namespace cli {

// The list of all commands.
std::string root_help(const Terminal& terminal);
// The verbs of a noun.
std::string noun_help(std::string_view noun, const Terminal& terminal);
// How a command is called, with its options.
std::string command_help(const Registration& command, const Terminal& terminal);
// The same with the manual, and as the source of a man page.
std::string command_manual(const Registration& command, const Terminal& terminal);
std::string command_man_page(const Registration& command);
// The same for programs; `path` "": the list of all commands, or a noun: of its verbs.
json::Value help_record(std::string_view path);
// "provisioning-state-list"
std::string man_page_name(std::string_view path);

}
