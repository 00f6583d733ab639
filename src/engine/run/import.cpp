#include "engine/run/import.hpp"

#include "base/text.hpp"
#include "engine/apply/import.hpp"
#include "engine/run/evaluate.hpp"
#include "engine/run/recover.hpp"

#include <fmt/core.h>

namespace engine {

base::Result<Imported> import_resource(Deployment& deployment, const ImportOptions& options,
                                       Observer& observer, const std::stop_token& stop) {
    TRY(recover(deployment, RecoveryWait::Asks, observer, stop));
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    PlanRequest wanted;
    // One thing is imported; looking at all the others would cost calls and may fail for reasons
    // that have nothing to do with it.
    wanted.refresh = false;
    wanted.given = options.given;
    Imported out;
    // The first evaluation is given up before the second begins: both at once would need twice the
    // memory.
    {
        PlanRequest before = wanted;
        before.importing = options.address;
        const Planned planned = TRY(plan(deployment, before, observer, stop));
        Taken taken = TRY(
            import_resource(planned.plan, *planned.snapshot, *TRY(deployment.providers()), *state,
                            {.address = options.address,
                             .key = options.key,
                             .environment = deployment.environment()},
                            {.workers = deployment.workers(),
                             .options = looking_options(deployment, observer, stop)}));
        out.row = std::move(taken.row);
        out.unseen = std::move(taken.unseen);
    }
    // It was just looked at.
    wanted.only = {options.address};
    out.next = TRY(plan(deployment, wanted, observer, stop));
    // Of the plan of one address, the others were not asked for; they need not be told as left
    // out.
    out.next.plan.refreshed = true;
    out.next.plan.left_out.clear();
    return out;
}

base::Result<LookedUp> look_up(Deployment& deployment, const ImportOptions& options,
                               Observer& observer, const std::stop_token& stop) {
    const std::string& type_name = options.address;
    TRY(deployment.require_own_state());
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    registry.use_stop(stop);
    const provider::ResourceType* type = registry.type(type_name);
    if (type == nullptr) {
        return base::not_found(fmt::format("there is no type `{}`", type_name))
            .with_help(base::did_you_mean(type_name, registry.type_names()));
    }
    const auto program = TRY(make_program(
        deployment,
        {.given = options.given, .approved = nullptr, .all_unknown = false, .stop = stop}));
    state::Snapshot snapshot;
    if (state::State* state = TRY(deployment.state_if_any())) snapshot = TRY(state->read());
    const RefreshOptions looking = looking_options(deployment, observer, stop);
    auto link = choose_connection({.registry = registry,
                                   .snapshot = snapshot,
                                   .workers = deployment.workers(),
                                   .options = {.looking = looking}},
                                  *program, *type, options.connection);
    if (!link.ok()) return with_program(std::move(link).error(), program);
    return LookedUp{.type = type,
                    // No record: all of it is told.
                    .seen = TRY(look_at(registry, *type, options.key, **link, {},
                                        {.workers = deployment.workers(), .options = looking}))};
}

}
