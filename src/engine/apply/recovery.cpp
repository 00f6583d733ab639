#include "engine/apply/recovery.hpp"

#include "base/worker_pool.hpp"
#include "state/recovery.hpp"

#include <fmt/core.h>

#include <atomic>
#include <latch>

namespace engine {
namespace {

constexpr std::size_t kLanes = 16;

void find_all(const std::vector<state::OpenIntent>& open,
              const std::vector<provider::ProviderInstance*>& links,
              std::vector<provider::LookupResult>& found, base::WorkerPool& workers) {
    std::size_t lanes = std::min(kLanes, open.size());
    std::atomic<std::size_t> next{0};
    std::latch done(static_cast<std::ptrdiff_t>(lanes));
    auto lane = [&](const std::stop_token& stop) {
        for (std::size_t i = next++; i < open.size(); i = next++) {
            if (links[i] == nullptr) continue;
            auto answer = links[i]->connection->find(open[i].intent, {.stop = stop});
            if (answer.ok()) {
                found[i] = std::move(answer).value();
            } else {
                found[i] = {.kind = provider::LookupResult::Kind::Unsure,
                            .seen = {},
                            .handle = {},
                            .reason = answer.error().text()};
            }
        }
        done.count_down();
    };
    for (std::size_t i = 0; i < lanes; ++i) {
        if (!workers.submit(lane).ok()) lane({});
    }
    done.wait();
}

std::string outcome_text(const state::Decision& decision) {
    switch (decision.kind) {
        case state::Decision::Kind::WriteDone: return "done";
        case state::Decision::Kind::WriteIncomplete:
            return "done in part: the next apply finishes it";
        case state::Decision::Kind::CloseAbsent: return "did not happen";
        case state::Decision::Kind::KeepUntil:
            return fmt::format("may still happen until {}", base::format_time(decision.until));
        case state::Decision::Kind::KeepRunning: return "the platform is still at it";
        case state::Decision::Kind::KeepUnsure: return "cannot be told: " + decision.reason;
    }
    return {};
}

}

namespace {

// What still runs on this machine may be at it for hours; a platform's action is soon over.
std::optional<base::Time> ask_again(const state::Decision& decision, const state::OpenIntent& open,
                                    base::Time now) {
    constexpr std::chrono::milliseconds kStillAtIt{500};
    if (decision.kind == state::Decision::Kind::KeepUntil) return decision.until;
    if (decision.kind == state::Decision::Kind::KeepRunning && !open.effects_die_with_process) {
        return now + kStillAtIt;
    }
    return std::nullopt;
}

}

base::Result<std::vector<Recovered>> recover(state::State& state,
                                             provider::ProviderRegistry& registry,
                                             base::WorkerPool& workers, const base::Clock& clock) {
    std::vector<Recovered> out;
    auto open = TRY(state.recoverable());
    if (open.empty()) return out;
    std::vector<provider::ProviderInstance*> links(open.size(), nullptr);
    std::vector<provider::LookupResult> found(open.size());
    for (std::size_t i = 0; i < open.size(); ++i) {
        auto link = registry.link_of(*open[i].connection);
        if (link.ok()) {
            links[i] = *link;
        } else {
            found[i].reason = link.error().text();
        }
    }
    find_all(open, links, found, workers);
    state::Batch batch;
    state::RunRequest request{.command = "recover",
                              .addresses = {},
                              .expected = {},
                              .plan_id = {},
                              .plan = {},
                              .refreshed = false,
                              .recovers = true};
    for (std::size_t i = 0; i < open.size(); ++i) {
        state::Decision decision = state::decide(open[i], found[i], clock.now());
        out.push_back({.address = open[i].intent.address,
                       .action = open[i].intent.action,
                       .run = open[i].run,
                       .closed = decision.closes(),
                       .what = outcome_text(decision),
                       .until = ask_again(decision, open[i], clock.now())});
        if (!decision.closes()) continue;
        request.addresses.push_back(open[i].intent.address);
        batch.results.push_back(std::move(decision.result));
    }
    if (batch.empty()) return out;
    auto run = TRY(state.begin_run(request).context("recovering from a run that died"));
    TRY(run->commit(batch).context("recovering from a run that died"));
    TRY(run->finish(state::RunStatus::Done, "{}"));
    return out;
}

}
