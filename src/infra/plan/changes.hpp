#pragma once

#include "infra/plan/plan.hpp"
#include "infra/provider.hpp"

#include <string>
#include <string_view>
#include <vector>

// Comparing records of inputs, for people and for drift.
namespace infra {

// Adds what differs between two values, down to the innermost records and arrays of equal length.
void add_changes(std::vector<FieldChange>& changes, const std::string& path, const Value* before,
                 const Value* after, bool forces);

// The differences of these top-level inputs.
std::vector<FieldChange> field_changes(const std::vector<std::string>& inputs, const Value& before,
                                       const Value& after, const std::vector<std::string>& forcing);

// All inputs of something that is made (`is_new`) or goes away.
std::vector<FieldChange> whole_changes(const Value& inputs, bool is_new);

// What the platform shows otherwise than recorded: inputs that are read back, and outputs.
std::vector<FieldChange> drift_changes(const ResourceType& type, const Value& recorded_inputs,
                                       const Value& recorded_outputs, const Seen& seen);

// A merge may have added fields behind the contract: what of these inputs the schema refuses.
struct InputProblem {
    std::string input;
    std::string message;
    std::string help;
};
std::vector<InputProblem> check_inputs(const ResourceType& type, const Value& inputs);

}
