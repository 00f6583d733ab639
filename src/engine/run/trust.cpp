#include "engine/run/trust.hpp"

#include "engine/plan/consent.hpp"
#include "engine/run/check.hpp"

#include <set>

namespace engine {
namespace {

// What connections that are only recorded, and their resources, are handed.
void add_secrets(const provider::ProviderRegistry& registry, const std::vector<state::Row>& rows,
                 std::vector<provider::Program>& out) {
    for (const state::Row& row : rows) {
        const provider::Provider* provider = registry.provider_of(row.type);
        if (provider == nullptr) continue;
        const provider::ConnectionRecord& link = *row.connection;
        for (auto& [role, inputs] :
             {std::pair<const std::string&, const value::Value&>(link.address, link.settings),
              {row.address, row.inputs}}) {
            for (auto& one : registry.secrets_given_by(*provider, role, link.settings, inputs)) {
                out.push_back(std::move(one));
            }
        }
    }
}

// What looking at the rows and at what dead runs left open starts.
base::Result<void> add_recorded(Deployment& deployment, const std::string& environment,
                                std::vector<provider::Program>& out) {
    provider::ProviderRegistry& registry = *TRY(deployment.providers());
    const auto state = TRY(state::State::open({.directory = deployment.workspace().state_folder(),
                                               .environment = environment,
                                               .clock = deployment.options().clock}));
    const state::Snapshot snapshot = TRY(state->read());
    add_secrets(registry, snapshot.rows, out);
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

static base::Result<bool> is_older_copy(const Trust& trust, state::State& state,
                                        std::string_view environment) {
    const auto newest = trust.newest(environment);
    const auto runs = TRY(state.runs(1));
    return newest && !runs.empty() &&
           Trust::Newest{.epoch = runs.front().epoch, .run = runs.front().number} < *newest;
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
        if (out.is_own) out.is_older = TRY(is_older_copy(trust, *state, deployment.environment()));
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
    // A program that cannot be evaluated as it is gives nothing away before that is mended.
    if (auto checked = check(deployment, {}, {}); checked.ok()) {
        for (provider::Program& one : checked->secrets) out.programs.push_back(std::move(one));
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
    if (state::State* state = TRY(deployment.state_if_any());
        state != nullptr && (!report.is_own || report.is_older)) {
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
