#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What a workspace would have started, and whether a person has agreed to that. A program that
// comes with a repository runs as whoever uses it, so none is started before somebody has said that
// this very one may.
namespace provider {

struct Host;

struct Program {
    // What is agreed to: that it is started, or that a secret is given away.
    enum class Kind : std::uint8_t { Start, Secret };
    std::string role;     // "the `check` of web": for people
    std::string origin;   // where it is named: a file, a row
    // For people, without secrets. Of a secret: its name, and who gets it.
    std::vector<std::string> command;
    std::vector<std::string> passed;   // variables of the person's environment that it gets
    // What makes it this program and no other. May hold secrets: neither shown nor stored as it is.
    std::string identity;
    Kind kind = Kind::Start;
};

// How a program is started, as far as it matters for what it does.
struct ProgramStart {
    std::string kind;                     // "local.Command"
    std::string file;                     // resolved, absolute
    std::vector<std::string> arguments;   // the first is its name
    std::string directory;                // absolute
    // What it gets beside what every program gets: variables decide what runs (PATH, LD_PRELOAD).
    std::map<std::string, std::string> environment;
    std::vector<std::string> passed;   // names of variables that it gets from ours
};
// Text that differs when anything of it does, or the content of a file of the workspace that would
// be run: the program itself, a script that a shell or an interpreter is given, what a text for the
// shell names that can be executed. Programs outside of the workspace are told by their path, for
// they come from who looks after the machine.
std::string identity_of(const ProgramStart& start, const std::string& workspace_dir);

// Who is asked. Implementations remember; providers never see where.
class ProgramConsent {
public:
    virtual ~ProgramConsent() = default;
    // Any thread, and nobody is asked. NotApproved tells what was to be started.
    virtual base::Result<void> may_start(const Program& program) = 0;
    // Before calls are made that start them: here a person may be asked. Coordinating thread.
    virtual base::Result<void> require(std::span<const Program> programs) = 0;
};

// Before each start. A host without consent starts what it is asked to.
base::Result<void> may_start(const Host& host, const Program& program);
base::Result<void> require(const Host& host, std::span<const Program> programs);

// That `who` gets the secrets that a value of `role` names, one for each name: "env:NAME",
// "file:PATH".
std::vector<Program> secrets_for(std::string_view who, std::string_view role,
                                 const value::Value& value);

// "/bin/sh -c 'make all'", or "env:TOKEN to example.com".
std::string shown(const Program& program);
// "/bin/sh -c 'make all'", on one line and whole: who agrees to it has to see its end too.
std::string shown_command(const std::vector<std::string>& command);

}
