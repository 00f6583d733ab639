#include "engine/plan/evaluation.hpp"

#include "engine/plan/addresses.hpp"
#include "engine/plan/collect.hpp"
#include "engine/plan/detach.hpp"
#include "engine/plan/diff.hpp"
#include "value/builder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace engine {

PlanEvaluation::PlanEvaluation(PlanningContext context, lang::Program* program, Mode mode)
    : context_(std::move(context)), program_(program), mode_(mode), connections_(context_.registry),
      observations_(context_, problems_), calls_(context_.workers, context_.options.looking) {}

void PlanEvaluation::run() {
    // While applying, what results have made known is evaluated to its end: the first interrupt
    // only keeps new steps from being begun.
    while (is_late_ || !context_.is_stopped()) {
        const Event event = program_->next();
        problems_.begin_at(table_.size());
        switch (event.kind) {
            case Event::Kind::Inputs: on_inputs(event); break;
            case Event::Kind::Outputs: on_outputs(); break;
            case Event::Kind::Deferral: on_deferral(event); break;
            case Event::Kind::Error: on_error(event); break;
            case Event::Kind::Waiting:
            case Event::Kind::Done:
                if (take_waiting(false) || take_answer()) break;
                // Whatever could still tell them something has been heard.
                if (calls_.is_empty() && take_waiting(true)) break;
                locate_problems();
                return;
            case Event::Kind::Stopped: return;
        }
    }
}

ResourceIndex PlanEvaluation::index_of(value::InstanceId id) {
    if (const ResourceIndex known = table_.find(id); known != kNoResource) return known;
    Resource& resource = table_.add(std::string(program_->address(id)));
    const ResourceIndex index = table_.last();
    table_.bind(id, index);
    table_.name(index);
    resource.type = context_.registry.type(program_->type(id));
    CHECK(resource.type != nullptr);
    resource.desired = Desired{.instance = id};
    if (!is_check()) resource.recorded = observations_.recorded_of(resource.address);
    // A branch that was deferred turned out to have it: no plan has shown it.
    if (is_late_) appeared_.push_back(resource.address);
    return index;
}

void PlanEvaluation::on_inputs(const Event& event) {
    const provider::ResourceType* type = context_.registry.type(program_->type(event.instance));
    CHECK(type != nullptr);
    if (type->is_connection) return on_connection(event);
    take_inputs(event, false);
}

void PlanEvaluation::take_inputs(const Event& event, bool is_last_try) {
    const ResourceIndex index = index_of(event.instance);
    problems_.begin_at(index);
    calls_.forget(index);   // it rests on values that were replaced since
    table_[index].difference = {};
    const Collected collected = collect(index, event, is_last_try);
    if (collected == Collected::Waits) waiting_.push_back(event);
    if (is_check()) return note_touched(index, event.touched);
    if (collected == Collected::Refused) table_[index].difference.is_refused = true;
    const bool is_known = collected == Collected::Whole
                              ? compare(index)
                              : collected == Collected::Deferred || collected == Collected::Refused;
    if (is_known) return finish_inputs(index);
    // Only its cells end it, so one without any is not postponed: nobody waits for it.
    const bool has_cells = !table_[index].type->outputs.empty();
    if (has_cells && !are_cells_set(index)) program_->postpone(event.instance);
}

// The change is known, or refused: whoever reads its outputs can go on.
void PlanEvaluation::finish_inputs(ResourceIndex index) {
    Difference& difference = table_[index].difference;
    if (difference.is_refused) {
        difference.change.outputs = value::Value();
        difference.action = StepAction::None;
    }
    // A cell is set once while planning; later only the result of a step sets it again.
    if (!are_cells_set(index)) set_cells(index);
    if (is_late_) told_.push_back(index);
}

bool PlanEvaluation::are_cells_set(ResourceIndex index) const {
    return index < cell_known_.size() && cell_known_[index].has_value();
}

void PlanEvaluation::on_outputs() {
    value::ValueBuilder builder;
    program_->emit_outputs(builder);
    auto outputs = builder.take();
    if (outputs.ok()) {
        outputs_ = std::move(outputs).value();
    } else {
        problems_.add(Problem::of(outputs.error(), "outputs"));
    }
}

void PlanEvaluation::on_deferral(const Event& event) {
    deferrals_.push_back({.address = event.address, .waits_for = unknown_among(event.touched)});
}

// Of the cells that were touched, those that are known are not what it waits for.
std::vector<std::string>
PlanEvaluation::unknown_among(const std::vector<value::CellId>& touched) const {
    std::vector<std::string> out;
    for (const value::CellId& cell : touched) {
        const provider::ResourceType* type = context_.registry.type(program_->type(cell.instance));
        if (type == nullptr || cell.output >= type->outputs.size()) continue;
        const std::string& output = type->outputs[cell.output].name;
        const ResourceIndex owner = is_check() ? kNoResource : table_.find(cell.instance);
        if (owner != kNoResource) {
            const value::Value* value = table_[owner].difference.change.outputs.find(output);
            if (value != nullptr && !value->has_unknown()) continue;
        }
        out.push_back(fmt::format("{}.{}", program_->address(cell.instance), output));
    }
    return out;
}

void PlanEvaluation::on_error(const Event& event) {
    problems_.add({.address = event.address, .diagnostic = event.error});
    const bool is_instance = event.instance < program_->instance_count() &&
                             !event.address.empty() &&
                             program_->address(event.instance) == event.address;
    if (is_instance && is_late_) {
        const ResourceIndex index = table_.find(event.instance);
        if (index != kNoResource) calls_.forget(index);
    }
    if (!is_instance && is_under(event.address, "connections")) are_connections_broken_ = true;
    if (!is_instance || is_check() || is_late_) return;
    const provider::ResourceType* type = context_.registry.type(program_->type(event.instance));
    if (type == nullptr) return;
    // Whoever reads its outputs can still be judged, with unknown values: all mistakes are told at
    // once, not one a run.
    if (type->is_connection) {
        // First of which provider it is: nothing may go past one that is wrong.
        find_connections();
        connections_.fail(event.address);
    } else {
        table_[index_of(event.instance)].difference.is_refused = true;
    }
    for (std::uint32_t i = 0; i < type->outputs.size(); ++i) {
        program_->set_cell_unknown({event.instance, i});
    }
}

// Refused: why is among the problems.
PlanEvaluation::Collected PlanEvaluation::collect(ResourceIndex index, const Event& event,
                                                  bool is_last_try) {
    Resource& resource = table_[index];
    // What it follows is found once, when all is there.
    std::vector<ResourceIndex> follows;
    if (resource.desired) follows = std::move(resource.desired->follows);
    resource.desired = Desired{.instance = event.instance, .follows = std::move(follows)};
    resource.lifecycle = {};
    auto given = read_inputs(*program_, event.instance, *resource.type);
    if (!given.ok()) {
        refuse(resource, given.error());
        return Collected::Refused;
    }
    if (!check_references(resource, given->references)) return Collected::Refused;
    if (given->references.connection_is_unknown) {
        return defer(resource, unknown_among(event.touched));
    }
    if (given->references.has_unlinked()) {
        return is_last_try ? end_unlinked(resource, given->references) : Collected::Waits;
    }
    Desired& desired = *resource.desired;
    desired.inputs = std::move(given->inputs);
    desired.lifecycle = std::move(given->lifecycle);
    resource.lifecycle = read_lifecycle(desired.lifecycle);
    if (!is_lifecycle_fit(resource)) return Collected::Refused;
    ProblemList nobodys;   // where only the outputs are asked for
    ProblemList& problems = context_.options.outputs_only ? nobodys : problems_;
    const bool has_secrets = is_check() || stamp_secrets(context_.registry, resource, *program_,
                                                         desired.inputs, problems);
    if (!has_secrets && context_.options.outputs_only) return take_as_recorded(resource);
    const bool is_as_described =
        check_against_schema(*resource.type, resource, *program_, desired.inputs, problems_);
    if (!has_secrets || !is_as_described) return Collected::Refused;
    if (const state::Row* row = resource.recorded.row;
        row != nullptr && row->type == resource.type->name) {
        desired.inputs = with_released(*resource.type, row->inputs, std::move(desired.inputs));
    }
    if (!is_check()) {
        Reads reads = reads_of(table_, index, event.touched);
        desired.reads = std::move(reads.resources);
        desired.needed = std::move(reads.needed);
        desired.shared = std::move(reads.shared);
        desired.waits_for_fresh_only = reads.waits_for_fresh_only;
    } else {
        note_reads(index, event.touched);
        note_secrets(*resource.type, resource.address, {}, desired.inputs);
    }
    if (is_check() && provider::ProviderRegistry::has_accounts(
                          *context_.registry.provider_of(resource.type->name))) {
        // A connection may need what only an apply has.
        const auto fits = context_.registry.provider_of(resource.type->name)
                              ->validate(*resource.type, desired.inputs);
        if (fits.ok()) return Collected::Whole;
        refuse(resource, fits.error());
        return Collected::Refused;
    }
    if (context_.options.connections_only) return take_as_recorded(resource);
    const Collected connected = use_connection(resource, given->references, is_last_try);
    if (connected != Collected::Whole) return connected;
    if (!is_check() && !may_give_secrets(resource)) return Collected::Refused;
    desired.link->connection->inherit(*resource.type, desired.inputs);
    auto valid = desired.link->connection->validate(*resource.type, desired.inputs);
    if (valid.ok()) return Collected::Whole;
    refuse(resource, valid.error());
    return Collected::Refused;
}

// Of `check`, which compares nothing and so may tell who reads before who is read.
void PlanEvaluation::note_reads(ResourceIndex reader, std::span<const value::CellId> touched) {
    std::vector<ResourceIndex>& reads = table_[reader].desired->reads;
    for (const value::CellId& cell : touched) {
        const provider::ResourceType* type = context_.registry.type(program_->type(cell.instance));
        if (type == nullptr || type->is_connection) continue;
        const ResourceIndex owner = index_of(cell.instance);
        if (owner == reader) continue;
        reads.push_back(owner);
        const provider::OutputField& output = type->outputs[cell.output];
        if (!output.relation.empty())
            table_[reader].desired->shared.push_back({.owner = owner, .output = &output});
    }
    std::ranges::sort(reads);
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
}

// Tells whether the difference is known already; if not, a worker asks the platform.
bool PlanEvaluation::compare(ResourceIndex index) {
    Resource& resource = table_[index];
    provider::ProviderInstance& link = *resource.desired->link;
    if (resource.recorded.open == nullptr) observations_.look_at(link);
    if (!resource.lifecycle.ignore.empty()) {
        resource.desired->inputs = with_ignored(resource, std::move(resource.desired->inputs));
    }
    if (auto difference = quick_difference(context_, observations_, resource)) {
        resource.difference = std::move(*difference);
        return true;
    }
    if (observations_.has_failed(&link)) {
        resource.difference.is_refused = true;
        return true;
    }
    provider::Change change = change_of(resource);
    if (link.connection->plan_calls_out(*resource.type)) {
        calls_.begin(index, link, std::move(change));
        return false;
    }
    auto planned = link.connection->plan(change, {});
    resource.desired->inputs = std::move(change.inputs);
    take_planned(index, std::move(planned));
    return true;
}

// The evaluation has nothing left that could run without an answer. Planning waits for it; while
// applying, others are to be served meanwhile. What was broken off has no answer.
bool PlanEvaluation::take_answer() {
    std::optional<PlanCalls::Answer> answer = calls_.take(!is_late_);
    if (!answer || context_.is_stopped()) return false;
    problems_.begin_at(answer->index);
    table_[answer->index].desired->inputs = std::move(answer->inputs);
    take_planned(answer->index, std::move(answer->planned));
    finish_inputs(answer->index);
    return true;
}

void PlanEvaluation::take_planned(ResourceIndex index,
                                  base::Result<provider::PlannedChange> planned) {
    Resource& resource = table_[index];
    provider::ProviderInstance& link = *resource.desired->link;
    if (planned.ok()) {
        resource.difference = difference_of(resource, std::move(planned).value());
        return;
    }
    resource.difference.is_refused = true;
    if (is_late_ && provider::is_about_connection(planned.error())) {
        // Of this one resource, and not for good: the next may get through.
        Problem problem = Problem::of_call(planned.error(), resource.address);
        problem.place = engine::place_of(program_, resource, {});
        return problems_.add(std::move(problem));
    }
    if (!provider::is_about_connection(planned.error())) return refuse(resource, planned.error());
    // What is wrong with the way there is one problem, not one for each resource: also where
    // several were asked about at once.
    if (observations_.has_failed(&link)) {
        resource.difference.is_refused = true;
        return;
    }
    observations_.set_failed(&link);
    add_connection_problem(link.record->address, resource, planned.error());
}

// A problem at the input that the error is about, where it tells one.
void PlanEvaluation::refuse(Resource& resource, const base::Error& error) {
    const provider::CallFailure* failure = provider::call_failure_of(error);
    Problem problem = Problem::of(error, resource.address);
    problem.place = engine::place_of(program_, resource, failure != nullptr ? failure->input : "");
    problems_.add(std::move(problem));
}

// Of those that name something in the program, and came up before its place was known.
void PlanEvaluation::locate_problems() {
    if (problems_.empty()) return;
    std::map<std::string_view, value::InstanceId> instances;
    for (value::InstanceId id = 0; id < program_->instance_count(); ++id) {
        instances.emplace(program_->address(id), id);
    }
    problems_.for_each([&](Problem& problem) {
        const auto instance = instances.find(problem.address);
        if (problem.diagnostic || !problem.place.file.empty() || instance == instances.end())
            return;
        problem.place = program_->place(instance->second, {});
    });
}

void PlanEvaluation::set_cells(ResourceIndex index) {
    const Resource& resource = table_[index];
    const value::InstanceId id = resource.desired->instance;
    const std::vector<provider::OutputField>& outputs = resource.type->outputs;
    if (cell_known_.size() <= index) cell_known_.resize(table_.size());
    std::vector<bool>& known = cell_known_[index].emplace(outputs.size(), false);
    for (std::uint32_t i = 0; i < outputs.size(); ++i) {
        const value::Value* value = resource.difference.change.outputs.find(outputs[i].name);
        if (value == nullptr || value->has_unknown()) {
            program_->set_cell_unknown({id, i});
        } else {
            emit(*value, program_->set_cell({id, i}));
            known[i] = true;
        }
    }
}

value::InputPlace PlanEvaluation::place_of(std::string_view address, std::string_view input) const {
    const ResourceIndex index = table_.find(address);
    return index != kNoResource ? engine::place_of(program_, table_[index], input)
                                : value::InputPlace{};
}

}
