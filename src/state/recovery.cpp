#include "state/recovery.hpp"

#include "base/check.hpp"
#include "base/probe.hpp"

#include <algorithm>
#include <utility>

namespace state {
namespace {

// How long a request whose process has died may be on its way.
constexpr std::chrono::milliseconds kUnderWay = std::chrono::seconds(10);

StepResult result_of(const OpenIntent& open, StepResult::Kind kind, Outcome outcome) {
    StepResult result;
    result.kind = kind;
    result.row.address = open.intent.address;
    result.row.generation = open.intent.generation;
    result.token = open.intent.token;
    result.outcome = outcome;
    return result;
}

// The outputs of an update that the provider cannot show are those from before.
// Empty for a create, whose `prior_outputs` there are none of: `done` and `partial` refuse that.
provider::ObservedResource seen_or_recorded(const OpenIntent& open,
                                            const provider::LookupResult& found) {
    if (found.seen) return *found.seen;
    provider::ObservedResource seen;
    seen.key = open.intent.key;
    seen.outputs = open.intent.prior_outputs;
    return seen;
}

Decision keep(Decision::Kind kind, std::string reason) {
    Decision decision;
    decision.kind = kind;
    decision.reason = std::move(reason);
    return decision;
}

// Of what was not made to its end: as it is, not as it was wanted, or the next plan takes our own
// half of it for somebody else's.
void take_seen(value::Value& inputs, const provider::Intent& intent,
               const provider::ObservedResource& seen) {
    const value::Value::Record* wanted = intent.inputs.as_record();
    if (wanted == nullptr) return;
    for (const auto& [name, value] : *wanted) {
        const value::Value* is = seen.inputs.find(name);
        if (is == nullptr || is->same_as(value)) continue;
        value::Value now = *is;
        if (value.is_secret()) now.mark_secret();
        inputs.set(name, std::move(now));
    }
}

Decision write(const OpenIntent& open, const provider::LookupResult& found, bool complete) {
    base::probe(complete ? "recovery: it was done" : "recovery: it was done in part");
    Decision decision;
    decision.kind = complete ? Decision::Kind::WriteDone : Decision::Kind::WriteIncomplete;
    decision.reason = found.reason;
    // A part closes its intent as failed; the row says that it is not complete, and the next plan
    // goes on from there as from any difference.
    decision.result =
        result_of(open, StepResult::Kind::Write, complete ? Outcome::Done : Outcome::Failed);
    decision.result.row = row_of(open, seen_or_recorded(open, found));
    decision.result.row.complete = complete;
    if (!complete && found.seen) take_seen(decision.result.row.inputs, open.intent, *found.seen);
    return decision;
}

Decision done(const OpenIntent& open, const provider::LookupResult& found) {
    // Done of a delete is that the thing is gone: a row leaves only with that.
    if (open.intent.action == provider::Action::Delete) {
        base::probe("recovery: it was deleted");
        Decision decision;
        decision.kind = Decision::Kind::WriteDone;
        decision.result = result_of(open, StepResult::Kind::Remove, Outcome::Done);
        return decision;
    }
    // Without its key there can be no row. To say that it does not exist would make it a second
    // time.
    if (open.intent.action == provider::Action::Create && !found.seen) {
        return keep(Decision::Kind::KeepUnsure, "it exists, but its provider does not show it");
    }
    return write(open, found, true);
}

// A thing that is half deleted is still there: its row stays, and the next plan deletes the rest.
// The row has its key and outputs, which may be wrong by now; refresh sees that before the next
// plan.
Decision partial(const OpenIntent& open, const provider::LookupResult& found) {
    if (open.intent.action == provider::Action::Delete) {
        Decision decision;
        decision.kind = Decision::Kind::WriteIncomplete;
        decision.reason = found.reason;
        decision.result = result_of(open, StepResult::Kind::Keep, Outcome::Failed);
        return decision;
    }
    if (open.intent.action == provider::Action::Create && !found.seen) {
        return keep(Decision::Kind::KeepUnsure, "a part of it exists, but cannot be shown");
    }
    return write(open, found, false);
}

// The one decision that time takes part in. "Not there" is true of the moment of the look. A
// request that was sent just before the process died may wait in a queue of the platform and act a
// minute later: closed too early, the next plan would make the thing again, and there would be
// two.
Decision absent(const OpenIntent& open, const provider::LookupResult& found, base::Time now) {
    const std::chrono::milliseconds left = left_to_act(open, now);
    if (left.count() > 0) {
        base::probe("recovery: the request may still act");
        Decision decision = keep(Decision::Kind::KeepUntil, "the request may still act");
        decision.until = now + left;
        return decision;
    }
    Decision decision;
    base::probe("recovery: it was not done");
    // Nothing was done and nothing can be: the intent goes, rows stay as they were.
    decision.kind = Decision::Kind::CloseAbsent;
    decision.reason = found.reason;
    decision.result = result_of(open, StepResult::Kind::Keep, Outcome::Absent);
    // Of what was to be seen nothing is there, but a call before may have prepared it (a server
    // that was shut down): the next plan takes that for ours, and not for somebody else's.
    decision.result.unfinished = open.intent.action == provider::Action::Update && open.run_died &&
                                 !open.never_begun && !open.effects_die_with_process;
    return decision;
}

}

std::chrono::milliseconds left_to_act(const OpenIntent& open, base::Time now) {
    using std::chrono::milliseconds;
    // A local program's effects end with its process, and that has ended.
    if (open.never_begun) base::probe("recovery: it was never begun");
    if (open.effects_die_with_process || open.never_begun) return milliseconds(0);
    // A worker may have sent the request at any moment while the run lived; its death ended that.
    // Where it is told how long it is dead, clocks that were wrong meanwhile do not matter, and a
    // call has no time left: what the network still holds of it arrives within seconds.
    if (open.over_for) {
        const milliseconds under_way = std::min(open.call_deadline, kUnderWay);
        return std::max(milliseconds(0), under_way + open.effect_lag - *open.over_for);
    }
    // Elsewhere it may live on. Example: intent at 12:00:00, its run ended at 12:03:00, calls
    // bounded by 5 minutes, lag 10 s: until 12:08:10 "absent" means wait.
    const base::Time last_sent = std::max(open.opened, open.run_ended.value_or(open.opened));
    const auto over = std::chrono::floor<milliseconds>(now - last_sent);
    return std::max(milliseconds(0), open.call_deadline + open.effect_lag - over);
}

Decision decide(const OpenIntent& open, const provider::LookupResult& found, base::Time now) {
    // Nobody decides about what somebody is at. A run on another machine counts as that, as its
    // lock cannot be seen from here.
    if (open.run_live) {
        return keep(Decision::Kind::KeepRunning,
                    open.elsewhere.empty()
                        ? std::string("its run is at work")
                        : "its run was begun on " + open.elsewhere + " and may be at work there");
    }
    switch (found.kind) {
        case provider::LookupResult::Kind::Done: return done(open, found);
        case provider::LookupResult::Kind::Partial: return partial(open, found);
        // No horizon is needed: the platform knows of it, so asking again will be answered
        // otherwise one day.
        case provider::LookupResult::Kind::Running:
            base::probe("recovery: it is still going on");
            return keep(Decision::Kind::KeepRunning, "it is still going on");
        // A foreign object says nothing of ours: the request may still be on its way.
        case provider::LookupResult::Kind::Foreign:
        case provider::LookupResult::Kind::Absent: return absent(open, found, now);
        // Stays until somebody can tell, be it a person (`state resolve`): a wrong guess would
        // make a thing twice or forget one, and both are worse than an address that is blocked.
        case provider::LookupResult::Kind::Unsure:
            base::probe("recovery: nobody can tell");
            return keep(Decision::Kind::KeepUnsure,
                        found.reason.empty() ? "it cannot be told what happened" : found.reason);
    }
    UNREACHABLE();
}

}
