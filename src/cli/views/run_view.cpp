#include "cli/views/run_view.hpp"

#include "base/text.hpp"
#include "cli/views/field_view.hpp"
#include "cli/views/json.hpp"
#include "engine/plan/changes.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using state::HistoryEntry;
using state::Row;
using state::RunDetail;
using state::RunInfo;
using state::StepRecord;

json::Value step_record(const StepRecord& step) {
    return json::Object{{"address", step.address},
                        {"generation", step.generation},
                        {"action", state::name_of(step.action)},
                        {"outcome", name_of(step.outcome)},
                        {"message", step.message}};
}

// By generation: a replacement has written a row of the next one, which is not this one changed.
const Row* written_in_place_of(const RunDetail& detail, const HistoryEntry& entry) {
    for (const Row& row : detail.written) {
        if (row.address == entry.row.address && row.generation == entry.row.generation) return &row;
    }
    return nullptr;
}

void show_replaced(Context& context, const RunDetail& detail, const HistoryEntry& entry) {
    const Terminal& terminal = context.out_terminal();
    if (entry.removed) {
        context.out().line("  {} {}  {}", terminal.paint(Color::Red, "-"), entry.row.address,
                           entry.row.type);
        return;
    }
    context.out().line("  {} {}  {}", terminal.paint(Color::Yellow, "~"), entry.row.address,
                       entry.row.type);
    const Row* now = written_in_place_of(detail, entry);
    // What the run wrote may be pruned by now; that it was changed is still known.
    if (now == nullptr) return;
    std::vector<engine::FieldChange> changes;
    engine::add_changes(changes, "", &entry.row.inputs, &now->inputs, false);
    const FieldView fields(terminal, {}, cuts_of(terminal, false));
    for (const engine::FieldChange& change : changes) {
        context.out().write(fields.text(change, "", engine::StepAction::Update));
    }
}

}

std::string run_status(const RunInfo& run) {
    // Of another machine: its process cannot be looked for from here.
    if (run.elsewhere) return "elsewhere";
    // The state says "running" of a run whose process died; whether it lives, its lease tells.
    if (run.status == state::RunStatus::Running && !run.live) return "died";
    return std::string(name_of(run.status));
}

std::string run_summary(const RunInfo& run) {
    auto parsed = json::parse(run.summary);
    const json::Object* counts = parsed.ok() ? parsed->as_object() : nullptr;
    // Of a run that never came to its end there are no counts.
    if (counts == nullptr) return {};
    std::vector<std::string> parts;
    for (const json::Member& member : *counts) {
        if (const json::Array* names = member.value.as_array()) {
            // Of a reveal: whose secrets.
            std::vector<std::string> shown;
            for (const json::Value& name : *names) {
                if (name.as_string() != nullptr) shown.push_back(*name.as_string());
            }
            parts.push_back(fmt::format("{} {}", member.key, base::join(shown, ", ")));
            continue;
        }
        const std::int64_t* count = member.value.as_int64();
        // What did not change is no news of a run.
        if (count == nullptr || *count == 0 || member.key == "unchanged") continue;
        parts.push_back(fmt::format("{} {}", *count, member.key));
    }
    return base::join(parts, ", ");
}

json::Value run_record(const RunInfo& run) {
    return json::Object{
        {"number", run.number},
        {"id", run.id},
        {"command", run.command},
        // Machines get what is recorded, and `elsewhere` beside it; people get one word.
        {"status", run.elsewhere ? std::string(name_of(run.status)) : run_status(run)},
        {"started", base::format_time(run.started, true)},
        {"ended", run.ended ? json::Value(base::format_time(*run.ended, true)) : json::Value()},
        {"host", run.host},
        {"user", run.user},
        {"pid", run.pid},
        {"elsewhere", run.elsewhere},
        {"summary", run.summary.empty() ? json::Value() : json_parsed(run.summary)},
    };
}

json::Value run_detail_record(const RunDetail& detail, const value::Fingerprint& fingerprint) {
    const auto written = [](const Row& row) {
        return json::Object{
            {"address", row.address}, {"generation", row.generation}, {"type", row.type}};
    };
    const auto replaced = [&](const HistoryEntry& entry) {
        return json::Object{{"address", entry.row.address},
                            {"generation", entry.row.generation},
                            {"removed", entry.removed},
                            {"inputs", value::json_value(entry.row.inputs, fingerprint)}};
    };
    return json::Object{{"format", 1},
                        {"run", run_record(detail.info)},
                        {"pruned", detail.pruned},
                        {"steps", json_list(detail.steps, step_record)},
                        {"written", json_list(detail.written, written)},
                        {"replaced", json_list(detail.replaced, replaced)}};
}

void show_run(Context& context, const RunDetail& detail) {
    const Terminal& terminal = context.out_terminal();
    const RunInfo& run = detail.info;
    context.out().line("{} {}  {} by {}@{}, {}{}",
                       terminal.paint(Color::Bold, fmt::format("run {}", run.number)),
                       terminal.paint(Color::Dim, run.id), run.command, run.user, run.host,
                       base::format_time(run.started),
                       run.ended ? ", " + base::format_duration(*run.ended - run.started) : "");
    context.out().line("{}{}", run_status(run),
                       run_summary(run).empty() ? "" : ": " + run_summary(run));
    if (run.elsewhere) {
        context.out().line(
            "it was begun on {}, and whether it is still at work cannot be told here; "
            "`provisioning run abandon {}` gives it up",
            base::escape_controls(run.host), run.number);
    }
    if (detail.pruned) {
        context.out().line("some of what it did is not kept any more (setting `state.history`)");
    }
    // Only what went wrong is recorded as a step: what went well is in the rows.
    for (const StepRecord& step : detail.steps) {
        context.out().line("  {} {} of {} {}: {}", terminal.paint(Color::Red, "✗"),
                           state::name_of(step.action), step.address, name_of(step.outcome),
                           base::escape_controls(step.message));
    }
    for (const HistoryEntry& entry : detail.replaced) show_replaced(context, detail, entry);
    for (const Row& row : detail.written) {
        // What replaced something was shown with it above.
        bool is_new = std::none_of(
            detail.replaced.begin(), detail.replaced.end(), [&](const HistoryEntry& entry) {
                return entry.row.address == row.address && entry.row.generation == row.generation;
            });
        if (is_new)
            context.out().line("  {} {}  {}", terminal.paint(Color::Green, "+"), row.address,
                               row.type);
    }
}

}
