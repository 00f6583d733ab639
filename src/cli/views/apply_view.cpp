#include "cli/views/apply_view.hpp"

#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/exit_code.hpp"
#include "cli/views/json.hpp"
#include "cli/views/value_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <unistd.h>

namespace cli {
namespace {

using engine::StepEvent;
using provider::Action;

std::string_view doing(const StepEvent& event) {
    if (event.step->is_look_up) return event.action == Action::Delete ? "forgetting" : "looking up";
    switch (event.action) {
        case Action::Create: return "creating";
        case Action::Update: return "changing";
        case Action::Delete: return "deleting";
    }
    return "";
}

std::string_view done_word(const StepEvent& event) {
    if (event.step->is_look_up) return event.action == Action::Delete ? "forgotten" : "looked up";
    switch (event.action) {
        case Action::Create: return "created";
        case Action::Update: return "changed";
        case Action::Delete: return "deleted";
    }
    return "";
}

// Below a failure: where what failed is written, and what to do about it.
// Relative to the workspace, as the user knows the file.
std::string place_and_help(const StepEvent& event, const Terminal& terminal,
                           std::string_view folder) {
    std::string out;
    if (!event.place.file.empty()) {
        std::string_view file = event.place.file;
        if (!folder.empty() && file.starts_with(folder)) file.remove_prefix(folder.size());
        out += fmt::format("\n    {} {}:{}:{}", terminal.paint(Color::Blue, "at"),
                           base::escape_controls(file), event.place.line, event.place.column);
    }
    for (const std::string& line : help_lines(event.help, event.advice)) {
        out += fmt::format("\n    {} {}", terminal.paint(Color::Cyan, "help:"),
                           base::escape_controls(line));
    }
    return out;
}

// What happened; empty for what a person need not read.
std::string event_text(const StepEvent& event, const Terminal& terminal, std::string_view folder) {
    std::string address = base::escape_controls(event.step->address);
    std::string message = base::escape_controls(event.message);
    switch (event.kind) {
        case StepEvent::Kind::Started:
        // What is only begun is no news, except where it takes long; the live view draws it
        // anyway.
        case StepEvent::Kind::Waiting: return {};
        case StepEvent::Kind::Done: {
            // Below a second a time is noise.
            std::string took = event.took < std::chrono::seconds(1)
                                   ? ""
                                   : " in " + base::format_duration(event.took);
            return fmt::format("{} {} {}{}", terminal.paint(Color::Green, "✓"), address,
                               event.detaches ? "detached" : done_word(event), took);
        }
        case StepEvent::Kind::Unchanged:
            return fmt::format("= {} needs no change after all", address);
        case StepEvent::Kind::Failed:
            return fmt::format("{} {} {} failed: {}{}", terminal.paint(Color::Red, "✗"), address,
                               doing(event), message, place_and_help(event, terminal, folder));
        case StepEvent::Kind::Unsure:
            return fmt::format("{} {} {} failed, and it cannot be told what happened: {}{}",
                               terminal.paint(Color::Red, "?"), address, doing(event), message,
                               place_and_help(event, terminal, folder));
        case StepEvent::Kind::Refused:
            return fmt::format("{} {} not run: {}{}", terminal.paint(Color::Yellow, "!"), address,
                               message, place_and_help(event, terminal, folder));
        // Told at the end, all together: each of them here would hide what they wait for.
        case StepEvent::Kind::Skipped: return {};
    }
    return {};
}

// Of the workspace, with a slash; "" where there is none.
std::string folder_of(Context& context) {
    auto folder = context.workspace_folder();
    return folder.ok() ? *folder + "/" : std::string();
}

// Plain lines: the start of what takes long is worth one too.
class PlainListener final : public ApplyView {
public:
    explicit PlainListener(Context& context) : context_(context), folder_(folder_of(context)) {}

    void on_step(const StepEvent& event) override {
        // A log of a pipeline has no redrawing; a line when something starts to take long tells
        // that it still lives.
        std::string text = event.kind == StepEvent::Kind::Waiting
                               ? fmt::format("… {} {}", event.step->address, doing(event))
                               : event_text(event, context_.err_terminal(), folder_);
        if (!text.empty()) context_.err().line("{}", text);
    }
    void notice(const std::string& text) override { context_.err().line("{}", text); }

private:
    Context& context_;
    std::string folder_;
};

// The lines of what is under way are redrawn below those of what is done.
class LiveListener final : public ApplyView {
public:
    explicit LiveListener(Context& context)
        : context_(context), terminal_(context.err_terminal()), folder_(folder_of(context)) {}
    ~LiveListener() override { erase(); }

    void on_begin(const engine::Plan& plan, const state::Run&) override {
        total_ = plan.order.nodes().size();
        began_ = context_.clock().elapsed();
    }

    void on_step(const StepEvent& event) override {
        // By what is done as well: a replacement has two calls at one address.
        std::string key = fmt::format("{} {}", doing(event), event.step->address);
        if (event.kind == StepEvent::Kind::Started || event.kind == StepEvent::Kind::Waiting) {
            running_.emplace(std::move(key), context_.clock().elapsed());
        } else {
            running_.erase(key);
            ++finished_;
        }
        std::string text = event_text(event, terminal_, folder_);
        // Shown with the next redrawing, and in one write, so that nothing flickers.
        if (!text.empty()) pending_.push_back(std::move(text));
        draw(false);
    }

    void notice(const std::string& text) override {
        pending_.push_back(text);
        draw(true);
    }
    void idle() override { draw(true); }

private:
    static constexpr std::size_t kRunningShown = 6;

    void draw(bool now) {
        auto at = context_.clock().elapsed();
        // Sixteen times a second is smooth; a fast provider has hundreds of events in that time.
        if (!now && at - drawn_at_ < std::chrono::milliseconds(60)) return;
        drawn_at_ = at;
        // The window may have been resized since.
        width_ = terminal_.is_terminal ? width_of(STDERR_FILENO, terminal_.width) : terminal_.width;
        context_.err().raw(erase_text());
        std::string out;
        for (const std::string& text : pending_) out += text + "\n";
        pending_.clear();
        drawn_.clear();
        std::size_t shown = 0;
        for (const auto& [what, since] : running_) {
            if (shown++ == kRunningShown) break;
            // The time stays to be seen where the name is too long.
            std::string took = base::format_duration(at - since);
            std::size_t left = width_ > took.size() + 10 ? width_ - took.size() - 6 : width_;
            out += one_line(fmt::format("  {} {} {}", terminal_.paint(Color::Cyan, spinner(at)),
                                        base::truncate_to_width(base::escape_controls(what), left),
                                        took));
        }
        out += one_line(progress(at));
        // Standard error, so that what is redrawn never gets into what is piped.
        context_.err().write(out);
        context_.err().flush();
    }

    std::string one_line(const std::string& text) {
        // One column stays free: some terminals break a line that fills the last.
        std::string line = base::truncate_to_width(text, width_ > 1 ? width_ - 1 : 1);
        drawn_.push_back(base::display_width(line));
        return line + "\n";
    }

    std::string progress(std::chrono::nanoseconds at) const {
        // Calls and not time are counted: an estimate takes it that the rest is like what was done.
        auto passed = at - began_;
        std::string out =
            fmt::format("{} of {} done", base::format_count(finished_), base::format_count(total_));
        if (running_.size() > kRunningShown) out += fmt::format(", {} under way", running_.size());
        // An estimate before a few are done would only jump about.
        if (finished_ >= 3 && finished_ < total_ && passed > std::chrono::seconds(1)) {
            auto left = passed / static_cast<std::int64_t>(finished_) *
                        static_cast<std::int64_t>(total_ - finished_);
            out += fmt::format(", about {} left", base::format_duration(left));
        }
        return terminal_.paint(Color::Dim, out);
    }

    static std::string_view spinner(std::chrono::nanoseconds at) {
        static constexpr std::string_view kFrames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
        return kFrames[static_cast<std::size_t>(at / std::chrono::milliseconds(100)) % 8];
    }

    std::string erase_text() const {
        // In a window that has become narrower the lines have been broken.
        std::size_t rows = 0;
        for (std::size_t columns : drawn_)
            rows += std::max<std::size_t>(1, (columns + width_ - 1) / width_);
        // Up so many lines, then erase all below.
        return rows == 0 ? std::string() : fmt::format("\x1b[{}A\x1b[J", rows);
    }
    void erase() {
        context_.err().raw(erase_text());
        std::string out;
        for (const std::string& text : pending_) out += text + "\n";
        context_.err().write(out);
        context_.err().flush();
    }

    Context& context_;
    const Terminal& terminal_;
    EchoOff echo_off_;
    std::string folder_;
    std::map<std::string, std::chrono::nanoseconds> running_;
    std::vector<std::string> pending_;
    std::size_t total_ = 0;
    std::size_t finished_ = 0;
    std::vector<std::size_t> drawn_;   // widths of the lines to be redrawn
    std::size_t width_ = 80;
    std::chrono::nanoseconds began_{0};
    std::chrono::nanoseconds drawn_at_{0};
};

class JsonListener final : public ApplyView {
public:
    explicit JsonListener(Context& context) : context_(context) {}

    void on_begin(const engine::Plan& plan, const state::Run& run) override {
        write({{"event", "begin"},
               {"run", run.number()},
               {"id", run.id()},
               {"summary", summary_record(plan.summary)}});
    }
    void on_step(const StepEvent& event) override {
        json::Object record{{"event", "step"},
                            {"kind", name_of(event.kind)},
                            {"address", event.step->address},
                            {"type", event.step->type},
                            {"action", name_of(event.step->action)},
                            {"call", state::name_of(event.action)}};
        if (event.took.count() > 0) {
            record.set(
                "took_ms",
                std::int64_t{std::chrono::floor<std::chrono::milliseconds>(event.took).count()});
        }
        // Absent where there is nothing to say, as in every record.
        if (!event.message.empty()) record.set("message", event.message);
        set_why(record, event, base::join(help_lines(event.help, event.advice), "\n"));
        write(record);
    }

private:
    void write(const json::Object& record) {
        // Each event is a line of its own and is out at once: whoever reads them acts on them.
        print_json(context_, record);
        context_.out().flush();
    }

    Context& context_;
};

std::string counts_text(const engine::Done& done) {
    std::vector<std::string> parts;
    auto part = [&](std::size_t count, std::string_view word) {
        if (count > 0) parts.push_back(fmt::format("{} {}", base::format_count(count), word));
    };
    // What was done first, then what was not: in the past the order of a plan would be no help.
    part(done.done.create, "created");
    part(done.done.update, "changed");
    part(done.done.replace, "replaced");
    part(done.done.remove, "deleted");
    part(done.done.look_up, "looked up");
    part(done.done.forget, "forgotten");
    part(done.failed, "failed");
    part(done.skipped, "not begun");
    part(done.done.unchanged, "unchanged");
    return parts.empty() ? "nothing to do" : base::join(parts, ", ");
}

void show_outputs(Context& context, const value::Value& outputs) {
    const value::Value::Record* members = outputs.as_record();
    if (members == nullptr || members->empty()) return;
    context.out().line("Outputs:");
    for (const auto& [name, value] : *members) {
        context.out().line("  {} = {}", name, value_text(value, 200));
    }
}

}

std::unique_ptr<ApplyView> apply_listener(Context& context) {
    // Machines before people, and redrawing only where the terminal can do it.
    if (context.json()) return std::make_unique<JsonListener>(context);
    if (context.err_terminal().progress) return std::make_unique<LiveListener>(context);
    return std::make_unique<PlainListener>(context);
}

void show_report(Context& context, const engine::ApplyReport& report, std::string_view command) {
    const Terminal& terminal = context.err_terminal();
    for (const std::string& warning : report.warnings) {
        context.err().line("{} {}", terminal.paint(Color::Yellow, "warning:"), warning);
    }
    std::size_t skipped = 0;
    for (const StepEvent& event : report.not_done) {
        if (event.kind != StepEvent::Kind::Skipped) continue;
        // Ten names are enough to see what it is about; the run has all of them.
        if (++skipped <= 10)
            context.err().line("- {} not begun: {}", event.step->address, event.message);
    }
    if (skipped > 10) context.err().line("- … and {} more not begun", skipped - 10);
    // Done at the platform and not in the state: whoever reads this has to keep it, it is recorded
    // nowhere else.
    for (const std::string& line : report.unwritten) {
        context.err().line("{} {}", terminal.paint(Color::Red, "not recorded:"), line);
    }
    if (!report.appeared.empty()) {
        std::vector<std::string> first(
            report.appeared.begin(),
            report.appeared.begin() +
                static_cast<std::ptrdiff_t>(std::min<std::size_t>(10, report.appeared.size())));
        context.err().line("{} {} that no plan has shown yet can be planned now: {}{}",
                           terminal.paint(Color::Cyan, "deferred:"),
                           base::count_of(report.appeared.size(), "resource"),
                           base::join(first, ", "),
                           first.size() < report.appeared.size() ? ", …" : "");
    }
    bool fine = report.succeeded();
    std::string_view word = fine ? "Done" : report.interrupted ? "Interrupted" : "Not all done";
    // After a failure they may be those of before.
    if (report.outputs && fine && command == "apply") show_outputs(context, *report.outputs);
    context.out().line("{}: {}.", terminal.paint(fine ? Color::Green : Color::Red, word),
                       counts_text(report.counts));
    if (fine && report.appeared.empty()) return;
    std::string next = command == "destroy" ? "provisioning destroy" : "provisioning apply";
    if (report.interrupted) {
        context.err().line("{} `{}` goes on from here; what was done is recorded (run {}).",
                           terminal.paint(Color::Cyan, " help:"), next, report.run);
    } else {
        context.err().line(
            "{} `{}` plans what is left; `provisioning run show {}` tells what happened.",
            terminal.paint(Color::Cyan, " help:"), next, report.run);
    }
}

int exit_code_of(const engine::ApplyReport& report, bool terminated) {
    if (report.fatal) return exit_code_of(*report.fatal);
    if (report.interrupted) return terminated ? kExitTerminated : kExitInterrupted;
    return report.succeeded() ? kExitDone : kExitFailed;
}

}
