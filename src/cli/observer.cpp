#include "cli/observer.hpp"

#include "base/text.hpp"
#include "cli/views/recovery_view.hpp"

#include <fmt/core.h>

#include <utility>

namespace cli {

void TerminalObserver::on_recovered(const engine::Recovered& one) {
    const Terminal& terminal = context_.err_terminal();
    // On standard error, like all that is not the answer itself.
    context_.err().line("{} the {} of {} by run {}, which died: {}",
                        terminal.paint(one.closed() ? Color::Cyan : Color::Yellow, "recovered:"),
                        state::name_of(one.action), one.address, one.run, outcome_text(one));
    if (!one.closed()) {
        context_.err().line(
            "{} if you know what happened: provisioning state resolve {} --done | --not-done",
            terminal.paint(Color::Cyan, " help:"), one.address);
    }
}

void TerminalObserver::on_not_recovered(const state::OpenIntent& open) {
    context_.err().line(
        "{} the {} of {} by run {}, which died: the state cannot be written from here",
        context_.err_terminal().paint(Color::Yellow, "not recovered:"),
        state::name_of(open.intent.action), base::escape_controls(open.intent.address), open.run);
}

void TerminalObserver::on_recovery_wait(std::int64_t run, base::Time until) {
    context_.err().line(
        "{} for what run {} was at when it died, until {} at the latest (Ctrl-C ends this)",
        context_.err_terminal().paint(Color::Cyan, "waiting:"), run, base::format_time(until));
}

// One line, redrawn, and gone when it is over: what was found is the plan's to tell.
void TerminalObserver::on_refresh(const engine::RefreshEvent& event) {
    // Less than a second is not worth a line that flickers.
    constexpr std::chrono::seconds kWorthTelling{1};
    // A platform that does not answer is told before anybody wonders.
    constexpr std::chrono::milliseconds kWorthNaming{1500};
    const Terminal& terminal = context_.err_terminal();
    const auto now = context_.clock().elapsed();
    if (event.kind == engine::RefreshEvent::Kind::Begun) {
        refresh_began_ = heard_ = now;
        answers_ = 0;
        is_silence_told_ = false;
    } else if (event.answers != answers_) {
        answers_ = event.answers;
        heard_ = now;
    }
    const bool is_silent =
        event.kind == engine::RefreshEvent::Kind::Progress && now - heard_ >= kWorthNaming;
    if (!terminal.progress) {
        if (is_silent) tell_silence(event, now - heard_);
        return;
    }
    const bool is_over = event.kind == engine::RefreshEvent::Kind::Ended;
    if (is_over ? !is_line_drawn_ : now - refresh_began_ < kWorthTelling) return;
    is_line_drawn_ = !is_over;
    // Back to the first column, and erase the line.
    context_.err().raw("\r\x1b[K");
    if (!is_over) {
        std::string text =
            fmt::format("looking at what is there: {}, {} of {}", event.connection->address,
                        base::format_count(event.seen), base::format_count(event.rows));
        if (is_silent)
            text += fmt::format(" (no answer for {})", base::format_duration(now - heard_));
        context_.err().write(
            terminal.paint(Color::Dim, base::truncate_to_width(text, terminal.width - 1)));
    }
    context_.err().flush();
}

// Where nothing is redrawn, once for each silence.
void TerminalObserver::tell_silence(const engine::RefreshEvent& event,
                                    std::chrono::nanoseconds silent) {
    if (std::exchange(is_silence_told_, true)) return;
    context_.err().line("{} {} ({}) has not answered for {} (Ctrl-C ends this)",
                        context_.err_terminal().paint(Color::Cyan, "waiting:"),
                        event.connection->address, event.connection->provider,
                        base::format_duration(silent));
}

void TerminalObserver::on_changed_sources(const std::vector<std::string>& sources) {
    context_.err().line("{} {} not as it was planned: the plan's own copy is used",
                        context_.err_terminal().paint(Color::Yellow, "warning:"),
                        base::join(sources, ", ") + (sources.size() == 1 ? " is" : " are"));
}

}
