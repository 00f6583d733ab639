#include "cli/render_error.hpp"

#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/exit_code.hpp"

#include <fmt/core.h>

namespace cli {

std::string render_error(const base::Error& error, const Terminal& terminal) {
    std::string out;
    if (error.detail() != nullptr) out = error.detail()->text(terminal.color, terminal.width);
    if (out.empty()) {
        out = fmt::format("{} {}\n", terminal.paint(Color::Red, "error:"),
                          base::escape_controls(error.text()));
    }
    for (const std::string_view line : base::split_lines(error.help())) {
        const bool labelled = line.starts_with("usage: ");
        out += fmt::format("{} {}\n", labelled ? "" : terminal.paint(Color::Cyan, " help:"),
                           base::escape_controls(line));
    }
    if (const base::Advice* advice = error.advice()) {
        out += fmt::format("{} {}\n", terminal.paint(Color::Cyan, " help:"),
                           base::escape_controls(words_of(*advice)));
    }
    return out;
}

// Both as one text, as people read it.
static std::string help_of(const base::Error& error) {
    std::string out(error.help());
    if (error.advice() == nullptr) return out;
    if (!out.empty()) out += '\n';
    return out + words_of(*error.advice());
}

std::string render_error_json(const base::Error& error) {
    std::string out = fmt::format("{{\"error\":{{\"code\":{},\"exit_code\":{},\"message\":{}",
                                  base::quote_json(base::name_of(error.code())),
                                  exit_code_of(error), base::quote_json(error.message()));
    if (!error.contexts().empty()) {
        out += ",\"contexts\":[";
        for (auto it = error.contexts().rbegin(); it != error.contexts().rend(); ++it) {
            if (it != error.contexts().rbegin()) out += ',';
            out += base::quote_json(*it);
        }
        out += ']';
    }
    const std::string help = help_of(error);
    if (!help.empty()) out += ",\"help\":" + base::quote_json(help);
    if (const base::Advice* advice = error.advice()) {
        out += fmt::format(",\"advice\":{{\"next\":{},\"subject\":{}}}",
                           base::quote_json(base::name_of(advice->next)),
                           base::quote_json(advice->subject));
    }
    const std::string detail = error.detail() != nullptr ? error.detail()->json() : "";
    if (!detail.empty()) out += ",\"detail\":" + detail;
    return out + "}}\n";
}

}
