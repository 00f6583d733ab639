#include "engine/run/adopt.hpp"

#include "engine/apply/import.hpp"
#include "engine/run/recover.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
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
        rows.push_back(TRY(std::move(row)).row);
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

namespace {

// Whose address the program has, as far as all that it says of them is known: of several that read
// each other's outputs, those that read nothing first. Takes them out of `keys`.
base::Result<std::vector<Taken>> adopt_described(Deployment& deployment, const Planned& planned,
                                                 std::vector<std::string>& keys, bool is_last,
                                                 const Looking& looking) {
    state::State& state = *TRY(deployment.state(state::OpenMode::Write));
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    std::vector<Taken> out;
    std::set<std::string> addresses;
    for (const Orphan& orphan : planned.plan.orphans) {
        if (std::ranges::find(keys, orphan.key) == keys.end()) continue;
        const auto step = std::ranges::find_if(planned.plan.steps, [&](const Step& one) {
            return one.address == orphan.address && one.type == orphan.type &&
                   one.action == StepAction::Create;
        });
        if (step == planned.plan.steps.end()) continue;
        if (step->inputs.has_unknown() && !is_last) continue;
        // Of two that were made for it, one can have it.
        if (!addresses.insert(orphan.address).second) continue;
        out.push_back(TRY(import_resource(
            planned.plan, *planned.snapshot, registry, state,
            {.address = orphan.address, .key = orphan.key, .environment = deployment.environment()},
            looking)));
        std::erase(keys, orphan.key);
    }
    return out;
}

}

base::Result<std::vector<Taken>> adopt(Deployment& deployment, const std::vector<std::string>& keys,
                                       const std::vector<lang::Given>& given, Observer& observer,
                                       const std::stop_token& stop) {
    // An orphan may be what an open intent has made: once recovery has recorded it, it is none any
    // more. Asked once, without waiting: somebody sits before it.
    TRY(recover(deployment, RecoveryWait::Asks, observer, stop));
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const Looking looking{.workers = deployment.workers(),
                          .options = looking_options(deployment, observer, stop)};
    std::vector<Taken> out;
    std::vector<std::string> left = keys;
    for (bool is_first = true, is_last = false;; is_first = false) {
        const Planned planned =
            TRY(plan(deployment, {.given = given, .is_adopting = true}, observer, stop));
        if (is_first && keys.empty()) {
            for (const Orphan& orphan : planned.plan.orphans) left.push_back(orphan.key);
        }
        const auto is_known = [&](const std::string& key) {
            return std::ranges::find(planned.plan.orphans, key, &Orphan::key) !=
                   planned.plan.orphans.end();
        };
        const bool are_known = std::ranges::all_of(left, is_known);
        std::vector<Taken> taken;
        if (are_known) taken = TRY(adopt_described(deployment, planned, left, is_last, looking));
        const bool is_done = taken.empty() && (is_last || !are_known || left.empty());
        is_last = taken.empty();
        std::ranges::move(taken, std::back_inserter(out));
        if (!is_done) continue;
        // What the program does not have any more.
        if (left.empty()) return out;
        for (state::Row& row :
             TRY(adopt_orphans(planned.plan, *planned.snapshot, *TRY(deployment.providers()),
                               *state, left, looking))) {
            out.push_back({.row = std::move(row), .unseen = {}});
        }
        return out;
    }
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
