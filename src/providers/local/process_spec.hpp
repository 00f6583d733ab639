#pragma once

#include "provider/provider.hpp"
#include "providers/local/supervisor/client.hpp"
#include "providers/local/supervisor/spec.hpp"
#include "providers/local/workspace.hpp"

#include <string>

// From the inputs of a local.Process to what its supervisor is told.
namespace providers::local {

// Where the output goes: as given, otherwise `log` in the process's folder. An absolute path.
std::string log_file_of(const value::Value& inputs, const Workspace& workspace,
                        const SupervisorClient& client);

// What the intent wants. An update that leaves command, environment and directory alone keeps what
// the earlier specification resolved them to. NotFound when a program is not there.
base::Result<Spec> spec_of(const provider::Intent& intent, const std::string& id,
                           const Workspace& workspace, const SupervisorClient& client);

// What a supervisor with this specification starts, for whoever has to agree to it.
std::vector<provider::Program> programs_of(const Spec& spec, const value::Value& inputs,
                                           const Workspace& workspace);

}
