#pragma once

#include "cli/context.hpp"
#include "engine/run/deployment.hpp"

#include <string>
#include <vector>

namespace cli {

class Args;

// --reveal, for commands that print values.
struct RevealOptions {
    bool reveals = false;
    bool is_approved = false;   // --yes
};
void declare_reveal(Args& args, RevealOptions& options);

// Asks a person, where one sits at a terminal, and records that the secrets of these are shown.
base::Result<void> approve_reveal(Context& context, engine::Deployment& deployment,
                                  const RevealOptions& options,
                                  const std::vector<std::string>& names);

}
