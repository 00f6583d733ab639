#include "engine/plan/addresses.hpp"
#include "engine/plan/collect.hpp"
#include "engine/plan/consent.hpp"
#include "engine/plan/diff.hpp"
#include "engine/plan/evaluation.hpp"
#include "value/builder.hpp"

#include <fmt/core.h>

#include <algorithm>

// What a resource refers to as a whole: its connection, and what it comes after. Both may be found
// later than the resource itself, or may not be known before an apply.
namespace engine {

void PlanEvaluation::on_connection(const Event& event) {
    const value::InstanceId id = event.instance;
    const provider::ResourceType& type = *context_.registry.type(program_->type(id));
    // A connection is no row and no step; here it stands for itself in messages.
    Resource connection{.address = std::string(program_->address(id)),
                        .type = &type,
                        .lifecycle = {},
                        .desired = Desired{.instance = id},
                        .recorded = {},
                        .difference = {}};
    find_connections();
    if (!is_late_ && !is_check()) {
        for (std::uint32_t i = 0; i < type.outputs.size(); ++i) program_->set_cell_unknown({id, i});
    }
    value::ValueBuilder builder;
    program_->emit_inputs(id, builder);
    auto settings = builder.take();
    if (!settings.ok()) {
        Problem problem = Problem::of(settings.error(), connection.address);
        problem.place = program_->place(id, {});
        problems_.add(std::move(problem));
        return connections_.fail(connection.address);
    }
    if (!check_against_schema(type, connection, *program_, *settings, problems_)) {
        return connections_.fail(connection.address);
    }
    if (is_check()) note_secrets(type, connection.address, *settings, *settings);
    if (settings->has_unknown()) {
        return connections_.defer(connection.address, unknown_among(event.touched));
    }
    connections_.declare(connection.address, std::move(settings).value());
}

void PlanEvaluation::note_touched(ResourceIndex index, const std::vector<value::CellId>& touched) {
    if (touched_.size() <= index) touched_.resize(std::size_t{index} + 1);
    touched_[index].clear();
    for (const value::CellId& cell : touched) touched_[index].push_back(cell.instance);
}

bool PlanEvaluation::is_lifecycle_fit(const Resource& resource) {
    auto wrong = check_lifecycle(*resource.type, resource.desired->lifecycle);
    if (!wrong) return true;
    problems_.add({.address = resource.address,
                   .message = std::move(wrong->message),
                   .help = std::move(wrong->help),
                   .place = engine::place_of(program_, resource, "lifecycle")});
    return false;
}

// A person is asked where nobody was before.
bool PlanEvaluation::may_give_secrets(const Resource& resource) {
    const auto agreed = require_secrets(context_.registry, *resource.desired->link,
                                        resource.address, resource.desired->inputs);
    if (agreed.ok()) return true;
    Problem problem = Problem::of(agreed.error(), resource.address);
    problem.place = engine::place_of(program_, resource, {});
    problem.code = agreed.error().code();
    problems_.add(std::move(problem));
    return false;
}

void PlanEvaluation::note_secrets(const provider::ResourceType& type, const std::string& address,
                                  const value::Value& settings, const value::Value& inputs) {
    const provider::Provider& provider = *context_.registry.provider_of(type.name);
    for (auto& one : context_.registry.secrets_given_by(provider, address, settings, inputs)) {
        secrets_.push_back(std::move(one));
    }
}

// Those that stand in the tree count from the moment they are there: whatever goes through the only
// connection of its provider must not go past it because its settings come later.
void PlanEvaluation::find_connections() {
    for (; seen_instances_ < program_->instance_count(); ++seen_instances_) {
        const std::string_view name = program_->type(seen_instances_);
        const provider::ResourceType* type = context_.registry.type(name);
        if (type == nullptr || !type->is_connection) continue;
        connections_.find(std::string(program_->address(seen_instances_)),
                          *context_.registry.provider_of(name));
    }
}

// Inputs that waited are read again. With `is_last_try` nothing more will be found: what is still
// missing is a mistake, or known after apply. Tells whether any has gone on.
bool PlanEvaluation::take_waiting(bool is_last_try) {
    // Each time anew it would be the square of them: only when something was found since.
    const std::pair<std::size_t, std::uint64_t> found(program_->instance_count(),
                                                      connections_.changes());
    if (!is_last_try && found == tried_at_) return false;
    tried_at_ = found;
    const std::vector<Event> events = std::exchange(waiting_, {});
    for (const Event& event : events) take_inputs(event, is_last_try);
    return waiting_.size() < events.size();
}

bool PlanEvaluation::check_references(const Resource& resource, const References& references) {
    if (references.connection_is_data) {
        problems_.add({.address = resource.address,
                       .message = fmt::format("`connection` of `{}` is no connection, but data",
                                              resource.address),
                       .help = "write the connection itself, as in `connection = connections.main`",
                       .place = engine::place_of(program_, resource, "connection")});
    }
    if (references.after_has_data) {
        problems_.add(
            {.address = resource.address,
             .message = fmt::format("`lifecycle.after` of `{}` holds data", resource.address),
             .help = "write the resources themselves, as in `after = [network]`",
             .place = engine::place_of(program_, resource, "lifecycle")});
    }
    return !references.connection_is_data && !references.after_has_data;
}

// It may be hidden by a value that is not known yet. Otherwise it is nowhere in the tree.
PlanEvaluation::Collected PlanEvaluation::end_unlinked(Resource& resource,
                                                       const References& references) {
    const bool is_connection =
        references.connection && references.connection->id == value::kNoInstance;
    for (const Deferral& deferral : deferrals_) {
        const bool hides_connections = is_under(deferral.address, "connections");
        if (hides_connections == is_connection) return defer(resource, deferral.waits_for);
    }
    const std::string_view input = is_connection ? "connection" : "lifecycle";
    problems_.add(
        {.address = resource.address,
         .message = is_connection
                        ? fmt::format("the connection of `{}` is not under `connections`",
                                      resource.address)
                        : fmt::format("`{}` comes after a resource that is not under `resources`",
                                      resource.address),
         .help = is_connection ? "put it there, under a name, and refer to it by that"
                               : "put it there, so that it has an address and can be made",
         .place = engine::place_of(program_, resource, input),
         .other = program_->unlinked_place(resource.desired->instance, input)});
    return Collected::Refused;
}

PlanEvaluation::Collected
PlanEvaluation::use_connection(Resource& resource, const References& references, bool is_last_try) {
    find_connections();
    const std::string named = references.connection ? references.connection->address : "";
    using Kind = Connections::Choice::Kind;
    // None is declared as far as that is known. Where a declared one may still turn up, the account
    // of the environment is not taken in its place.
    if (named.empty() && !connections_.has_any(*resource.type)) {
        // Told already; the account of the environment is not taken in place of one that is wrong.
        if (are_connections_broken_) return Collected::Refused;
        for (const Deferral& deferral : deferrals_) {
            if (is_under(deferral.address, "connections")) {
                return defer(resource, deferral.waits_for);
            }
        }
        if (!is_last_try && !program_->are_connections_found()) return Collected::Waits;
    }
    Connections::Choice choice = connections_.choose(*resource.type, named);
    switch (choice.kind) {
        case Kind::Instance: resource.desired->link = choice.instance; return Collected::Whole;
        case Kind::Deferred: return defer(resource, std::move(choice.waits_for));
        case Kind::Told: return Collected::Refused;
        case Kind::Wait:
            if (!is_last_try) return Collected::Waits;
            problems_.add({.address = resource.address,
                           .message = fmt::format(
                               "`{}` goes through `{}`, which reads what is made through it",
                               resource.address, choice.address),
                           .help = "give the connection settings that are known without it",
                           .place = engine::place_of(program_, resource, {})});
            return Collected::Refused;
        case Kind::Wrong: {
            Problem problem = Problem::of(*choice.error, resource.address);
            problem.place = engine::place_of(program_, resource, "connection");
            problems_.add(std::move(problem));
            return Collected::Refused;
        }
        case Kind::NoInstance:
            if (context_.options.outputs_only) return take_as_recorded(resource);
            add_connection_problem(choice.address, resource, *choice.error);
            return Collected::Refused;
    }
    UNREACHABLE();
}

// Whatever reads it waits with it, and the next round of the apply plans it.
PlanEvaluation::Collected PlanEvaluation::defer(Resource& resource,
                                                std::vector<std::string> waits_for) {
    resource.difference.blocked = Difference::Blocked::Connection;
    resource.difference.change.outputs = all_unknown(*resource.type);
    deferrals_.push_back({.address = resource.address, .waits_for = std::move(waits_for)});
    return Collected::Deferred;
}

// Its outputs are those of the last apply, or unknown where there was none.
PlanEvaluation::Collected PlanEvaluation::take_as_recorded(Resource& resource) {
    const state::Row* row = resource.recorded.row;
    resource.difference.blocked = Difference::Blocked::Connection;
    resource.difference.change.outputs =
        row != nullptr ? row->outputs : all_unknown(*resource.type);
    return Collected::Deferred;
}

// At the connection where the program has it, else at the resource that goes there.
void PlanEvaluation::add_connection_problem(const std::string& connection, const Resource& resource,
                                            const base::Error& error) {
    const bool is_declared = connections_.contains(connection);
    // Settings that are wrong, or name what is not there, are for whoever wrote them to mend.
    const bool is_written =
        error.code() == base::Code::InvalidArgument || error.code() == base::Code::NotFound;
    std::string address = is_declared ? connection : resource.address;
    Problem problem = is_written ? Problem::of(error, std::move(address))
                                 : Problem::of_call(error, std::move(address));
    if (!is_declared) problem.place = engine::place_of(program_, resource, {});
    problems_.add(std::move(problem));
}

}
