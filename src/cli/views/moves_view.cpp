#include "cli/views/moves_view.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace cli {

std::string moves_text(const engine::Plan& plan, const Terminal& terminal) {
    std::string out;
    for (const value::AddressMove& move : plan.moves) {
        out += fmt::format("{} {} is recorded as {} from now on; nothing outside changes by that\n",
                           terminal.paint(Color::Cyan, "moved:"), base::escape_controls(move.from),
                           move.to);
    }
    for (const value::AddressMove& move : plan.renames) {
        out +=
            fmt::format("{} {} became {}? `provisioning state mv {} {}` keeps it; in the program, "
                        "for everybody: moved = [{{ from = {}, to = {} }}]\n",
                        terminal.paint(Color::Yellow, "renamed:"), move.from, move.to,
                        base::quote_shell(move.from), base::quote_shell(move.to),
                        base::quote_json(move.from), base::quote_json(move.to));
    }
    return out;
}

}
