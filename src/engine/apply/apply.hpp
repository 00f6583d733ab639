#pragma once

#include "base/clock.hpp"
#include "engine/late/late.hpp"
#include "engine/plan/plan_json.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace base {
class Patience;
class WorkerPool;
}

// Running an approved plan (ENGINE §5, §8, §9).
namespace engine {

// Something that happened to a step while applying. A replace is told twice, once for each half.
struct StepEvent {
    enum class Kind : std::uint8_t {
        Started,
        Waiting,   // the platform works on it; told when it begins to
        Done,
        Unchanged,   // with values now known there was nothing to do
        Failed,
        Unsure,    // failed, and what is there cannot be told: the intent stays open
        Refused,   // would have done more than was approved
        Skipped,   // not begun, because of something it waits for
    };
    Kind kind = Kind::Started;
    const Step* step = nullptr;
    provider::Action action = provider::Action::Create;   // what was called for
    bool detaches = false;                     // from what goes away; the real update follows
    std::string message;                       // for people
    std::string help;                          // what to do about it, or ""
    std::optional<base::Advice> advice = {};   // what to do next, as data
    std::optional<base::Code> code = {};       // of a failure that is an error
    value::InputPlace place;   // of a failure: where what it is about is written, if known
    std::chrono::nanoseconds took{0};
};
std::string_view name_of(StepEvent::Kind kind);

// Hears of events on the coordinating thread. `idle` is called a few times a second while waiting.
class ApplyListener {
public:
    virtual ~ApplyListener() = default;
    virtual void on_begin(const Plan&, const state::Run&) {}
    virtual void on_step(const StepEvent&) {}
    virtual void idle() {}
};

struct ApplyOptions {
    std::string command = "apply";
    std::string environment = "default";
    std::stop_token first;          // nothing new starts
    std::stop_token second;         // waiting ends
    std::string plan_id;            // of a saved plan, which this consumes
    std::string plan;               // what `run resume` needs, if this run dies
    bool stop_on_failure = false;   // otherwise what does not depend on it goes on
    const base::Clock* clock = nullptr;
    std::shared_ptr<base::Patience> waits = nullptr;   // what calls wait for
};

struct ApplyReport {
    Done counts;
    std::vector<StepEvent> not_done;      // failed, refused, skipped, unsure; owned texts
    std::vector<std::string> appeared;    // addresses that no plan has shown
    std::vector<std::string> unwritten;   // results that never became durable, as JSON lines
    std::optional<value::Value> outputs;
    std::optional<base::Error> fatal;   // state could not be written, a lease was lost
    std::vector<std::string> warnings;
    std::int64_t run = 0;
    bool interrupted = false;

    bool succeeded() const { return !fatal && !interrupted && not_done.empty(); }
};

// Runs the plan. An error: nothing was begun (Busy, OutOfDate, CannotWrite …). `late` is the
// evaluation that the plan came from; null where all of it is known.
base::Result<ApplyReport> apply(const Plan& plan, LateEvaluation* late,
                                provider::ProviderRegistry& registry, state::State& state,
                                base::WorkerPool& workers, ApplyListener& listener,
                                const ApplyOptions& options);

// What the records of events say of a failure: its code, help, advice and place, where there is
// any. `help` is the event's own, or what the caller makes of it and the advice.
void set_why(json::Object& record, const StepEvent& event, std::string_view help);
// The document that `apply --json` ends with: that of the plan, with what was done.
std::string report_json(const Plan& plan, const PlanJsonOptions& options,
                        const ApplyReport& report);

}
