#include "engine/apply/intents.hpp"

#include "engine/plan/resource.hpp"

namespace engine {

std::shared_ptr<state::OpenIntent> make_intent(const Step& step, const StepNow& now,
                                               const IntentRequest& request) {
    const provider::ResourceType& type = *request.type;
    const provider::Capabilities& capabilities = request.instance->connection->capabilities();
    // An intent has everything that its row will need, because recovery has no program: the folder
    // may have changed or the program may not evaluate any more when it is asked what became of
    // the call.
    const bool removes = request.action == provider::Action::Delete;
    auto open = std::make_shared<state::OpenIntent>();
    provider::Intent& intent = open->intent;
    intent.address = step.address;
    intent.action = request.action;
    intent.type = type.name;
    // A create with a key of the program's choosing (a path, a name) can be looked for by it where
    // there are no tags. Others get their key from the platform, and are found by their token
    // alone.
    if (request.action == provider::Action::Create) {
        intent.generation = step.generation;
        const value::Value* key =
            type.input(type.key) != nullptr ? now.inputs->find(type.key) : nullptr;
        if (key != nullptr && key->as_string() != nullptr) intent.key = *key->as_string();
    } else {
        intent.generation = step.recorded->generation;
        intent.key = step.recorded->key;
        const state::Row& row = request.detached != nullptr ? *request.detached : *step.recorded;
        intent.prior = row.inputs;
        intent.prior_outputs = row.outputs;
    }
    // A delete goes by what is recorded, through the connection that made it: the program may not
    // have the resource any more, or may have moved it to another account.
    intent.inputs = removes ? step.recorded->inputs : *now.inputs;
    open->connection = removes ? step.recorded->connection : request.instance->record;
    open->lifecycle = *now.lifecycle;
    const Lifecycle lifecycle = read_lifecycle(*now.lifecycle);
    open->dependencies =
        removes ? step.recorded->dependencies : dependencies(*now.reads, step.follows, lifecycle);
    // How long the request may be on its way: recovery waits that long before "it is not there"
    // means that it did not happen. A `timeout` of the resource lengthens that too.
    open->call_deadline = lifecycle.timeout.value_or(capabilities.call_deadline);
    open->effect_lag = capabilities.effect_lag;
    open->effects_die_with_process = capabilities.effects_die_with_process;
    return open;
}

bool is_pure(const IntentRequest& request) {
    return !request.type->outside_effects ||
           !request.instance->connection->capabilities().outside_effects;
}

// With tags the thing itself says whose it is, which is stronger and costs no call. Without a key
// there is nothing to look at. An update or delete goes by a key that the state already knows.
bool needs_probe(const IntentRequest& request, const state::OpenIntent& open) {
    return request.action == provider::Action::Create && !is_pure(request) &&
           !request.instance->connection->capabilities().tags && !open.intent.key.empty();
}

}
