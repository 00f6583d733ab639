#pragma once

#include "engine/late/late.hpp"
#include "engine/plan/plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace engine {

// A step as it is with the values known so far. Borrowed from StepsNow.
struct StepNow {
    StepAction action = StepAction::None;
    bool failed = false;
    const std::vector<std::string>* changed = nullptr;
    const value::Value* inputs = nullptr;
    const value::Value* outputs = nullptr;
    const value::Value* lifecycle = nullptr;
    const std::vector<std::string>* reads = nullptr;
};

// The steps of a plan while it is run: as planned, until late values told otherwise. The plan has
// to outlive it.
class StepsNow {
public:
    explicit StepsNow(const Plan& plan) : plan_(plan), late_(plan.steps.size()) {}

    StepNow operator[](std::uint32_t step) const {
        const Step& planned = plan_.steps[step];
        const LateStep* late = late_[step].get();
        if (late == nullptr) {
            return {.action = planned.action,
                    .failed = false,
                    .changed = &planned.changed,
                    .inputs = &planned.inputs,
                    .outputs = &planned.outputs,
                    .lifecycle = &planned.lifecycle,
                    .reads = &planned.reads};
        }
        return {.action = late->action,
                .failed = late->failed,
                .changed = &late->changed,
                .inputs = &late->inputs,
                .outputs = &late->outputs,
                .lifecycle = &late->lifecycle,
                .reads = &late->reads};
    }

    void take(std::uint32_t step, LateStep late) {
        late_[step] = std::make_unique<LateStep>(std::move(late));
    }

private:
    const Plan& plan_;
    std::vector<std::unique_ptr<LateStep>> late_;   // null: as planned
};

}
