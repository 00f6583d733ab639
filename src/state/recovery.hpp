#pragma once

#include "state/batch.hpp"

namespace state {

// What recovery does with an open intent of a run that does not live, once the provider has looked
// (ENGINE §8). Found describes the intent's effect, not the object: Done of a delete means that the
// thing is gone; Absent of an update or a delete means that nothing of it is to be seen.
struct Decision {
    enum class Kind : std::uint8_t {
        WriteDone,         // the row is written, or removed after a delete
        WriteIncomplete,   // there, but not as wanted: the next plan finishes it
        CloseAbsent,       // nothing happened, and nothing can happen any more
        KeepUntil,         // nothing yet, but the request may act until `until`
        KeepRunning,       // still at it
        KeepUnsure,        // cannot be told
    };
    Kind kind = Kind::KeepUnsure;
    StepResult result;    // what to commit, for the first three
    base::Time until;     // KeepUntil
    std::string reason;   // for people: why the address is blocked, or why nothing was written

    bool closes() const { return kind <= Kind::CloseAbsent; }
};

Decision decide(const OpenIntent& open, const provider::LookupResult& found, base::Time now);

// For how long a request of this intent may still act.
std::chrono::milliseconds left_to_act(const OpenIntent& open, base::Time now);

}
