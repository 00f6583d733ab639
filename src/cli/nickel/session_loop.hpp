#pragma once

#include "lang/tools/session.hpp"

namespace cli {
class Context;
}

namespace cli::nickel {

// Shows what came of an input; whether anything was wrong.
bool show_reply(Context& context, const lang::tools::Session& session,
                const lang::tools::Reply& reply);

// Reads and runs until the end: with a prompt, history and completion on a terminal, else plain
// lines. The exit code.
int run_session(Context& context, lang::tools::Session& session, const std::string& history_path);

}
