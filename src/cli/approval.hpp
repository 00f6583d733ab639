#pragma once

#include "cli/context.hpp"

#include <string_view>

namespace cli {

// Asks on the terminal whether to go on; "yes" and "y" approve. Without a terminal it refuses (77)
// and says how to approve.
base::Result<void> ask_approval(Context& context, std::string_view question);
// The same where a slip would cost too much: only the name itself approves. `--confirm` is how a
// script does.
base::Result<void> ask_name(Context& context, std::string_view question, std::string_view name);

}
