#pragma once

#include "engine/plan/plan.hpp"
#include "engine/plan/refresh.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// What the stages of planning hand to each other about one resource. Each part is the result of one
// stage, and only that stage makes it.
namespace engine {

// The reserved input `lifecycle`, read.
struct Lifecycle {
    bool protect = false;
    bool create_first = false;
    std::vector<std::string> ignore;   // inputs
    std::vector<std::string> after;    // addresses
    std::optional<std::chrono::milliseconds> timeout;
};
struct LifecycleProblem {
    std::string message;
    std::string help;
};
// What is wrong with it for this type.
std::optional<LifecycleProblem> check_lifecycle(const provider::ResourceType& type,
                                                const value::Value& value);
Lifecycle read_lifecycle(const value::Value& value);

// Addresses of what it reads or follows and what it comes after, sorted, each once.
std::vector<std::string> dependencies(std::vector<std::string> reads,
                                      const std::vector<std::string>& follows,
                                      const Lifecycle& lifecycle);

using ResourceIndex = std::uint32_t;   // into a ResourceTable
inline constexpr ResourceIndex kNoResource = UINT32_MAX;

// An output that is read, and that whoever writes its relation changes too.
struct SharedRead {
    ResourceIndex owner = kNoResource;
    const provider::OutputField* output = nullptr;   // of the owner's type
};

// Of collect: what the program wants of an instance.
struct Desired {
    value::InstanceId instance = 0;
    value::Value inputs;      // without the reserved ones; null where they could not be had
    value::Value lifecycle;   // as given
    std::vector<ResourceIndex> reads;     // whose cells it touched, ascending
    std::vector<ResourceIndex> follows;   // of which it reads an input: it is only ordered by them
    std::vector<ResourceIndex> needed;    // of them: whose change gives it a value that it reads
    std::vector<SharedRead> shared;
    bool waits_for_fresh_only = false;   // all unknown cells it touched are ids of new things
    provider::ProviderInstance* link = nullptr;   // null where there is none to be had
};

// Of refresh: what is recorded, and what was seen of it.
struct Recorded {
    const state::Row* row = nullptr;           // none: not in the state
    const state::OpenIntent* open = nullptr;   // undecided
    RefreshResult* looked = nullptr;   // of the row; filled in by the look at its connection
    provider::ProviderInstance* link = nullptr;   // of a row that left the program
    bool is_superseded = false;                   // an older generation
};

// Of diff: what is to happen to it, all others left aside.
struct Difference {
    enum class Blocked : std::uint8_t {
        No,
        Undecided,
        Orphaned,
        Unlisted,
        Deferred,     // whether it is wanted is not known
        Connection,   // what it goes through is not known
    };

    StepAction action = StepAction::None;
    provider::PlannedChange change;   // its outputs are what the cells are set to
    std::optional<Cause> cause;       // one that no input tells
    bool is_refused = false;          // a problem was told
    Blocked blocked = Blocked::No;
};

struct Resource {
    std::string address;
    const provider::ResourceType* type = nullptr;   // wanted; of the row when it left the program
    Lifecycle lifecycle;                            // of the program, else of the row
    std::optional<Desired> desired;                 // none: not in the program
    Recorded recorded;
    Difference difference;

    // As given in the program, else as recorded.
    const value::Value& lifecycle_value() const;
    // Whether anything that reads an output may have to wait for this resource.
    bool has_unknown_outputs() const { return difference.change.outputs.has_unknown(); }
};

// All resources of the program and of the state, by index; indices stay.
class ResourceTable {
public:
    Resource& add(std::string address);
    // Finds it by its address from now on: of several generations, the newest.
    void name(ResourceIndex index);
    void bind(value::InstanceId instance, ResourceIndex index);

    std::size_t size() const { return resources_.size(); }
    ResourceIndex last() const { return static_cast<ResourceIndex>(resources_.size() - 1); }
    Resource& operator[](ResourceIndex index) { return resources_[index]; }
    const Resource& operator[](ResourceIndex index) const { return resources_[index]; }
    // Or kNoResource.
    ResourceIndex find(std::string_view address) const;
    ResourceIndex find(value::InstanceId instance) const;

    auto begin() const { return resources_.begin(); }
    auto end() const { return resources_.end(); }

    // Addresses of what it reads, sorted.
    std::vector<std::string> read_addresses(const Resource& resource) const;
    // Of those of which it reads inputs only.
    std::vector<std::string> followed_addresses(const Resource& resource) const;
    // What it reads, follows and comes after, sorted.
    std::vector<std::string> dependencies_of(const Resource& resource) const;

private:
    std::deque<Resource> resources_;   // they stay where they are: a vector would move all of them
    std::unordered_map<std::string, ResourceIndex> by_address_;
    std::vector<ResourceIndex> by_instance_;
};

// Of select and block: which of the changes the plan does.
struct Decisions {
    std::vector<StepAction> actions;   // by resource; None where it is blocked
    std::vector<bool> blocked;         // by resource
    std::vector<bool> create_first;    // by resource, of those that are replaced
    std::vector<Blocked> reasons;      // for people
    std::vector<std::string> left_out;

    // Before anything is taken out of it.
    static Decisions of(const ResourceTable& table);
    void block(ResourceIndex index);
};

}
