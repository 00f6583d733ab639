#include "engine/apply/apply.hpp"

#include "base/text.hpp"
#include "engine/apply/executor.hpp"
#include "engine/plan/saved_plan.hpp"

#include <fmt/core.h>

#include <algorithm>

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

std::string report_json(const Plan& plan, const Planner& planner, const PlanJsonOptions& options,
                        const ApplyReport& report) {
    std::string out = plan_json(plan, planner, options, &report.counts);
    out.pop_back();
    out +=
        fmt::format(R"(,"run":{},"interrupted":{},"not_done":[)", report.run, report.interrupted);
    for (const StepEvent& event : report.not_done) {
        if (&event != report.not_done.data()) out += ',';
        out += fmt::format(R"({{"address":{},"outcome":{},"message":{})",
                           base::quote_json(event.step->address),
                           base::quote_json(name_of(event.kind)), base::quote_json(event.message));
        if (!event.help.empty()) out += fmt::format(R"(,"help":{})", base::quote_json(event.help));
        if (!event.place.file.empty()) {
            out += fmt::format(R"(,"place":{{"file":{},"line":{},"column":{}}})",
                               base::quote_json(event.place.file), event.place.line,
                               event.place.column);
        }
        out += '}';
    }
    out += "],\"appeared\":[";
    for (const std::string& address : report.appeared) {
        if (&address != report.appeared.data()) out += ',';
        out += base::quote_json(address);
    }
    out += "],\"warnings\":[";
    for (const std::string& warning : report.warnings) {
        if (&warning != report.warnings.data()) out += ',';
        out += base::quote_json(warning);
    }
    return out + "]}";
}

std::vector<std::string> dependencies_of(const Planner& planner, const Resource& resource) {
    std::vector<std::string> out;
    out.reserve(resource.reads.size() + resource.lifecycle.after.size());
    for (std::uint32_t owner : resource.reads) out.push_back(planner.resource(owner).address);
    out.insert(out.end(), resource.lifecycle.after.begin(), resource.lifecycle.after.end());
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<state::Row> rows_to_touch(const Planner& planner) {
    std::vector<state::Row> out;
    for (const Resource& resource : planner.resources()) {
        if (!resource.instance || resource.row == nullptr || resource.blocked ||
            resource.action != StepAction::None) {
            continue;
        }
        const state::Row& row = *resource.row;
        std::vector<std::string> dependencies = dependencies_of(planner, resource);
        std::vector<std::string> recorded = row.dependencies;
        std::sort(recorded.begin(), recorded.end());
        if (dependencies == recorded && resource.lifecycle_value.same_as(row.lifecycle) &&
            resource.change.outputs.same_as(row.outputs) && resource.inputs.same_as(row.inputs) &&
            resource.link->record->same_as(*row.connection)) {
            continue;
        }
        state::Row& touched = out.emplace_back(row);
        touched.dependencies = std::move(dependencies);
        touched.lifecycle = resource.lifecycle_value;
        touched.inputs = resource.inputs;   // changed by hand to what the program wants now
        touched.outputs = resource.change.outputs;
        touched.connection = resource.link->record;
    }
    return out;
}

namespace {

// The rows and absences that the plan rests on: those of its steps, and of what they read.
state::RunRequest request_of(const Planner& planner, const Plan& plan,
                             const std::vector<state::Row>& touched, const ApplyOptions& options) {
    state::RunRequest request{.command = options.command,
                              .addresses = {},
                              .expected = expectations_of(planner, plan),
                              .plan_id = options.plan_id,
                              .plan = options.plan,
                              .refreshed = plan.refreshed,
                              .recovers = false};
    for (const Step& step : plan.steps) request.addresses.push_back(step.address);
    for (const state::Row& row : touched) {
        request.addresses.push_back(row.address);
        request.expected.push_back(
            {.address = row.address, .generation = row.generation, .version = row.version});
    }
    std::sort(request.addresses.begin(), request.addresses.end());
    request.addresses.erase(std::unique(request.addresses.begin(), request.addresses.end()),
                            request.addresses.end());
    return request;
}

}

base::Result<ApplyReport> apply(Planner& planner, const Plan& plan, state::State& state,
                                base::WorkerPool& workers, ApplyListener& listener,
                                const ApplyOptions& options) {
    std::vector<state::Row> touched = rows_to_touch(planner);
    if (plan.is_empty() && touched.empty()) {
        ApplyReport nothing;
        nothing.counts.done.unchanged = plan.summary.unchanged;
        nothing.outputs = plan.outputs;
        return nothing;
    }
    auto run = TRY(state.begin_run(request_of(planner, plan, touched, options)));
    listener.on_begin(plan, *run);
    Executor executor(planner, plan, *run, state.workspace_id(), workers, listener, options);
    executor.run(touched);
    ApplyReport report = executor.take_report();
    if (!report.outputs) report.outputs = plan.outputs;
    state::RunStatus status = state::RunStatus::Done;
    if (report.interrupted) {
        status = state::RunStatus::Interrupted;
    } else if (!report.succeeded()) {
        status = state::RunStatus::Failed;
    }
    auto finished = run->finish(status, summary_json(report.counts));
    if (!finished.ok()) {
        if (!report.fatal) report.fatal = std::move(finished).error();
    } else if (!finished->warning.empty()) {
        report.warnings.push_back(finished->warning);
    }
    return report;
}

}
