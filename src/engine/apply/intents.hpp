#pragma once

#include "engine/apply/steps_now.hpp"
#include "provider/registry.hpp"
#include "state/record.hpp"

#include <memory>

namespace engine {

// What an intent is made of, beside the step.
struct IntentRequest {
    provider::Action action = provider::Action::Create;
    const provider::ResourceType* type = nullptr;
    const provider::ProviderInstance* instance = nullptr;   // that will be called
    // The row as it is since the step was detached; null: as the plan has it.
    const state::Row* detached = nullptr;
};

// All that is durable before the call: what recovery needs to tell what became of it, and all that
// the row would need (ENGINE §8). Token, run and time are the caller's.
std::shared_ptr<state::OpenIntent> make_intent(const Step& step, const StepNow& now,
                                               const IntentRequest& request);

// Whether nothing outside is touched by it: its result alone is recorded.
bool is_pure(const IntentRequest& request);

// Whether a look beforehand is needed: without tags only that proves later that a thing of this
// name is ours.
bool needs_probe(const IntentRequest& request, const state::OpenIntent& open);

}
