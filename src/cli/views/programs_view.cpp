#include "cli/views/programs_view.hpp"

#include "base/text.hpp"

namespace cli {

void show_programs(Output& out, std::span<const provider::Program> programs) {
    for (const provider::Program& program : programs) {
        std::string line = base::escape_controls(program.role);
        if (!program.origin.empty()) line += " (" + base::escape_controls(program.origin) + ")";
        out.line("  {}", line);
        out.line("    {}", provider::shown(program));
        if (!program.passed.empty()) {
            out.line("    with {} of your environment",
                     base::escape_controls(base::join(program.passed, ", ")));
        }
    }
}

}
