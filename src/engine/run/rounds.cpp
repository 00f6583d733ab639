#include "engine/run/rounds.hpp"

#include "base/text.hpp"
#include "state/key.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace engine {
namespace {

// More than this many deferrals behind one another are a program that never comes to an end.
constexpr int kMaxRounds = 32;

std::size_t lost(const Plan& plan) { return plan.summary.remove + plan.summary.replace; }

// Behind a deferral nobody has seen the plan: approval in advance covers making things and changing
// them in place.
base::Error beyond_advance_approval(const Plan& plan) {
    return base::Error(base::Code::NotApproved,
                       fmt::format("what was known is applied; what became known deletes or "
                                   "replaces {}, which approval in advance does not cover",
                                   base::count_of(lost(plan), "resource")))
        .with_advice({.next = base::Next::ApproveEachTime});
}

base::Error interrupted_between_rounds() {
    return base::Error(base::Code::Cancelled,
                       "interrupted: what was known is applied, what became known is not begun");
}

// Adds what earlier rounds did to the counts of the last.
void add_counts(Done& into, const Done& earlier) {
    into.done.create += earlier.done.create;
    into.done.update += earlier.done.update;
    into.done.replace += earlier.done.replace;
    into.done.remove += earlier.done.remove;
    into.done.look_up += earlier.done.look_up;
    into.done.forget += earlier.done.forget;
    // What earlier rounds made or changed shows as unchanged in the last; nothing is counted
    // twice.
    const std::size_t touched =
        earlier.done.create + earlier.done.update + earlier.done.replace + earlier.done.look_up;
    into.done.unchanged -= std::min(into.done.unchanged, touched);
    into.failed += earlier.failed;
    into.skipped += earlier.skipped;
}

class Rounds {
public:
    Rounds(Deployment& deployment, const ApplyRequest& request, const Approved* approved,
           Observer& observer, const Stop& stop)
        : deployment_(deployment), request_(request), approved_(approved), observer_(observer),
          stop_(stop) {}

    base::Result<ApplyOutcome> run(state::State& state) {
        ApplyOutcome out;
        for (Done earlier;; ++out.rounds) {
            out.planned = TRY(plan_round(out.rounds));
            TRY(approved_ != nullptr ? check_approved(out.planned, state)
                                     : approve(out.planned, out.rounds));
            out.report = TRY(apply(out.planned, state));
            const bool goes_on = has_more(out);
            add_counts(out.report.counts, earlier);
            earlier = out.report.counts;
            observer_.on_round({.number = out.rounds, .report = out.report, .goes_on = goes_on});
            if (!goes_on) break;
        }
        if (out.report.succeeded()) {
            out.undecided = undecided(out.planned.plan, *out.planned.snapshot);
        }
        return out;
    }

private:
    base::Result<Planned> plan_round(int round) {
        // A new plan each round, from the state as the round before left it: values that became
        // known may have brought up any number of instances behind the deferral.
        PlanRequest wanted = request_.plan;
        wanted.refresh = wanted.refresh && round == 1;   // then all of it was just seen or made
        // Whom it gives secrets to was agreed to when the saved plan was made.
        std::optional<Programs::Approved> agreed;
        if (approved_ != nullptr)
            agreed.emplace(*TRY(deployment_.programs()), Programs::Part::Secrets);
        auto planned = plan(deployment_, wanted, observer_, stop_.first);
        if (round == 1) return planned;
        if (planned.ok()) {
            planned->plan.refreshed = true;
        } else if (planned.error().code() == base::Code::Cancelled) {
            // Cancelled alone would read as if nothing had been done.
            return interrupted_between_rounds();
        }
        return planned;
    }

    // A saved plan has one round: what it did not show was not approved. A round that did nothing
    // makes nothing known, so another would be the same; a failure is told before anything new is
    // begun.
    bool has_more(const ApplyOutcome& out) const {
        const Plan& plan = out.planned.plan;
        return approved_ == nullptr && out.report.succeeded() &&
               plan.steps.size() > out.report.not_done.size() &&
               (!plan.deferred.empty() || !out.report.appeared.empty()) && out.rounds < kMaxRounds;
    }

    base::Result<void> approve(const Planned& planned, int round) {
        // Nothing to do behind a deferral is no news.
        if (round > 1 && planned.plan.is_empty()) return {};
        const bool is_approved = planned.plan.is_empty() || request_.is_approved;
        const Proposal proposal{.planned = planned, .round = round, .needs_approval = !is_approved};
        observer_.on_plan(proposal);
        if (!is_approved) return observer_.approve(proposal);
        // `--yes` was said without having seen this plan. What makes or changes things can be
        // taken back, a deletion cannot.
        if (round > 1 && lost(planned.plan) != 0) return beyond_advance_approval(planned.plan);
        return {};
    }

    // The writes of runs that carried out this very plan, and of recovery after them, are its own.
    base::Result<void> check_approved(const Planned& planned, state::State& state) {
        const SavedPlan& approved = approved_->plan;
        const auto own_run = [&](std::int64_t run) {
            // Runs before the plan's first cannot be its own; recovery by whichever command came
            // after it only recorded what the plan's run had done.
            if (approved.runs.empty() || run < approved.runs.front()) return false;
            if (std::ranges::find(approved.runs, run) != approved.runs.end()) return true;
            auto detail = state.run(std::to_string(run));
            return detail.ok() && detail->info.command == "recover";
        };
        const state::Key* key = TRY(state.key());
        TRY(check_still_holds(approved, planned.plan, *planned.snapshot, *key, approved_->match,
                              own_run));
        observer_.on_plan({.planned = planned, .round = 1, .needs_approval = false});
        return {};
    }

    base::Result<std::string> saved_for_resume(const Planned& planned, state::State& state) {
        const state::Key* key = TRY(state.key());
        // The same approval goes on, however often it is cut off.
        if (approved_ != nullptr) return to_bytes(approved_->plan, *key);
        return to_bytes(TRY(save(deployment_, planned, request_.plan, nullptr)), *key);
    }

    base::Result<ApplyReport> apply(Planned& planned, state::State& state) {
        // Values that became known are evaluated to their end, unless the second insists.
        const std::stop_callback stops_evaluation(
            stop_.second, [source = planned.evaluation] { source.request_stop(); });
        ApplyOptions options{.command = request_.plan.destroy ? "destroy" : "apply",
                             .environment = deployment_.environment(),
                             .first = stop_.first,
                             .second = stop_.second,
                             .plan_id = {},
                             .plan = {},
                             .stop_on_failure = request_.stop_on_failure,
                             .clock = deployment_.options().clock,
                             .waits = deployment_.options().applying_waits};
        // Used up with the start of the run. A plan that is resumed was used up by the run that
        // died.
        if (approved_ != nullptr && approved_->match == PlanMatch::Same) {
            options.plan_id = approved_->plan.id;
        }
        // In the state and not in a file, so that `run resume` needs nothing but the workspace.
        if (!planned.plan.is_empty()) options.plan = TRY(saved_for_resume(planned, state));
        Programs& programs = *TRY(deployment_.programs());
        provider::ProviderRegistry& registry = *TRY(deployment_.providers());
        const std::set<std::string> agreed = TRY(agreed_rows(planned.snapshot->rows));
        // What its steps start was shown with it, and approved.
        const Programs::Approved approved(programs);
        auto report = engine::apply(planned.plan, planned.late.get(), registry, state,
                                    deployment_.workers(), observer_, options);
        TRY(note_newest(state));
        if (report.ok() && !agreed.empty()) TRY(agree_again(agreed, TRY(state.read()).rows));
        return report;
    }

    // From now on a state that ends before it is an older copy.
    base::Result<void> note_newest(state::State& state) {
        const Trust* trust = TRY(deployment_.trust());
        const auto runs = TRY(state.runs(1));
        if (trust != nullptr && !runs.empty()) {
            trust->note_newest(deployment_.environment(),
                               {.epoch = runs.front().epoch, .run = runs.front().number});
        }
        return {};
    }

    // Addresses whose rows start something when they are looked at, all of it agreed to.
    base::Result<std::set<std::string>> agreed_rows(const std::vector<state::Row>& rows) {
        std::set<std::string> out;
        const provider::ProviderRegistry& registry = *TRY(deployment_.providers());
        for (const state::Row& row : rows) {
            const provider::ResourceType* type = registry.type(row.type);
            if (type == nullptr) continue;
            const auto programs = registry.programs_to_look(*type, row.inputs);
            bool is_agreed = !programs.empty();
            for (const provider::Program& program : programs) {
                is_agreed = is_agreed && TRY(TRY(deployment_.programs())->knows(program));
            }
            if (is_agreed) out.insert(row.address);
        }
        return out;
    }

    // A step may have written a script that another row's `check` runs: that content was shown and
    // approved as well.
    base::Result<void> agree_again(const std::set<std::string>& addresses,
                                   const std::vector<state::Row>& rows) {
        const provider::ProviderRegistry& registry = *TRY(deployment_.providers());
        for (const state::Row& row : rows) {
            if (!addresses.contains(row.address)) continue;
            const provider::ResourceType& type = *registry.type(row.type);
            for (const auto& program : registry.programs_to_look(type, row.inputs)) {
                TRY(TRY(deployment_.programs())->may_start(program));
            }
        }
        return {};
    }

    Deployment& deployment_;
    const ApplyRequest& request_;
    const Approved* approved_;
    Observer& observer_;
    const Stop& stop_;
};

}

base::Result<ApplyOutcome> apply_in_rounds(Deployment& deployment, const ApplyRequest& request,
                                           const Approved* approved, Observer& observer,
                                           const Stop& stop) {
    state::State* state = TRY(deployment.state(state::OpenMode::Write));
    return Rounds(deployment, request, approved, observer, stop).run(*state);
}

}
