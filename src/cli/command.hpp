#pragma once

#include "base/result.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace cli {

class Args;
class Context;

struct CommandSpec {
    std::string_view path;      // "state list"; the file is commands/state_list.cpp
    std::string_view summary;   // one line, lower case, no full stop
    std::string_view
        manual;            // Markdown, from the file beside the command: embedded::state_list_md
    bool hidden = false;   // left out of help and completion
    std::string_view alias{};   // another word for it: works and is told in help, is not listed
    // The exit codes and usage errors of the official Nickel command line instead of ours.
    bool nickel_dialect = false;
};

// One command of the program. A new object is made for each call; members hold the parsed
// arguments.
class Command {
public:
    virtual ~Command() = default;
    virtual void declare(Args& /*args*/) {}
    // The exit code, or the error that is rendered and decides it.
    virtual base::Result<int> run(Context& context) = 0;
};

// A node of the list of all commands; it must have static storage duration.
class Registration {
public:
    using Create = std::unique_ptr<Command> (*)();

    Registration(const CommandSpec& spec, Create create);
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    const CommandSpec& spec() const { return spec_; }
    std::unique_ptr<Command> create() const { return create_(); }
    const Registration* next() const { return next_; }

private:
    CommandSpec spec_;
    Create create_;
    const Registration* next_;
};

// The last line of a command's file: const Register<Plan> registration{{.path = "plan", ...}};
template <typename T>
class Register final : public Registration {
public:
    explicit Register(const CommandSpec& spec)
        : Registration(spec, [] { return std::unique_ptr<Command>(std::make_unique<T>()); }) {}
};

const Registration* first_command();
// Sorted by path.
std::vector<const Registration*> all_commands();
// By its path or its alias.
const Registration* find_command(std::string_view path);

}
