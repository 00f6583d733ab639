#include "cli/observer.hpp"

#include "base/text.hpp"
#include "cli/views/recovery_view.hpp"
#include "cli/views/wait_view.hpp"

#include <fmt/core.h>

#include <utility>

namespace cli {

void TerminalObserver::on_recovered(const engine::Recovered& one) {
    const Terminal& terminal = context_.err_terminal();
    // On standard error, like all that is not the answer itself.
    context_.err().line("{} the {} of {} by run {}, which {}: {}",
                        terminal.paint(one.closed() ? Color::Cyan : Color::Yellow, "recovered:"),
                        state::name_of(one.action), one.address, one.run,
                        one.run_died ? "died" : "left it open", outcome_text(one));
    // Asked about once more by the next command; a person may know before that.
    if (!one.closed()) {
        context_.err().line(
            "{} if you know what happened: provisioning state resolve {} --done | --not-done",
            terminal.paint(Color::Cyan, " help:"), base::quote_shell(one.address));
    }
}

void TerminalObserver::on_not_recovered(const state::OpenIntent& open) {
    context_.err().line(
        "{} the {} of {} by run {}, which {}: the state cannot be written from here",
        context_.err_terminal().paint(Color::Yellow, "not recovered:"),
        state::name_of(open.intent.action), base::escape_controls(open.intent.address), open.run,
        open.run_died ? "died" : "left it open");
}

void TerminalObserver::on_recovery_wait(std::int64_t run, base::Time until) {
    context_.err().line(
        "{} for what run {} was at when it ended, until {} at the latest (Ctrl-C ends this)",
        context_.err_terminal().paint(Color::Cyan, "waiting:"), run, base::format_time(until));
}

void TerminalObserver::on_adopted(const std::vector<state::Row>& rows) {
    for (const state::Row& row : rows) {
        context_.err().line("{} {} {} as {}",
                            context_.err_terminal().paint(Color::Cyan, "adopted:"), row.type,
                            row.key, row.address);
    }
}

namespace {

// Less than a second is not worth a line that flickers.
constexpr std::chrono::seconds kWorthTelling{1};
// A platform that does not answer is told before anybody wonders.
constexpr std::chrono::milliseconds kWorthNaming{1500};

}

// One line, redrawn, and gone when it is over: what was found is the plan's to tell.
void TerminalObserver::on_refresh(const engine::RefreshEvent& event) {
    const Terminal& terminal = context_.err_terminal();
    const auto now = context_.clock().elapsed();
    awaited_ = 0;
    if (event.kind == engine::RefreshEvent::Kind::Begun) {
        erase();
        refresh_began_ = heard_ = now;
        answers_ = 0;
        is_silence_told_ = false;
    } else if (event.answers != answers_) {
        // Any answer ends a silence, whichever of the calls it is to.
        answers_ = event.answers;
        heard_ = now;
    }
    if (event.kind == engine::RefreshEvent::Kind::Ended) return erase();
    const bool is_silent =
        event.kind == engine::RefreshEvent::Kind::Progress && now - heard_ >= kWorthNaming;
    if (is_silent && !terminal.progress) return tell_silence(*event.connection);
    if (is_silent) return draw(silence_text(*event.connection));
    // Most plans are over by then.
    if (now - refresh_began_ < kWorthTelling) return;
    draw(fmt::format("looking at what is there: {}, {} of {}", event.connection->address,
                     base::format_count(event.seen), base::format_count(event.rows)));
}

void TerminalObserver::on_ask(const engine::AskEvent& event) {
    const auto now = context_.clock().elapsed();
    if (event.awaited != awaited_) {   // 0 at the end
        awaited_ = event.awaited;
        heard_ = now;
        is_silence_told_ = false;
        return erase();
    }
    if (now - heard_ < kWorthNaming) return;
    if (!context_.err_terminal().progress) return tell_silence(*event.connection);
    draw(silence_text(*event.connection));
}

void TerminalObserver::draw(const std::string& text) {
    const Terminal& terminal = context_.err_terminal();
    if (!terminal.progress) return;
    is_line_drawn_ = true;
    // What is typed meanwhile would break the line that is redrawn.
    if (!echo_off_) echo_off_.emplace();
    // Back to the first column, and erase the line.
    context_.err().raw("\r\x1b[K");
    context_.err().write(
        terminal.paint(Color::Dim, base::truncate_to_width(text, terminal.width - 1)));
    context_.err().flush();
}

void TerminalObserver::erase() {
    if (!std::exchange(is_line_drawn_, false)) return;
    echo_off_.reset();
    context_.err().raw("\r\x1b[K");
    context_.err().flush();
}

// What the calls themselves know, else that there is no answer yet.
std::string TerminalObserver::silence_text(const provider::ConnectionRecord& connection) const {
    if (const auto wait = context_.planning_waits()->longest()) return wait_text(*wait);
    return fmt::format("{} has not answered for {}", connection.label(),
                       base::format_duration(context_.clock().elapsed() - heard_));
}

// Where nothing is redrawn, once for each silence.
void TerminalObserver::tell_silence(const provider::ConnectionRecord& connection) {
    if (std::exchange(is_silence_told_, true)) return;
    context_.err().line("{} {} (Ctrl-C ends this)",
                        context_.err_terminal().paint(Color::Cyan, "waiting:"),
                        silence_text(connection));
}

Interrupts::Notice TerminalObserver::interrupt_notice(AfterInterrupt then) const {
    // Whoever reads events gets no words in between.
    if (context_.json()) return nullptr;
    const std::string word = context_.err_terminal().paint(Color::Yellow, "interrupted:");
    return [word, then, waits = context_.planning_waits()] {
        auto wait = waits->longest();
        std::string text;
        if (then == AfterInterrupt::Ends) {
            text = "nothing was changed";
            if (wait) {
                // It is given up, so how long it would have taken is of no interest.
                wait->left = std::nullopt;
                text += ": " + wait_text(*wait);
            }
        } else {
            text = "waiting for " + (wait ? wait_text(*wait) : "what was asked to be answered") +
                   "; interrupt again to end at once";
        }
        // A line of its own, below the `^C` that the terminal has shown.
        return base::shown_text(fmt::format("\n{} {}\n", word, text));
    };
}

void TerminalObserver::on_changed_sources(const std::vector<std::string>& sources) {
    context_.err().line("{} {} not as it was planned: the plan's own copy is used",
                        context_.err_terminal().paint(Color::Yellow, "warning:"),
                        base::join(sources, ", ") + (sources.size() == 1 ? " is" : " are"));
}

}
