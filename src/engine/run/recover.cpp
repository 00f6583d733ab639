#include "engine/run/recover.hpp"

#include <algorithm>

namespace engine {
namespace {

base::Result<void> wait_until(base::Clock& clock, base::Time until, const std::stop_token& stop) {
    // A clock's sleep knows no stop token. 50 ms are below what a person notices after an
    // interrupt.
    constexpr std::chrono::milliseconds kSlice{50};
    // By the clock that does not jump: the other may be set meanwhile.
    const std::chrono::nanoseconds end = clock.elapsed() + (until - clock.now());
    while (clock.elapsed() < end) {
        if (stop.stop_requested()) {
            return base::Error(base::Code::Cancelled,
                               "interrupted while waiting; nothing was begun");
        }
        clock.sleep_for(kSlice);
    }
    return {};
}

// The moment at which all that is worth waiting for has been decided; none: nothing is.
std::optional<base::Time> worth_waiting_for(const std::vector<Recovered>& recovered,
                                            base::Time give_up) {
    std::optional<base::Time> next;
    // The latest of them: then one more question decides all, instead of one for each horizon.
    for (const Recovered& one : recovered) {
        if (one.until && *one.until < give_up) {
            next = std::max(next.value_or(*one.until), *one.until);
        }
    }
    return next;
}

// A folder of somebody else's, a file system that is only read: there a plan shows as much as
// anywhere, and what a dead run left open blocks its addresses.
bool cannot_be_written(const base::Error& error) {
    return error.code() == base::Code::CannotWrite || error.code() == base::Code::PermissionDenied;
}

base::Result<void> tell_what_is_left(Deployment& deployment, Observer& observer) {
    state::State* state = TRY(deployment.state_if_any());
    if (state == nullptr) return {};
    for (const state::OpenIntent& open : TRY(state->read()).open) {
        if (!open.run_live) observer.on_not_recovered(open);
    }
    return {};
}

}

base::Result<void> recover(Deployment& deployment, RecoveryWait wait, Observer& observer,
                           const std::stop_token& stop) {
    if (!deployment.has_state()) return {};
    // It may have to mark a run as died. Reading alone would leave that run's leases where they
    // are.
    auto opened = deployment.state(state::OpenMode::Write);
    if (!opened.ok() && wait == RecoveryWait::Looks && cannot_be_written(opened.error())) {
        return tell_what_is_left(deployment, observer);
    }
    state::State* state = TRY(std::move(opened));
    provider::ProviderRegistry* registry = TRY(deployment.providers());
    registry->use_stop(stop);
    base::Clock& clock = deployment.clock();
    // A horizon can be an hour away (a server's `timeout`): that is not waited for, its address is
    // blocked and the plan goes on with the rest.
    const base::Time give_up = clock.now() + deployment.options().longest_recovery_wait;
    for (bool is_told = false;;) {
        const auto recovered =
            TRY(recover(*state, *registry, deployment.workers(), {.clock = &clock, .stop = stop}));
        std::optional<base::Time> next;
        if (wait == RecoveryWait::Waits) next = worth_waiting_for(recovered, give_up);
        // What is waited for may have been decided when it is asked about again.
        // Otherwise it would be told twice, first as open and then as decided.
        for (const Recovered& one : recovered) {
            if (one.closed() || !next) observer.on_recovered(one);
        }
        if (!next) return {};
        if (!is_told) {
            const auto open =
                std::ranges::find_if(recovered, [](const Recovered& one) { return !one.closed(); });
            observer.on_recovery_wait(open->run, *next);
        }
        is_told = true;
        TRY(wait_until(clock, *next, stop));
    }
}

}
