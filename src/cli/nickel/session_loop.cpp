#include "cli/nickel/session_loop.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/line_editor.hpp"
#include "lang/diag/render_text.hpp"

#include <unistd.h>

namespace cli::nickel {

using lang::tools::Session;

bool show_reply(Context& context, const Session& session, const lang::tools::Reply& reply) {
    context.out().write(reply.text);
    context.out().flush();
    const lang::RenderOptions options{.colour = context.err_terminal().color,
                                      .width = context.err_terminal().width};
    for (const value::Diagnostic& finding : reply.findings) {
        context.err().write(lang::render_text(finding, session.evaluation.sources, options));
    }
    if (!reply.complaint.empty()) context.err().line("error: {}", reply.complaint);
    context.err().flush();
    return !reply.findings.empty() || !reply.complaint.empty();
}

// False when the session is over.
static bool run_and_show(Context& context, Session& session, const std::string& text) {
    const lang::tools::Reply reply = session.run(text);
    show_reply(context, session, reply);
    return !reply.is_over;
}

static int run_plain(Context& context, Session& session) {
    constexpr std::size_t kMaxStdin = std::size_t{256} << 20U;
    const auto input = base::read_all(STDIN_FILENO, "standard input", kMaxStdin);
    if (!input) {
        context.err().line("error: {}", input.error().text());
        return 1;
    }
    std::string text;
    for (const std::string_view line : base::split_lines(*input)) {
        text += (text.empty() ? "" : "\n") + std::string(line);
        // An empty line ends what cannot be ended otherwise.
        if (Session::is_incomplete(text) && !base::trim(line).empty()) continue;
        if (!run_and_show(context, session, text)) return 0;
        text.clear();
    }
    run_and_show(context, session, text);
    return 0;
}

static int run_terminal(Context& context, Session& session, const std::string& history_path) {
    LineEditor editor([&](std::string_view before) { return session.complete(before); });
    editor.load_history(history_path);
    std::string text;
    for (;;) {
        std::string line;
        const auto end = editor.read(text.empty() ? "nickel> " : "      > ", line);
        if (end == LineEditor::End::EndOfInput) break;
        if (end == LineEditor::End::Interrupted) {
            text.clear();
            continue;
        }
        editor.remember(line);
        text += (text.empty() ? "" : "\n") + line;
        if (Session::is_incomplete(text) && !base::trim(line).empty()) continue;
        const bool goes_on = run_and_show(context, session, text);
        text.clear();
        if (!goes_on) break;
    }
    if (!history_path.empty()) editor.save_history(history_path);
    return 0;
}

int run_session(Context& context, Session& session, const std::string& history_path) {
    const bool is_terminal = ::isatty(STDIN_FILENO) == 1 && context.out_terminal().is_terminal;
    if (!is_terminal) return run_plain(context, session);
    context.out().line("`:help` tells what there is, `:exit` ends.");
    context.out().flush();
    return run_terminal(context, session, history_path);
}

}
