#include "engine/plan/planner.hpp"

#include "engine/plan/changes.hpp"
#include "value/builder.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

using Event = lang::Program::Event;

Planner::Planner(provider::ProviderRegistry& registry, const state::Snapshot& snapshot,
                 base::WorkerPool& workers, Options options)
    : registry_(registry), snapshot_(snapshot), workers_(workers), options_(options) {
    read_rows();
}

void Planner::read_rows() {
    looked_.resize(snapshot_.rows.size());
    rows_.reserve(snapshot_.rows.size());
    for (std::uint32_t i = 0; i < snapshot_.rows.size(); ++i) {
        const state::Row& row = snapshot_.rows[i];
        rows_[row.address] = i;   // the newest generation comes last
        const provider::ResourceType* type = registry_.type(row.type);
        if (type == nullptr || !(type->outside_effects || type->is_looked_up)) continue;
        rows_by_place_[{row.connection->provider, row.connection->identity}].push_back(i);
    }
}

base::Result<Plan> Planner::plan(lang::Program& program) {
    CHECK(program_ == nullptr);
    program_ = &program;
    drive();
    if (options_.looking.stop.stop_requested()) return stopped();
    if (!problems_.empty()) {
        locate_problems();
        return error_of(std::move(problems_));
    }
    add_rows_that_left();
    if (options_.looking.stop.stop_requested()) return stopped();
    return finish();
}

base::Result<Plan> Planner::plan_destroy() {
    add_rows_that_left();
    if (options_.looking.stop.stop_requested()) return stopped();
    return finish();
}

base::Result<std::size_t> Planner::check(lang::Program& program) {
    CHECK(program_ == nullptr);
    program_ = &program;
    checking_ = true;
    drive();
    if (options_.looking.stop.stop_requested()) return stopped();
    check_conflicts();
    if (!problems_.empty()) return error_of(std::move(problems_));
    return resources_.size();
}

LateEvaluation::Advance Planner::advance() {
    drive();
    std::sort(told_.begin(), told_.end());
    told_.erase(std::unique(told_.begin(), told_.end()), told_.end());
    Advance out{.steps = {},
                .problems = std::move(problems_),
                .appeared = std::move(appeared_),
                .outputs = {}};
    for (std::uint32_t index : told_) {
        Resource& resource = resources_[index];
        if (resource.step != Order::kNone) {
            out.steps.push_back(late_step(resource));
        } else if (resource.action != StepAction::None && !resource.blocked) {
            out.appeared.push_back(resource.address);
        }
    }
    told_.clear();
    problems_.clear();
    appeared_.clear();
    if (outputs_) out.outputs = std::move(outputs_);
    outputs_.reset();
    return out;
}

LateStep Planner::late_step(Resource& resource) {
    return {.address = resource.address,
            .action = resource.action,
            .failed = resource.failed,
            .changed = resource.change.changed,
            .inputs = std::move(resource.inputs),
            .outputs = resource.change.outputs,
            .lifecycle = resource.lifecycle_value,
            .reads = read_addresses(resource)};
}

base::Error Planner::stopped() const {
    return base::Error(base::Code::Cancelled,
                       checking_ ? "interrupted while checking"
                                 : "interrupted while planning; nothing was begun");
}

void Planner::drive() {
    // While applying, what results have made known is evaluated to its end.
    while (planned_ || !options_.looking.stop.stop_requested()) {
        Event event = program_->next();
        switch (event.kind) {
            case Event::Kind::Inputs: on_inputs(event); break;
            case Event::Kind::Outputs: {
                value::ValueBuilder builder;
                program_->emit_outputs(builder);
                auto outputs = builder.take();
                if (outputs.ok()) {
                    outputs_ = std::move(outputs).value();
                } else {
                    problems_.push_back({.address = "outputs",
                                         .diagnostic = {},
                                         .message = std::string(outputs.error().message()),
                                         .help = {},
                                         .place = {}});
                }
                break;
            }
            case Event::Kind::Deferral: on_deferral(event); break;
            case Event::Kind::Error: on_error(event); break;
            case Event::Kind::Done:
            case Event::Kind::Stopped: return;
        }
    }
}

std::uint32_t Planner::resource_of(value::InstanceId id) {
    if (id >= by_instance_.size()) {
        by_instance_.resize(std::max<std::size_t>(program_->instance_count(), id + 1),
                            Order::kNone);
    }
    if (by_instance_[id] != Order::kNone) return by_instance_[id];
    auto index = static_cast<std::uint32_t>(resources_.size());
    by_instance_[id] = index;
    Resource& resource = resources_.emplace_back();
    resource.address = program_->address(id);
    resource.instance = id;
    resource.type = registry_.type(program_->type(id));
    CHECK(resource.type != nullptr);
    by_address_[resource.address] = index;
    if (checking_) return index;
    if (auto row = rows_.find(resource.address); row != rows_.end()) {
        resource.row = &snapshot_.rows[row->second];
        resource.looked = &looked_[row->second];
    }
    resource.open = snapshot_.find_open(resource.address);
    if (planned_) appeared_.push_back(resource.address);
    return index;
}

void Planner::on_inputs(const Event& event) {
    const provider::ResourceType* type = registry_.type(program_->type(event.instance));
    CHECK(type != nullptr);
    if (type->is_connection) {
        on_connection(event.instance);
        return;
    }
    std::size_t known_before = resources_.size();
    std::uint32_t index = resource_of(event.instance);
    bool is_new = resources_.size() > known_before;
    Resource& resource = resources_[index];
    bool taken = take_inputs(resource, event);
    if (checking_) return;
    if (taken) compare(resource);
    if (!taken || resource.failed) {
        resource.change.outputs = value::Value();
        resource.action = StepAction::None;
    }
    // A cell is set once while planning; later only the result of a step sets it again.
    if (!planned_ || is_new) set_cells(resource);
    if (planned_) told_.push_back(index);
}

void Planner::on_connection(value::InstanceId id) {
    std::string address(program_->address(id));
    value::ValueBuilder builder;
    program_->emit_inputs(id, builder);
    auto settings = builder.take();
    const provider::Provider* provider = registry_.provider_of(program_->type(id));
    if (!settings.ok()) {
        problems_.push_back({.address = address,
                             .diagnostic = {},
                             .message = std::string(settings.error().message()),
                             .help = {},
                             .place = program_->place(id, {})});
        return;
    }
    const provider::ResourceType& type = *registry_.type(program_->type(id));
    for (const InputProblem& found : check_inputs(type, *settings)) {
        problems_.push_back({.address = address,
                             .diagnostic = {},
                             .message = found.message,
                             .help = found.help,
                             .place = program_->place(id, found.input)});
    }
    connections_[address] = {.provider = provider, .settings = std::move(settings).value()};
    for (std::uint32_t i = 0; i < type.outputs.size(); ++i) {
        if (!planned_ && !checking_) program_->set_cell_unknown({id, i});
    }
}

void Planner::on_deferral(const Event& event) {
    Deferral deferral{.address = event.address, .waits_for = {}};
    for (const value::CellId& cell : event.touched) {
        const provider::ResourceType* type = registry_.type(program_->type(cell.instance));
        if (type == nullptr || cell.output >= type->outputs.size()) continue;
        if (!checking_ && cell.instance < by_instance_.size() &&
            by_instance_[cell.instance] != Order::kNone) {
            const value::Value* value = resources_[by_instance_[cell.instance]].change.outputs.find(
                type->outputs[cell.output].name);
            if (value != nullptr && !value->has_unknown()) continue;
        }
        deferral.waits_for.push_back(fmt::format("{}.{}", program_->address(cell.instance),
                                                 type->outputs[cell.output].name));
    }
    deferred_.push_back(std::move(deferral));
}

void Planner::on_error(const Event& event) {
    // What several resources read and nobody can evaluate is one finding.
    bool is_told = std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
        return problem.diagnostic && event.error && *problem.diagnostic == *event.error;
    });
    if (!is_told) {
        problems_.push_back({.address = event.address,
                             .diagnostic = event.error,
                             .message = {},
                             .help = {},
                             .place = {}});
    }
    bool is_instance = event.instance < program_->instance_count() && !event.address.empty() &&
                       program_->address(event.instance) == event.address;
    if (!is_instance || checking_ || planned_) return;
    const provider::ResourceType* type = registry_.type(program_->type(event.instance));
    if (type == nullptr) return;
    // Whoever reads its outputs can still be judged, with unknown values.
    if (!type->is_connection) resources_[resource_of(event.instance)].failed = true;
    for (std::uint32_t i = 0; i < type->outputs.size(); ++i) {
        program_->set_cell_unknown({event.instance, i});
    }
}

bool Planner::take_inputs(Resource& resource, const Event& event) {
    value::ValueBuilder builder;
    program_->emit_inputs(event.instance, builder);
    auto built = builder.take();
    if (!built.ok()) {
        problem(resource, {}, std::string(built.error().message()), {});
        return false;
    }
    resource.inputs = std::move(built).value();
    resource.lifecycle_value = value::Value();
    std::string connection;
    if (value::Value::Record* members = resource.inputs.as_record()) {
        std::erase_if(*members, [&](value::Value::Member& member) {
            if (member.first == "connection") {
                if (const std::string* address = member.second.as_string()) connection = *address;
                return true;
            }
            if (member.first == "lifecycle") {
                resource.lifecycle_value = std::move(member.second);
                return true;
            }
            return member.second.is_null();   // absent and null are the same thing
        });
        for (value::Value::Member& member : *members) {
            const provider::InputField* field = resource.type->input(member.first);
            if (field != nullptr && field->secret) member.second.mark_secret();
        }
    } else {
        problem(resource, {}, fmt::format("the inputs of {} are not known", resource.address), {});
        return false;
    }
    resource.lifecycle = read_lifecycle(resource.lifecycle_value);
    bool fine = checking_ || stamp_secrets(resource);
    for (const InputProblem& found : check_inputs(*resource.type, resource.inputs)) {
        problem(resource, found.input, found.message, found.help);
        fine = false;
    }
    if (!fine) return false;
    if (!checking_) {
        take_reads(resource, event.touched);
    } else if (provider::ProviderRegistry::has_accounts(
                   *registry_.provider_of(resource.type->name))) {
        return true;   // a connection may need what only an apply has
    }
    resource.link = link_for(resource, connection);
    if (resource.link == nullptr) return false;
    auto valid = resource.link->connection->validate(*resource.type, resource.inputs);
    if (!valid.ok()) {
        const provider::CallFailure* failure = provider::call_failure_of(valid.error());
        problem(resource, failure != nullptr ? failure->input : "", valid.error().text(),
                std::string(valid.error().help()));
        return false;
    }
    return true;
}

void Planner::take_reads(Resource& resource, const std::vector<value::CellId>& touched) {
    resource.reads.clear();
    bool waits = false;
    bool only_fresh = true;
    for (const value::CellId& cell : touched) {   // sorted
        if (cell.instance >= by_instance_.size()) continue;
        std::uint32_t index = by_instance_[cell.instance];
        if (index == Order::kNone || &resources_[index] == &resource) continue;
        if (resource.reads.empty() || resource.reads.back() != index)
            resource.reads.push_back(index);
        const Resource& owner = resources_[index];
        const provider::OutputField& output = owner.type->outputs[cell.output];
        const value::Value* value = owner.change.outputs.find(output.name);
        if (value != nullptr && !value->has_unknown()) continue;
        waits = true;
        bool is_made = owner.action == StepAction::Create || owner.action == StepAction::Replace;
        only_fresh = only_fresh && output.fresh && is_made;
    }
    resource.waits_for_fresh_only = waits && only_fresh;
}

// What the program declares of the connection that the resource goes through; null: nothing.
base::Result<const Planner::Connections::value_type*>
Planner::declared_for(const Resource& resource, const std::string& connection) const {
    const provider::Provider& provider = *registry_.provider_of(resource.type->name);
    const std::string& name = provider.schema().provider;
    if (!connection.empty()) {
        auto found = connections_.find(connection);
        if (found != connections_.end() && found->second.provider == &provider) return &*found;
        return base::invalid_argument(fmt::format("`{}` is no connection of {}", connection, name));
    }
    const Connections::value_type* declared = nullptr;
    for (const auto& candidate : connections_) {
        if (candidate.second.provider != &provider) continue;
        if (declared != nullptr) {
            return base::invalid_argument(fmt::format("{} has several connections", name))
                .with_help(fmt::format("say which: connection = {}", candidate.first));
        }
        declared = &candidate;
    }
    return declared;
}

// Null after a problem was reported: what the resource says of its connection, or the connection
// itself, which is one problem for all that go through it.
provider::ProviderInstance* Planner::link_for(const Resource& resource,
                                              const std::string& connection) {
    auto declared = declared_for(resource, connection);
    if (!declared.ok()) {
        problem(resource, "connection", declared.error().text(),
                std::string(declared.error().help()));
        return nullptr;
    }
    const provider::Provider& provider = *registry_.provider_of(resource.type->name);
    auto link = *declared == nullptr
                    ? registry_.connect(provider, "default", value::Value())
                    : registry_.connect(provider, (*declared)->first, (*declared)->second.settings);
    if (link.ok()) return *link;
    problem_of_way(*declared == nullptr ? "" : (*declared)->first, resource, link.error());
    return nullptr;
}

// One for all that go that way, at the connection where the program has it.
void Planner::problem_of_way(const std::string& connection, const Resource& resource,
                             const base::Error& error) {
    const int exit_code = error.exit_code() != 0 ? error.exit_code() : 69;
    if (!connections_.contains(connection)) {
        return problem(resource, {}, error.text(), std::string(error.help()), exit_code);
    }
    Problem found{.address = connection,
                  .diagnostic = {},
                  .message = error.text(),
                  .help = std::string(error.help()),
                  .place = {},
                  .exit_code = exit_code};
    bool is_told = std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
        return problem.message == found.message && problem.address == found.address;
    });
    if (!is_told) problems_.push_back(std::move(found));
}

void Planner::problem(const Resource& resource, std::string_view input, std::string message,
                      std::string help, int exit_code) {
    Problem found{.address = resource.address,
                  .diagnostic = {},
                  .message = std::move(message),
                  .help = std::move(help),
                  .place = {},
                  .exit_code = exit_code};
    found.place = place_of(resource, input);
    // One written in a contract or a function reaches many resources.
    bool is_told = !found.place.file.empty() &&
                   std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
                       return problem.message == found.message && problem.place == found.place;
                   });
    if (!is_told) problems_.push_back(std::move(found));
}

// Of those that name something in the program, and came up before its place was known.
void Planner::locate_problems() {
    std::map<std::string_view, value::InstanceId> instances;
    for (value::InstanceId id = 0; id < program_->instance_count(); ++id) {
        instances.emplace(program_->address(id), id);
    }
    for (Problem& problem : problems_) {
        auto instance = instances.find(problem.address);
        if (problem.diagnostic || !problem.place.file.empty() || instance == instances.end())
            continue;
        problem.place = program_->place(instance->second, {});
    }
}

value::InputPlace Planner::place_of(const Resource& resource, std::string_view input) const {
    if (!resource.instance || program_ == nullptr) return {};
    value::InputPlace place = program_->place(*resource.instance, input);
    bool is_builtin = place.file.starts_with('<');   // the contract's own field
    return is_builtin ? program_->place(*resource.instance, {}) : place;
}

void Planner::set_cells(Resource& resource) {
    value::InstanceId id = *resource.instance;
    resource.cell_known.assign(resource.type->outputs.size(), false);
    for (std::uint32_t i = 0; i < resource.type->outputs.size(); ++i) {
        const value::Value* value = resource.change.outputs.find(resource.type->outputs[i].name);
        if (value == nullptr || value->has_unknown()) {
            program_->set_cell_unknown({id, i});
        } else {
            emit(*value, program_->set_cell({id, i}));
            resource.cell_known[i] = true;
        }
    }
}

value::InputPlace Planner::place_of(std::string_view address, std::string_view input) const {
    const auto found = by_address_.find(std::string(address));
    return found != by_address_.end() ? place_of(resources_[found->second], input)
                                      : value::InputPlace{};
}

bool Planner::set_outputs(std::string_view address, const value::Value& outputs) {
    const auto found = by_address_.find(std::string(address));
    if (found == by_address_.end()) return false;
    Resource& resource = resources_[found->second];
    bool any = false;
    if (program_ != nullptr && resource.instance) {
        for (std::uint32_t i = 0; i < resource.cell_known.size(); ++i) {
            if (resource.cell_known[i]) continue;
            const value::Value* value = outputs.find(resource.type->outputs[i].name);
            emit(value != nullptr ? *value : value::Value(),
                 program_->set_cell({*resource.instance, i}));
            any = true;
        }
    }
    resource.change.outputs = outputs;
    return any;
}

}
