#include "engine/plan/resource.hpp"

#include "base/text.hpp"
#include "value/number/rational.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

std::vector<std::string> strings_of(const value::Value* value) {
    std::vector<std::string> out;
    const value::Value::Array* items = value != nullptr ? value->as_array() : nullptr;
    if (items == nullptr) return out;
    for (const value::Value& item : *items) {
        // Whatever is no text the contract of `lifecycle` has refused.
        if (const std::string* text = item.as_string()) out.push_back(*text);
    }
    return out;
}

bool flag_of(const value::Value* value) {
    return value != nullptr && value->as_bool() != nullptr && *value->as_bool();
}

std::optional<double> seconds_of(const value::Value* value) {
    if (value == nullptr) return std::nullopt;
    if (const std::int64_t* whole = value->as_integer()) return static_cast<double>(*whole);
    if (const value::Rational* exact = value->as_rational()) return exact->to_double();
    return std::nullopt;
}

// A millisecond, as timers count in those: less would be none at all. A week is longer than any
// call may honestly take.
constexpr double kShortestTimeout = 0.001;
constexpr double kLongestTimeout = 7 * 24 * 3600;   // seconds

bool is_timeout(double seconds) {
    return seconds >= kShortestTimeout && seconds <= kLongestTimeout;
}

}

std::optional<LifecycleProblem> check_lifecycle(const provider::ResourceType& type,
                                                const value::Value& value) {
    if (const auto seconds = seconds_of(value.find("timeout")); seconds && !is_timeout(*seconds)) {
        return LifecycleProblem{.message =
                                    "`lifecycle.timeout` is a time in seconds: more than 0, and "
                                    "at most 604800, a week",
                                .help = {}};
    }
    for (const std::string& name : strings_of(value.find("ignore"))) {
        if (type.input(name) != nullptr) continue;
        std::vector<std::string> inputs;
        for (const provider::InputField& field : type.inputs) inputs.push_back(field.name);
        return LifecycleProblem{
            .message = fmt::format("`lifecycle.ignore` names `{}`, which is no input of {}", name,
                                   type.name),
            // A field that is ignored under a wrong name would be changed all the same: that is a
            // mistake, and not a wish for nothing.
            .help = base::did_you_mean(name, std::span<const std::string>(inputs))};
    }
    return std::nullopt;
}

Lifecycle read_lifecycle(const value::Value& value) {
    Lifecycle out;
    out.protect = flag_of(value.find("protect"));
    out.create_first = flag_of(value.find("create_first"));
    out.ignore = strings_of(value.find("ignore"));
    out.after = strings_of(value.find("after"));
    if (const auto seconds = seconds_of(value.find("timeout")); seconds && is_timeout(*seconds)) {
        out.timeout = std::chrono::milliseconds(std::llround(*seconds * 1000));
    }
    return out;
}

// What a row remembers, for the day on which the program has neither of the two any more: the order
// of deletes is made from it.
std::vector<std::string> dependencies(std::vector<std::string> reads,
                                      const std::vector<std::string>& follows,
                                      const Lifecycle& lifecycle) {
    reads.insert(reads.end(), follows.begin(), follows.end());
    reads.insert(reads.end(), lifecycle.after.begin(), lifecycle.after.end());
    std::ranges::sort(reads);
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
    return reads;
}

const value::Value& Resource::lifecycle_value() const {
    static const value::Value kNone;
    // What the program says counts at once, also for the plan that applies it first.
    if (desired) return desired->lifecycle;
    return recorded.row != nullptr ? recorded.row->lifecycle : kNone;
}

Resource& ResourceTable::add(std::string address) {
    Resource& resource = resources_.emplace_back();
    resource.address = std::move(address);
    return resource;
}

void ResourceTable::name(ResourceIndex index) { by_address_[resources_[index].address] = index; }

void ResourceTable::bind(value::InstanceId instance, ResourceIndex index) {
    if (instance >= by_instance_.size()) {
        // Instances are found one by one and in order: grow by more than one at a time.
        by_instance_.resize(std::max<std::size_t>(instance + 1, by_instance_.size() * 2),
                            kNoResource);
    }
    by_instance_[instance] = index;
}

ResourceIndex ResourceTable::find(std::string_view address) const {
    const auto found = by_address_.find(std::string(address));
    // An older generation is in the table without a name, so that this is always the one that the
    // program means.
    return found != by_address_.end() ? found->second : kNoResource;
}

ResourceIndex ResourceTable::find(value::InstanceId instance) const {
    return instance < by_instance_.size() ? by_instance_[instance] : kNoResource;
}

std::vector<std::string> ResourceTable::read_addresses(const Resource& resource) const {
    std::vector<std::string> out;
    if (!resource.desired) return out;
    out.reserve(resource.desired->reads.size());
    for (const ResourceIndex owner : resource.desired->reads) {
        out.push_back(resources_[owner].address);
    }
    // By address, as indexes are in the order of evaluation, which differs from run to run.
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> ResourceTable::followed_addresses(const Resource& resource) const {
    std::vector<std::string> out;
    if (!resource.desired) return out;
    for (const ResourceIndex owner : resource.desired->follows) {
        out.push_back(resources_[owner].address);
    }
    return out;
}

std::vector<std::string> ResourceTable::dependencies_of(const Resource& resource) const {
    return dependencies(read_addresses(resource), followed_addresses(resource), resource.lifecycle);
}

Decisions Decisions::of(const ResourceTable& table) {
    Decisions out;
    out.actions.reserve(table.size());
    out.blocked.reserve(table.size());
    for (const Resource& resource : table) {
        out.actions.push_back(resource.difference.action);
        out.blocked.push_back(resource.difference.blocked != Difference::Blocked::No);
    }
    return out;
}

void Decisions::block(ResourceIndex index) {
    // No step, but not unchanged either: who counts looks at both.
    actions[index] = StepAction::None;
    blocked[index] = true;
}

}
