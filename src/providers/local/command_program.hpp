#pragma once

#include "base/process/spawn.hpp"
#include "provider/programs.hpp"
#include "value/value.hpp"

#include <string>
#include <string_view>

// The programs of a local.Command: what of its inputs is run, and what is told of how it ended.
namespace providers::local {

class Workspace;

// How `which` ("create", "check", …) is run. Its child holds the descriptor `kept`, unless -1.
base::Result<base::RunOptions> command_program(const Workspace& workspace,
                                               const value::Value& inputs, std::string_view which,
                                               int kept);

// The same for whoever has to agree to it.
base::Result<provider::Program>
described_command(const Workspace& workspace, const value::Value& inputs, std::string_view which);

// Whether a check says yes. DeadlineExceeded when it did not end in time, Cancelled when nobody
// waited for it.
base::Result<bool> judge_check(const base::Ran& ran);

// Why it has failed, with its last lines; "" if it has not.
std::string describe_failure(const base::Ran& ran, std::string_view which,
                             const value::Value& inputs);

// What a command printed may hold the secrets that it was given.
std::string redact(std::string_view printed, const value::Value& inputs);

}
