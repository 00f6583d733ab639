#pragma once

#include "base/result.hpp"
#include "state/batch.hpp"
#include "value/address.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace state {

// What the plan read and relies on: the version of a row, or that the address has no row at all.
struct Expected {
    std::string address;
    std::uint64_t generation = 0;
    std::optional<Version> version;   // none: no row of any generation
};

struct RunRequest {
    std::string command;                  // "apply", "state rm", "recover"
    std::vector<std::string> addresses;   // whose rows and intents it may write
    std::vector<Expected> expected;
    std::string plan_id;     // of a saved plan: consumed by this run, once
    std::string plan;        // any bytes: what `run resume` needs if this run dies
    bool refreshed = true;   // the plan looked at the real things first
    bool recovers = false;   // may take addresses that have open intents of ended runs
    // Done with the begin of the run, after `expected` was checked: that names rows as they were.
    // Takes the leases of all addresses, as any row may refer to what is moved.
    std::vector<value::AddressMove> moves = {};
};

struct FinishReport {
    std::string backup;    // path of the backup made; "" when none was due
    std::string warning;   // why there is none although one was due; for people
};

// A run in progress: owns the leases of its addresses and the lock that says that it lives. The one
// writer; belongs to the thread that began it. Destroyed without finish(), or killed, it counts as
// dead at that instant, and its open intents wait for recovery.
class Run {
public:
    virtual ~Run() = default;

    virtual std::int64_t number() const = 0;
    virtual const std::string& id() const = 0;
    // For a new intent: unique everywhere, [0-9a-z-], at most 40 characters.
    virtual std::string new_token() = 0;

    // More addresses (beyond a deferral), with the errors of State::begin_run. Durable.
    virtual base::Result<void> extend(std::span<const std::string> addresses,
                                      std::span<const Expected> expected) = 0;

    // Before the first call of an intent is made. Not durable, and cheap: it outlives the process,
    // and tells recovery on this start of the machine which intents had no effect for certain.
    virtual void note_begun(std::string_view token) = 0;

    // Durable as a whole when it returns; otherwise nothing of it is written, and the batch may be
    // committed again. CannotWrite: no room, or read-only. Conflict: a lease is not ours
    // any more; nothing of this run may be written again.
    virtual base::Result<void> commit(const Batch& batch) = 0;

    // Ends the run: gives the leases back, prunes a bounded part of what the history policy lets
    // go, writes a backup if anything was written and one is due, trims files.
    // The lock is held until destruction. Intents may be open: then they are for recovery. A run
    // that wrote nothing, and is not worth a line in the list, leaves no trace with `discard`.
    virtual base::Result<FinishReport> finish(RunStatus status, std::string_view summary_json) = 0;
    virtual base::Result<void> discard() = 0;
};

}
