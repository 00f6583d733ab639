#include "engine/run/rounds.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

bool is_blocked(const Plan& plan, const std::string& address) {
    return std::ranges::find(plan.blocked, address, &Blocked::address) != plan.blocked.end();
}

base::Error open_intent(const state::OpenIntent& open) {
    const std::string& address = open.intent.address;
    if (open.run_live) {
        return base::Error(base::Code::Busy,
                           fmt::format("run {} is at {}, so not all was done", open.run, address))
            .with_advice({.next = base::Next::WaitForRun, .subject = std::to_string(open.run)});
    }
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("what became of {} is not known, so not all was done", address))
        .with_advice({.next = base::Next::ResolveIntent, .subject = address});
}

}

// What a run that lives is at, what nobody can tell, what waits to be recorded and what could not
// be looked for.
std::optional<base::Error> undecided(const Plan& plan, const state::Snapshot& snapshot) {
    // In the order of what a person can do about it at once: record orphans, see to the list, then
    // wait or decide about intents.
    for (const Orphan& orphan : plan.orphans) {
        if (!is_blocked(plan, orphan.address)) continue;
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("what was made for {} is not recorded, so not all was done",
                                       orphan.address))
            .with_advice({.next = base::Next::AdoptOrphans});
    }
    for (const Unlisted& unlisted : plan.unlisted) {
        if (unlisted.blocks.empty()) continue;
        return base::Error(unlisted.code,
                           fmt::format("{} could not be listed, so not all was done: {}",
                                       unlisted.type, unlisted.message));
    }
    if (snapshot.open.empty()) return std::nullopt;
    // A run that lives ends by itself, so it is named before one that asks for a decision.
    const auto live = std::ranges::find_if(
        snapshot.open, [](const state::OpenIntent& open) { return open.run_live; });
    return open_intent(live != snapshot.open.end() ? *live : snapshot.open.front());
}

}
