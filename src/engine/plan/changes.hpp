#pragma once

#include "engine/plan/plan.hpp"
#include "provider/provider.hpp"

#include <string>
#include <string_view>
#include <vector>

// Comparing records of inputs, for people and for drift.
namespace engine {

// Adds what differs between two values, down to the innermost records and the elements of lists; by
// their type, where there is one, only what does not mean the same. Absent, null and empty are
// three things.
void add_value_changes(std::vector<FieldChange>& changes, const std::string& path,
                       const value::Value* before, const value::Value* after, bool forces,
                       const provider::FieldType* type = nullptr);
// The same of a whole input, which is null where it is not given.
void add_changes(std::vector<FieldChange>& changes, const std::string& path,
                 const value::Value* before, const value::Value* after, bool forces,
                 const provider::FieldType* type = nullptr);

// All inputs of something that is made (`is_new`) or goes away.
std::vector<FieldChange> whole_changes(const value::Value& inputs, bool is_new);

// What the platform shows otherwise than recorded: inputs that are read back, and outputs.
std::vector<FieldChange> drift_changes(const provider::ResourceType& type,
                                       const value::Value& recorded_inputs,
                                       const value::Value& recorded_outputs,
                                       const provider::ObservedResource& seen);

// A merge may have added fields behind the contract: what of these inputs the schema refuses.
struct InputProblem {
    std::string input;
    std::string message;
    std::string help;
};
std::vector<InputProblem> check_inputs(const provider::ResourceType& type,
                                       const value::Value& inputs);

}
