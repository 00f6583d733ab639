#include "engine/run/trust.hpp"

#include "engine/plan/consent.hpp"

namespace engine {
namespace {

// What looking at the rows and at what dead runs left open starts.
base::Result<void> add_recorded(Deployment& deployment, const std::string& environment,
                                std::vector<provider::Program>& out) {
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    const auto state = TRY(state::State::open({.directory = deployment.workspace().state_folder(),
                                               .environment = environment,
                                               .clock = deployment.options().clock}));
    const state::Snapshot snapshot = TRY(state->read());
    std::vector<ToLook> things;
    for (const state::Row& row : snapshot.rows) {
        if (const auto* type = registry.type(row.type)) {
            things.push_back({type, row.address, &row.inputs});
        }
    }
    for (const state::OpenIntent& open : snapshot.open) {
        if (const auto* type = registry.type(open.intent.type)) {
            things.push_back({type, open.intent.address, &open.intent.inputs});
        }
    }
    for (provider::Program& program : TRY(programs_to_look(registry, things))) {
        out.push_back(std::move(program));
    }
    return {};
}

}

base::Result<TrustReport> report_trust(Deployment& deployment) {
    TrustReport out;
    Trust& trust = *TRY(deployment.trust());
    if (state::State* state = TRY(deployment.state_if_any())) {
        TRY(trust.check_owner());
        const auto key = state->key();
        out.has_state = true;
        out.is_own = trust.is_own(state->workspace_id(), key.ok() ? *key : nullptr);
        trust.use_state(state->workspace_id());
        out.usage = TRY(state->usage());
    } else {
        TRY(trust.check_owner());
        out.has_foreign_key = !trust.is_being_made() && trust.has_foreign_key();
    }
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    for (const provider::Provider* provider : registry.providers()) {
        if (auto program = TRY(provider->program(registry.host()))) {
            out.programs.push_back(std::move(*program));
        }
    }
    for (const state::State::Usage& usage : out.usage) {
        TRY(add_recorded(deployment, usage.environment, out.programs));
    }
    Programs& programs = *TRY(deployment.programs());
    std::set<std::string> told;
    for (const provider::Program& program : out.programs) {
        if (!told.insert(program.identity).second) continue;
        if (!TRY(programs.knows(program))) out.unknown.push_back(program);
    }
    out.known = TRY(trust.programs());
    return out;
}

base::Result<void> agree_to(Deployment& deployment, const TrustReport& report) {
    Trust& trust = *TRY(deployment.trust());
    TRY(trust.prepare());
    if (state::State* state = TRY(deployment.state_if_any()); state != nullptr && !report.is_own) {
        const auto key = state->key();
        TRY(trust.take_over(state->workspace_id(), key.ok() ? *key : nullptr));
    } else if (report.has_foreign_key) {
        const auto key = TRY(state::Key::load(deployment.workspace().state_folder()));
        TRY(trust.take_over("", key.get()));
    }
    for (const provider::Program& program : report.unknown) {
        TRY(TRY(deployment.programs())->agree(program));
    }
    return {};
}

}
