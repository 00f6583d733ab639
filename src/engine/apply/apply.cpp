#include "engine/apply/apply.hpp"

#include "base/text.hpp"
#include "engine/apply/scheduler.hpp"
#include "engine/plan/saved_plan.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace engine {

std::string_view name_of(StepEvent::Kind kind) {
    switch (kind) {
        case StepEvent::Kind::Started: return "started";
        case StepEvent::Kind::Waiting: return "waiting";
        case StepEvent::Kind::Done: return "done";
        case StepEvent::Kind::Unchanged: return "unchanged";
        case StepEvent::Kind::Failed: return "failed";
        case StepEvent::Kind::Unsure: return "unsure";
        case StepEvent::Kind::Refused: return "refused";
        case StepEvent::Kind::Skipped: return "skipped";
    }
    return {};
}

void set_why(json::Object& record, const StepEvent& event, std::string_view help) {
    if (event.code) record.set("code", base::name_of(*event.code));
    if (!help.empty()) record.set("help", help);
    if (event.advice) record.set("advice", value::advice_record(*event.advice));
    if (event.place.file.empty()) return;
    record.set("place", json::Object{{"file", event.place.file},
                                     {"line", std::uint64_t{event.place.line}},
                                     {"column", std::uint64_t{event.place.column}}});
}

std::string report_json(const Plan& plan, const PlanJsonOptions& options,
                        const ApplyReport& report) {
    json::Array not_done;
    for (const StepEvent& event : report.not_done) {
        json::Object record{{"address", event.step->address},
                            {"outcome", name_of(event.kind)},
                            {"message", event.message}};
        set_why(record, event, event.help);
        not_done.emplace_back(std::move(record));
    }
    std::string out;
    json::TextWriter writer(out, json::TextWriter::Style::Compact);
    const auto member = [&](std::string_view name, const json::Value& value) {
        writer.key(name);
        json::write(writer, value);
    };
    writer.begin_object();
    write_plan_members(writer, plan, options, &report.counts);
    member("run", report.run);
    member("interrupted", report.interrupted);
    member("not_done", std::move(not_done));
    member("appeared", json::Array(report.appeared.begin(), report.appeared.end()));
    member("warnings", json::Array(report.warnings.begin(), report.warnings.end()));
    writer.end_object();
    // What a platform said may be no UTF-8.
    return base::mend_utf8(out);
}

namespace {

// They are checked before anything is moved.
void name_as_recorded(std::vector<state::Expected>& expected, const Plan& plan) {
    std::map<std::string_view, std::string_view> before;
    std::set<std::string_view> leaves;
    for (const value::AddressMove& row : plan.moved_rows) {
        before.emplace(row.to, row.from);
        leaves.insert(row.from);
    }
    // Where a row leaves, there is one still.
    std::erase_if(expected, [&](const state::Expected& one) {
        return !one.version && leaves.contains(one.address);
    });
    for (state::Expected& one : expected) {
        const auto found = one.version ? before.find(one.address) : before.end();
        if (found != before.end()) one.address = found->second;
    }
}

// The rows and absences that the plan rests on: those of its steps, and of what they read.
// These are read by `begin_run` in the transaction that takes the leases: between planning and now
// another run may have moved any of them.
state::RunRequest request_of(const Plan& plan, const ApplyOptions& options) {
    state::RunRequest request{.command = options.command,
                              .addresses = {},
                              .expected = plan.expected,
                              .plan_id = options.plan_id,
                              .plan = options.plan,
                              // What is not recorded is in doubt still.
                              .refreshed = plan.refreshed && plan.orphans.empty(),
                              .recovers = false,
                              .moves = plan.moves};
    for (const Step& step : plan.steps) request.addresses.push_back(step.address);
    for (const state::Row& row : plan.record_updates) {
        request.addresses.push_back(row.address);
        request.expected.push_back(
            {.address = row.address, .generation = row.generation, .version = row.version});
    }
    name_as_recorded(request.expected, plan);
    // An address occurs twice where a superseded generation is deleted beside the change of the
    // newest. There is one lease for an address, whatever its generations.
    std::sort(request.addresses.begin(), request.addresses.end());
    request.addresses.erase(std::unique(request.addresses.begin(), request.addresses.end()),
                            request.addresses.end());
    return request;
}

}

base::Result<ApplyReport> apply(const Plan& plan, LateEvaluation* late,
                                provider::ProviderRegistry& registry, state::State& state,
                                base::WorkerPool& workers, ApplyListener& listener,
                                const ApplyOptions& options) {
    // Not even a run: a plan without work must not wait for the leases of others, and "nothing to
    // do" leaves no line in the list of runs.
    if (plan.is_empty() && plan.record_updates.empty() && plan.moves.empty()) {
        ApplyReport nothing;
        nothing.counts.done.unchanged = plan.summary.unchanged;
        nothing.outputs = plan.outputs;
        return nothing;
    }
    auto run = TRY(state.begin_run(request_of(plan, options)));
    listener.on_begin(plan, *run);
    Scheduler scheduler(plan, late, registry, *run, state.workspace_id(), workers, listener,
                        options);
    scheduler.run();
    ApplyReport report = scheduler.take_report();
    if (!report.outputs) report.outputs = plan.outputs;
    state::RunStatus status = state::RunStatus::Done;
    if (report.interrupted) {
        status = state::RunStatus::Interrupted;
    } else if (!report.succeeded()) {
        status = state::RunStatus::Failed;
    }
    // A run is finished even after an error: its leases are given back, and the intents that are
    // still open stay for recovery. Should that fail too, the first error is the one that
    // explains.
    auto finished = run->finish(status, json::to_text(summary_record(report.counts)));
    if (!finished.ok()) {
        if (!report.fatal) report.fatal = std::move(finished).error();
    } else if (!finished->warning.empty()) {
        report.warnings.push_back(finished->warning);
    }
    return report;
}

}
