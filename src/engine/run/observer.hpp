#pragma once

#include "engine/apply/apply.hpp"
#include "engine/apply/recovery.hpp"
#include "engine/plan/refresh.hpp"

#include <string>
#include <vector>

namespace engine {

struct Planned;

// A plan that is about to be applied.
struct Proposal {
    const Planned& planned;
    int round = 1;                // above 1: with values that an earlier round has made known
    bool needs_approval = true;   // not given in advance, nor by a saved plan
};

// One round of an apply has ended.
struct RoundEvent {
    int number = 1;
    const ApplyReport& report;   // its counts are those of all rounds so far
    bool goes_on = false;        // another follows
};

// Hears how an entry goes, and decides what has to be approved. All calls come from the thread that
// called the entry; what is handed in is gone afterwards. The events of steps are ApplyListener's.
class Observer : public ApplyListener {
public:
    // What became of an intent that a dead run left open.
    virtual void on_recovered(const Recovered&) {}
    // An intent that a dead run left open stays so, as the state cannot be written.
    virtual void on_not_recovered(const state::OpenIntent&) {}
    // What run `run` was at when it died may still act: it is asked about again at `until`.
    virtual void on_recovery_wait(std::int64_t /*run*/, base::Time /*until*/) {}
    // Things that were recorded because it was asked for.
    virtual void on_adopted(const std::vector<state::Row>&) {}
    virtual void on_refresh(const RefreshEvent&) {}
    // A few times a second while the plan waits for what it asked.
    virtual void on_ask(const AskEvent&) {}
    // Of a saved plan: files that are not as they were; its own copies are used.
    virtual void on_changed_sources(const std::vector<std::string>&) {}
    virtual void on_plan(const Proposal&) {}
    // An error says that it is not approved (NotApproved), or why nobody could be asked.
    virtual base::Result<void> approve(const Proposal& proposal);
    virtual void on_round(const RoundEvent&) {}
};

}
