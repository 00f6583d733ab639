#pragma once

#include "engine/plan/plan.hpp"
#include "engine/plan/problems.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Evaluation after values arrive (ENGINE §3, §5). While a plan is applied, outputs become known;
// what touched them is evaluated again, and compared again with what is recorded.
namespace engine {

// A step of the plan as it is with the values that are known now.
struct LateStep {
    std::string address;
    StepAction action = StepAction::None;
    bool failed = false;                // its inputs are refused
    std::vector<std::string> changed;   // top-level inputs
    value::Value inputs;
    value::Value outputs;
    value::Value lifecycle;
    std::vector<std::string> reads;   // addresses, sorted
};

// The evaluation that a plan came from, for whoever applies it. Coordinating thread only.
class LateEvaluation {
public:
    virtual ~LateEvaluation() = default;

    // The outputs of a resource are known. Tells whether there is anything to evaluate on; then
    // call advance() after the batch of results.
    virtual bool set_outputs(std::string_view address, const value::Value& outputs) = 0;

    struct Advance {
        std::vector<LateStep> steps;           // have inputs again, with the change computed anew
        std::vector<Problem> problems;         // the evaluation of these failed
        std::vector<std::string> appeared;     // changes that no plan has shown
        std::optional<value::Value> outputs;   // of the program, if told again
        // The platform was asked about something: until advance() tells the rest, what may change
        // because of it is not known, and nothing new may be begun.
        bool is_waiting = false;
    };
    // Does not wait for the platform.
    virtual Advance advance() = 0;
    // Nothing more will be done: the next advance() tells the outputs, and what appeared, with
    // what is known, though it also rests on what did not come to be known. False: there is none.
    virtual bool catch_up() = 0;
    // Called by some thread each time that advance(), which was waiting, has more to tell.
    virtual void on_answer(std::function<void()> wake) = 0;

    // Where the input is written; of one that is given nowhere, or of "", where the resource is.
    // File "" for what is not in the program.
    virtual value::InputPlace place_of(std::string_view address, std::string_view input) const = 0;
};

}
