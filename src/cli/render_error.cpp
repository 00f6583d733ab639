#include "cli/render_error.hpp"

#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/exit_code.hpp"
#include "cli/views/json.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

namespace cli {

static std::vector<std::string> help_of(const base::Error& error) {
    const base::Advice* advice = error.advice();
    return help_lines(error.help(), advice != nullptr ? std::optional(*advice) : std::nullopt);
}

std::string render_error(const base::Error& error, const Terminal& terminal) {
    std::string out;
    // A detail renders itself: it knows sources and places. Otherwise the message, with what is
    // not ours made harmless.
    if (error.detail() != nullptr) out = error.detail()->text(terminal.color, terminal.width);
    if (out.empty()) {
        out = fmt::format("{} {}\n", terminal.paint(Color::Red, "error:"),
                          base::escape_controls(error.text()));
    }
    for (const std::string& line : help_of(error)) {
        const bool labelled = line.starts_with("usage: ");
        out += fmt::format("{} {}\n", labelled ? "" : terminal.paint(Color::Cyan, " help:"),
                           base::escape_controls(line));
    }
    return out;
}

// One line, so that it can be found in a log among others.
std::string render_error_json(const base::Error& error) {
    json::Object out{
        {"code", base::name_of(error.code())},
        {"exit_code", exit_code_of(error)},
        {"message", error.message()},
    };
    if (const auto& contexts = error.contexts(); !contexts.empty()) {
        out.set("contexts", json_texts(std::vector(contexts.rbegin(), contexts.rend())));
    }
    if (const std::vector<std::string> help = help_of(error); !help.empty()) {
        out.set("help", base::join(help, "\n"));
    }
    if (const base::Advice* advice = error.advice())
        out.set("advice", value::advice_record(*advice));
    if (const std::string detail = error.detail() != nullptr ? error.detail()->json() : "";
        !detail.empty()) {
        out.set("detail", json_parsed(detail));
    }
    return json_line(json::Object{{"error", std::move(out)}}) + "\n";
}

}
