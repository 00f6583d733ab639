#include "engine/run/plan.hpp"

#include "base/fs.hpp"
#include "base/patience.hpp"
#include "engine/plan/moves.hpp"
#include "engine/run/evaluate.hpp"
#include "engine/run/plan_files.hpp"
#include "provider/older_secrets.hpp"

namespace engine {
namespace {

PlanningOptions planning_options(const PlanRequest& request, const state::Snapshot& snapshot,
                                 RefreshOptions looking) {
    PlanningOptions options;
    // After a backup was restored, rows may be older than the world, whatever was asked for:
    // planning from them would make again what exists.
    options.refresh = request.refresh || snapshot.refresh_required;
    options.accept_missing = request.accept_missing;
    options.only = request.only;
    options.except = request.except;
    options.graph = request.graph;
    options.outputs_only = request.outputs_only;
    options.importing = request.importing;
    options.is_adopting = request.is_adopting;
    if (request.approved != nullptr) options.approved = request.approved->addresses();
    options.looking = std::move(looking);
    return options;
}

// Of a state that an older program wrote; a row of today has no such texts, and is left as it is.
void take_older_references(state::Snapshot& snapshot, const provider::Secrets& secrets) {
    const auto take = [&secrets](value::Value& recorded) {
        if (recorded.has_secret()) recorded = provider::with_older_references(recorded, secrets);
    };
    for (state::Row& row : snapshot.rows) {
        take(row.inputs);
        take(row.outputs);
    }
    for (state::OpenIntent& open : snapshot.open) {
        take(open.intent.inputs);
        take(open.intent.prior);
        take(open.intent.prior_outputs);
    }
}

}

RefreshOptions looking_options(Deployment& deployment, Observer& observer,
                               const std::stop_token& stop) {
    const std::shared_ptr<base::Patience>& patience = deployment.options().planning_waits;
    if (patience) patience->begin_anew();
    return {.stop = stop,
            .tell = [&observer](const RefreshEvent& event) { observer.on_refresh(event); },
            .patience = patience,
            .tell_ask = [&observer](const AskEvent& event) { observer.on_ask(event); }};
}

base::Result<Planned> plan(Deployment& deployment, const PlanRequest& request, Observer& observer,
                           const std::stop_token& stop) {
    Planned out;
    // Only while planning: afterwards the first stop lets what is under way come to its end.
    const std::stop_callback stops_evaluation(stop,
                                              [source = out.evaluation] { source.request_stop(); });
    // What follows reads platforms with the person's credentials, by what the state says.
    TRY(deployment.require_own_state());
    provider::ProviderRegistry* registry = TRY(deployment.providers());
    registry->use_stop(stop);
    const auto load = [&]() -> base::Result<void> {
        if (request.destroy) return {};
        out.program = TRY(make_program(deployment, {.given = request.given,
                                                    .approved = request.approved,
                                                    .all_unknown = false,
                                                    .stop = out.evaluation.get_token()}));
        return {};
    };
    TRY(load());
    // Only if there is one: planning writes nothing, and a first plan leaves no state behind.
    state::State* state = TRY(deployment.state_if_any());
    out.snapshot = std::make_unique<state::Snapshot>();
    if (state != nullptr) *out.snapshot = TRY(state->read());
    if (registry->secrets() != nullptr) take_older_references(*out.snapshot, *registry->secrets());
    PlanningOptions options =
        planning_options(request, *out.snapshot, looking_options(deployment, observer, stop));
    options.scope = {.workspace = state != nullptr ? state->workspace_id() : "",
                     .environment = deployment.environment()};
    Moves moves;
    if (out.program) TRY(take_moves(out.program->moved(), *out.snapshot, moves));
    std::function<base::Result<state::Snapshot>()> read_again;
    if (state != nullptr) read_again = [state] { return state->read(); };
    const auto make = [&] {
        return make_plan({.registry = *registry,
                          .snapshot = *out.snapshot,
                          .workers = deployment.workers(),
                          .options = options,
                          .read_again = read_again},
                         out.program.get());
    };
    auto made = make();
    if (made.ok() && !made->older.empty()) {
        for (const value::AddressMove& move : made->older) moves.take(*out.snapshot, move);
        TRY(load());
        made = make();
    }
    // The error keeps the program alive, as its messages show lines of the sources.
    if (!made.ok()) return with_program(std::move(made).error(), out.program);
    out.plan = std::move(made->plan);
    out.plan.moves = std::move(moves.done);
    out.plan.moved_rows = std::move(moves.rows);
    out.plan.folder = deployment.workspace().folder();
    out.late = std::move(made->late);
    return out;
}

base::Result<SavedPlan> save(Deployment& deployment, const Planned& planned,
                             const PlanRequest& request, const state::Key* key) {
    SavedPlan out = save_plan(planned.plan, key);
    out.command = request.destroy ? "destroy" : "apply";
    out.environment = deployment.environment();
    if (state::State* state = TRY(deployment.state_if_any())) {
        out.workspace = state->workspace_id();
    }
    out.made_at = base::format_time(deployment.clock().now());
    out.given = request.given;
    out.accept_missing = request.accept_missing;
    out.files = TRY(files_of(deployment, planned.plan));
    if (!planned.program) return out;
    // Relative, so that a plan can be applied in another checkout of the workspace.
    const std::string prefix = deployment.workspace().folder() + "/";
    for (auto& [path, text] : planned.program->sources()) {
        out.sources[path.starts_with(prefix) ? path.substr(prefix.size()) : path] = text;
    }
    return out;
}

}
