#include "engine/run/adopt.hpp"

#include "engine/apply/import.hpp"
#include "engine/run/recover.hpp"

#include <fmt/core.h>

#include <set>

namespace engine {
namespace {

// Of what is to be made: how its platform would name it, if the program says so. None: it is not
// known, or nothing is there.
std::optional<std::string> known_key(const provider::ProviderRegistry& registry, const Step& step) {
    if (step.action != StepAction::Create) return std::nullopt;
    const provider::ResourceType& type = *registry.type(step.type);
    if (!type.outside_effects || type.input(type.key) == nullptr) return std::nullopt;
    const value::Value* key = step.inputs.find(type.key);
    if (key == nullptr || key->as_string() == nullptr) return std::nullopt;
    return *key->as_string();
}

// By its tags, or by what the program calls it.
std::optional<std::string> key_of(const provider::ProviderRegistry& registry, const Plan& plan,
                                  const Step& step) {
    if (step.action != StepAction::Create) return std::nullopt;
    for (const Orphan& orphan : plan.orphans) {
        if (orphan.address == step.address && orphan.type == step.type) return orphan.key;
    }
    return known_key(registry, step);
}

base::Result<void> adopt_from(Deployment& deployment, const Planned& planned,
                              const std::string& address, const RefreshOptions& options,
                              std::vector<state::Row>& rows) {
    const Looking looking{.workers = deployment.workers(), .options = options};
    state::State& state = *TRY(deployment.state(state::OpenMode::Write));
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    std::set<std::string> taken;
    for (const Step& step : planned.plan.steps) {
        if (!value::is_at_or_under(step.address, address)) continue;
        const auto key = key_of(registry, planned.plan, step);
        if (!key) continue;
        auto row = import_resource(
            planned.plan, *planned.snapshot, registry, state,
            {.address = step.address, .key = *key, .environment = deployment.environment()},
            looking);
        // It is not there: then it is made.
        if (!row.ok() && row.error().code() == base::Code::NotFound) continue;
        rows.push_back(TRY(std::move(row)));
        taken.insert(*key);
    }
    // What the program does not have any more.
    std::vector<std::string> keys;
    for (const Orphan& orphan : planned.plan.orphans) {
        const bool is_left = value::is_at_or_under(orphan.address, address);
        if (is_left && !taken.contains(orphan.key)) keys.push_back(orphan.key);
    }
    if (keys.empty()) return {};
    for (state::Row& row :
         TRY(adopt_orphans(planned.plan, *planned.snapshot, registry, state, keys, looking))) {
        rows.push_back(std::move(row));
    }
    return {};
}

base::Error nothing_to_adopt(const Planned& planned, const std::string& address) {
    if (const state::Row* row = planned.snapshot->find(address)) {
        return base::Error(
            base::Code::AlreadyExists,
            fmt::format("{} is recorded already, as the {} {}", address, row->type, row->key));
    }
    return base::not_found(
               fmt::format("nothing is known that was made for {} and is not recorded", address))
        .with_advice({.next = base::Next::ImportResource, .subject = address});
}

}

base::Result<std::vector<state::Row>> adopt(Deployment& deployment,
                                            const std::vector<std::string>& keys,
                                            const std::vector<lang::Given>& given,
                                            Observer& observer, const std::stop_token& stop) {
    // An orphan may be what an open intent has made: once recovery has recorded it, it is none any
    // more. Asked once, without waiting: somebody sits before it.
    TRY(recover(deployment, RecoveryWait::Asks, observer, stop));
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const Planned planned = TRY(plan(deployment, {.given = given}, observer, stop));
    return adopt_orphans(planned.plan, *planned.snapshot, *TRY(deployment.providers()), *state, keys,
                         {.workers = deployment.workers(),
                          .options = looking_options(deployment, observer, stop)});
}

base::Result<std::vector<state::Row>> adopt_at(Deployment& deployment,
                                               const std::vector<std::string>& addresses,
                                               const PlanRequest& wanted, Observer& observer,
                                               const std::stop_token& stop) {
    std::vector<state::Row> rows;
    for (const std::string& address : addresses) {
        // One plan for each: what was made for the address is a step of it then, with all that the
        // program says and a platform does not show.
        PlanRequest of_this = wanted;
        of_this.importing = address;
        const Planned planned = TRY(plan(deployment, of_this, observer, stop));
        const std::size_t before = rows.size();
        TRY(adopt_from(deployment, planned, address, looking_options(deployment, observer, stop),
                       rows));
        if (rows.size() == before) return nothing_to_adopt(planned, address);
    }
    return rows;
}

}
