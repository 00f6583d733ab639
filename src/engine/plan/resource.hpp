#pragma once

#include "engine/plan/plan.hpp"
#include "provider/registry.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace engine {

struct RefreshResult;

// The reserved input `lifecycle`, read.
struct Lifecycle {
    bool protect = false;
    bool create_first = false;
    std::vector<std::string> ignore;   // inputs
    std::vector<std::string> after;    // addresses
    std::optional<std::chrono::milliseconds> timeout;
};
Lifecycle read_lifecycle(const value::Value& value);

// Addresses of what it reads and comes after, sorted, each once.
std::vector<std::string> dependencies(std::vector<std::string> reads, const Lifecycle& lifecycle);

// One thing as the planner knows it: what the program wants, what is recorded, what was seen.
struct Resource {
    std::string address;
    const provider::ResourceType* type = nullptr;     // wanted; of the row when it left the program
    std::optional<value::InstanceId> instance;        // none: not in the program
    const state::Row* row = nullptr;                  // none: not in the state
    const state::OpenIntent* open = nullptr;          // undecided: blocked
    RefreshResult* looked = nullptr;                  // of the row
    provider::ProviderInstance* link = nullptr;       // of what is wanted
    provider::ProviderInstance* row_link = nullptr;   // of what is recorded; null until needed

    value::Value inputs;   // wanted, without the reserved ones
    value::Value lifecycle_value;
    Lifecycle lifecycle;                 // of the program, else of the row
    std::vector<std::uint32_t> reads;    // resources whose cells it touched
    bool waits_for_fresh_only = false;   // all unknown cells it touched are ids of new things

    StepAction action = StepAction::None;
    provider::PlannedChange change;   // its outputs are what the cells were set to
    std::vector<bool> cell_known;     // as planning set the cells, by output
    std::vector<Cause> causes;
    bool superseded = false;   // an older generation
    bool failed = false;       // a problem was reported for it
    bool blocked = false;
    bool was_blocked = false;   // although it was to be changed
    std::uint32_t step = Order::kNone;

    // Whether anything that reads an output may have to wait for this resource.
    bool has_unknown_outputs() const { return change.outputs.has_unknown(); }
};

}
