#include "cli/views/wait_view.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace cli {

// Whole seconds: what is redrawn a few times a second is not to flicker.
static std::string in_seconds(base::Patience::Duration time) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(time);
    if (seconds > std::chrono::minutes(1)) return base::format_duration(seconds);
    return fmt::format("{} s", seconds.count());
}

std::string wait_text(const base::Patience::Wait& wait) {
    std::string out = fmt::format("{} at {}", wait.who, wait.peer);
    if (wait.reason.empty()) {
        out += fmt::format(" has not answered for {}", base::format_duration(wait.silent));
    } else {
        out += fmt::format(": {}; {}", base::escape_controls(wait.reason),
                           wait.next ? "next try in " + in_seconds(*wait.next) : "trying again");
    }
    if (wait.left) out += ", giving up in " + in_seconds(*wait.left);
    return out;
}

}
