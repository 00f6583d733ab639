#pragma once

#include "state/record.hpp"

#include <string>
#include <vector>

// What a run writes: one batch is one durable transaction (ENGINE §8, group commit).
namespace state {

// What a finished step, or recovery, changes.
struct StepResult {
    enum class Kind : std::uint8_t {
        Write,    // `row` as given, in place of the row of its (address, generation)
        Remove,   // the thing is confirmed gone; only address and generation of `row` matter
        Keep,     // no row changes: the intent is closed, that is all
    };
    Kind kind = Kind::Keep;
    Row row;
    std::string token;   // the intent that this closes; "" where there was none
    // Of the intent. One that ended otherwise than Done is kept for `run show`, without its values.
    Outcome outcome = Outcome::Done;
    bool unfinished = false;   // of Keep: the row stays, as of what is not complete
};

// An open intent goes into another phase, or has been given a handle to poll with.
struct PhaseChange {
    std::string token;
    std::string phase;
    std::string handle;
};

struct Batch {
    std::vector<OpenIntent> open;   // durable before their calls are made
    std::vector<PhaseChange> phases;
    std::vector<StepResult> results;
    std::vector<StepRecord> steps;   // only what is not plain success

    bool empty() const {
        return open.empty() && phases.empty() && results.empty() && steps.empty();
    }
};

// The results of a batch that could not be written, for people: one JSON line each, no secrets.
std::string readable(const Batch& batch);

}
