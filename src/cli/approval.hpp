#pragma once

#include "cli/context.hpp"

#include <string_view>

namespace cli {

// Asks on the terminal whether to go on; "yes" and "y" approve. Without a terminal it refuses (77)
// and says how to approve.
base::Result<void> ask_approval(Context& context, std::string_view question);

}
