#include "engine/run/check.hpp"

#include "engine/run/evaluate.hpp"

namespace engine {

base::Result<Checked> check(Deployment& deployment, const std::vector<lang::Given>& given,
                            const std::stop_token& stop) {
    auto program = TRY(make_program(
        deployment, {.given = given, .approved = nullptr, .all_unknown = true, .stop = stop}));
    // No snapshot, so no row to compare with: only the program is checked, and no state need
    // exist.
    const state::Snapshot nothing;
    auto checked = check_program({.registry = *TRY(deployment.providers()),
                                  .snapshot = nothing,
                                  .workers = deployment.workers(),
                                  .options = {.looking = {.stop = stop, .tell = {}}}},
                                 *program);
    if (checked.ok()) return checked;
    return with_program(std::move(checked).error(), program);
}

}
