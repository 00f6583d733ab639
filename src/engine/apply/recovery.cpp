#include "engine/apply/recovery.hpp"

#include "base/parallel.hpp"
#include "engine/plan/consent.hpp"

namespace engine {
namespace {

constexpr std::size_t kLanes = 16;

provider::LookupResult unsure(std::string reason) {
    return {.kind = provider::LookupResult::Kind::Unsure,
            .seen = {},
            .handle = {},
            .reason = std::move(reason)};
}

// Asks the platform of each intent what became of it.
std::vector<provider::LookupResult> find_all(const std::vector<state::OpenIntent>& open,
                                             provider::ProviderRegistry& registry,
                                             base::WorkerPool& workers,
                                             const std::stop_token& stop) {
    // Links are made by this thread alone.
    std::vector<base::Result<provider::ProviderInstance*>> links;
    // A connection that cannot be made (a secret that is missing today, an extension that is gone)
    // is no reason to stop: those intents stay unsure, the others are decided.
    for (const state::OpenIntent& one : open) links.push_back(registry.link_of(*one.connection));
    auto answers = base::for_each_parallel(
        workers, open.size(), {.lanes = kLanes, .stop = stop}, [&](std::size_t i) {
            if (!links[i].ok()) {
                return base::Result<provider::LookupResult>(unsure(links[i].error().text()));
            }
            return (*links[i])->connection->find(open[i].intent, {.stop = stop});
        });
    std::vector<provider::LookupResult> found;
    for (auto& answer : answers) {
        found.push_back(answer.ok() ? std::move(answer).value() : unsure(answer.error().text()));
    }
    return found;
}

// What still runs on this machine may be at it for hours; a platform's action is soon over.
std::optional<base::Time> ask_again(const state::Decision& decision, const state::OpenIntent& open,
                                    base::Time now) {
    constexpr std::chrono::milliseconds kStillAtIt{500};
    if (decision.kind == state::Decision::Kind::KeepUntil) return decision.until;
    if (decision.kind == state::Decision::Kind::KeepRunning && !open.effects_die_with_process) {
        // A platform tells that it is at it until it is done. There is no event to wait for; half
        // a second is short beside any operation of a cloud, and rare enough for its rate limit.
        return now + kStillAtIt;
    }
    return std::nullopt;
}

}

base::Result<std::vector<Recovered>> recover(state::State& state,
                                             provider::ProviderRegistry& registry,
                                             base::WorkerPool& workers,
                                             const RecoveryOptions& options) {
    const base::Clock& clock = options.clock != nullptr ? *options.clock : base::system_clock();
    std::vector<Recovered> out;
    auto open = TRY(state.recoverable());
    if (open.empty()) return out;
    std::vector<ToLook> looked_at;
    for (const state::OpenIntent& one : open) {
        if (const provider::ResourceType* type = registry.type(one.intent.type)) {
            looked_at.push_back({type, one.intent.address, &one.intent.inputs});
        }
    }
    TRY(require_programs(registry, looked_at));
    // Taken before the look: what a request may still do after this moment, no answer has seen.
    const base::Time asked = clock.now();
    const auto found = find_all(open, registry, workers, options.stop);
    // An answer that was not waited for is none.
    // Reads that were cut short look like "unsure", and one decision of several must not be
    // written alone: the next command asks all of them again.
    if (options.stop.stop_requested()) {
        return base::Error(base::Code::Cancelled,
                           "interrupted while asking what became of a run that died; nothing was "
                           "begun");
    }
    state::Batch batch;
    // A run of its own: the list of runs shows what recovery wrote, and leases keep two processes
    // apart that recover at once.
    state::RunRequest request{.command = "recover",
                              .addresses = {},
                              // Nothing is expected: while an intent is open, no other run can
                              // take its address.
                              .expected = {},
                              .plan_id = {},
                              .plan = {},
                              .refreshed = false,
                              .recovers = true};
    for (std::size_t i = 0; i < open.size(); ++i) {
        state::Decision decision = state::decide(open[i], found[i], asked);
        out.push_back({.address = open[i].intent.address,
                       .action = open[i].intent.action,
                       .run = open[i].run,
                       .run_died = open[i].run_died,
                       .decision = decision.kind,
                       .reason = decision.reason,
                       .acts_until = decision.until,
                       .until = ask_again(decision, open[i], clock.now())});
        if (!decision.closes()) continue;
        request.addresses.push_back(open[i].intent.address);
        batch.results.push_back(std::move(decision.result));
    }
    if (batch.empty()) return out;
    auto run = TRY(state.begin_run(request).context("recovering from a run that died"));
    if (auto closed = run->commit(batch); !closed.ok()) {
        // Another recovery was first. This one has come to its end as well: left open, its run
        // would be taken for one that died.
        (void)run->finish(state::RunStatus::Failed, "{}");
        return std::move(closed).error().with_context("recovering from a run that died");
    }
    TRY(run->finish(state::RunStatus::Done, "{}"));
    return out;
}

}
