#include "engine/apply/import.hpp"

#include "base/text.hpp"
#include "engine/apply/apply.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <span>

namespace engine {
namespace {

base::Result<const Resource*> wanted_at(const Planner& planner, const std::string& address) {
    std::vector<std::string> addresses;
    for (const Resource& resource : planner.resources()) {
        if (!resource.instance) continue;
        if (resource.address == address) return &resource;
        addresses.push_back(resource.address);
    }
    std::string help = base::did_you_mean(address, addresses);
    if (help.empty()) {
        help = "write the resource into the program first; `import --print TYPE ID` shows it as "
               "Nickel";
    }
    return base::not_found(fmt::format("the program has no resource `{}`", address))
        .with_exit_code(66)
        .with_help(std::move(help));
}

base::Result<void> is_free(const Planner& planner, const Resource& wanted, const std::string& key) {
    if (wanted.row != nullptr) {
        return base::Error(base::Code::AlreadyExists,
                           fmt::format("{} is recorded already, as the {} {}", wanted.address,
                                       wanted.row->type, wanted.row->key))
            .with_help(fmt::format("`state rm {}` lets go of that one", wanted.address));
    }
    if (wanted.open != nullptr) {
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("what became of an earlier create of {} is not known yet",
                                       wanted.address))
            .with_help(
                fmt::format("`state settle {} --done | --not-done` says it", wanted.address));
    }
    for (const state::Row& row : planner.snapshot().rows) {
        if (row.type != wanted.type->name || row.key != key ||
            row.connection->identity != wanted.link->record->identity) {
            continue;
        }
        return base::Error(
                   base::Code::AlreadyExists,
                   fmt::format("the {} {} is recorded already, at {}", row.type, key, row.address))
            .with_help(fmt::format("`state mv {} {}` gives it the other address", row.address,
                                   wanted.address));
    }
    return {};
}

// The rows of a run that does nothing but write them.
base::Result<void> record(state::State& state, std::string command,
                          std::span<const state::Row> rows) {
    state::RunRequest request;
    request.command = std::move(command);
    state::Batch batch;
    for (const state::Row& row : rows) {
        request.addresses.push_back(row.address);
        request.expected.push_back({.address = row.address, .generation = 0, .version = {}});
        batch.results.push_back({.kind = state::StepResult::Kind::Write, .row = row, .token = {}});
    }
    auto run = TRY(state.begin_run(request));
    TRY(run->commit(batch));
    TRY(run->finish(state::RunStatus::Done, fmt::format("{{\"imported\":{}}}", rows.size())));
    return {};
}

// Where a stray is recorded: where it was made for, unless something else is there.
std::string address_for(const Planner& planner, const Orphan& orphan) {
    if (!orphan.address.empty() && planner.snapshot().find(orphan.address) == nullptr) {
        return orphan.address;
    }
    return "strays." + orphan.key;
}

// As the platform shows it; what it does not show is taken as the program has it.
value::Value recorded_inputs(const Resource& wanted, const provider::ObservedResource& seen) {
    value::Value inputs = seen.inputs;
    for (const provider::InputField& field : wanted.type->inputs) {
        if (inputs.find(field.name) != nullptr) continue;
        const value::Value* value = wanted.inputs.find(field.name);
        if (value != nullptr && !value->has_unknown()) inputs.set(field.name, *value);
    }
    return inputs;
}

}

base::Result<provider::ObservedResource> look_at(const provider::ResourceType& type,
                                                 const std::string& key,
                                                 const provider::ProviderInstance& link,
                                                 const value::Value& inputs) {
    const provider::CallContext context{.stop = {},
                                        .timeout = link.connection->capabilities().call_deadline};
    auto seen = TRY(link.connection->read(type, key, inputs, context)
                        .context(fmt::format("looking at the {} {}", type.name, key)));
    if (seen) return std::move(*seen);
    return base::not_found(fmt::format("there is no {} {}", type.name, key))
        .with_exit_code(66)
        .with_help(fmt::format("it was looked for at {}; the ID of a {} is its `{}`",
                               link.record->identity, type.name, type.key));
}

base::Result<state::Row> import_resource(const Planner& planner, state::State& state,
                                         const ImportRequest& request) {
    const Resource* wanted = TRY(wanted_at(planner, request.address));
    if (!wanted->type->outside_effects) {
        return base::invalid_argument(fmt::format(
            "a {} is nothing that is made: there is nothing to import", wanted->type->name));
    }
    if (wanted->link == nullptr) {
        return base::invalid_argument(
            fmt::format("the inputs of {} are not known", wanted->address));
    }
    TRY(is_free(planner, *wanted, request.key));
    provider::ObservedResource seen =
        TRY(look_at(*wanted->type, request.key, *wanted->link, wanted->inputs));

    state::Row row;
    row.address = wanted->address;
    row.generation = planner.snapshot().next_generation(wanted->address);
    row.type = wanted->type->name;
    row.connection = wanted->link->record;
    row.key = seen.key;
    row.token = seen.token;
    row.inputs = recorded_inputs(*wanted, seen);
    row.outputs = std::move(seen.outputs);
    row.lifecycle = wanted->lifecycle_value;
    row.dependencies = dependencies_of(planner, *wanted);

    TRY(record(state, "import", {&row, 1}));
    return row;
}

base::Result<std::vector<state::Row>> adopt_orphans(const Planner& planner, const Plan& plan,
                                                    state::State& state,
                                                    const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        if (std::ranges::find(plan.orphans, key, &Orphan::key) != plan.orphans.end()) continue;
        std::vector<std::string> known;
        for (const Orphan& orphan : plan.orphans) known.push_back(orphan.key);
        return base::not_found(fmt::format("there is no stray `{}`", key))
            .with_exit_code(66)
            .with_help(known.empty() ? "`provisioning plan` shows what there is"
                                     : "there is: " + base::join(known, ", "));
    }
    std::vector<state::Row> rows;
    std::set<std::string> taken;
    for (const Orphan& orphan : plan.orphans) {
        if (!keys.empty() && std::ranges::find(keys, orphan.key) == keys.end()) continue;
        const provider::ResourceType* type = planner.registry().type(orphan.type);
        CHECK(type != nullptr);   // it was listed as one of these
        provider::ProviderInstance* link = TRY(planner.registry().link_of(*orphan.connection));
        state::Row row;
        row.address = address_for(planner, orphan);
        if (!taken.insert(row.address).second) row.address += "." + orphan.key;
        provider::ObservedResource seen =
            TRY(look_at(*type, orphan.key, *link, value::Value(value::Value::Record{})));
        row.generation = planner.snapshot().next_generation(row.address);
        row.type = orphan.type;
        row.connection = link->record;
        row.key = seen.key;
        row.token = seen.token;
        row.inputs = std::move(seen.inputs);
        row.outputs = std::move(seen.outputs);
        rows.push_back(std::move(row));
    }
    if (!rows.empty()) TRY(record(state, "adopt", rows));
    return rows;
}

}
