#include "engine/run/adopt.hpp"

#include "engine/apply/import.hpp"
#include "engine/run/recover.hpp"

namespace engine {

base::Result<std::vector<state::Row>> adopt(Deployment& deployment,
                                            const std::vector<std::string>& keys,
                                            const std::vector<lang::Given>& given,
                                            Observer& observer, const std::stop_token& stop) {
    // An orphan may be what an open intent has made: once recovery has recorded it, it is none any
    // more. Asked once, without waiting: somebody sits before it.
    TRY(recover(deployment, RecoveryWait::Asks, observer, stop));
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    const Planned planned = TRY(plan(deployment, {.given = given}, observer, stop));
    return adopt_orphans(planned.plan, *planned.snapshot, *TRY(deployment.providers()), *state,
                         keys);
}

}
