#include "base/text.hpp"
#include "engine/plan/addresses.hpp"
#include "engine/plan/planner.hpp"

#include <fmt/core.h>

#include <algorithm>

// A part of the plan: --only and --except, with what each implies.
namespace engine {
namespace {

bool is_under_any(std::string_view address, const std::vector<std::string>& places) {
    return std::any_of(places.begin(), places.end(),
                       [&](const std::string& place) { return is_under(address, place); });
}

}

void Planner::check_choice(const std::vector<std::string>& chosen, std::string_view option) {
    for (const std::string& place : chosen) {
        bool found =
            std::any_of(resources_.begin(), resources_.end(), [&](const Resource& resource) {
                return is_under(resource.address, place);
            });
        if (found) continue;
        std::vector<std::string> addresses;
        for (const Resource& resource : resources_) {
            const std::string& address = resource.address;
            for (std::size_t dot = address.find('.'); dot != std::string::npos;
                 dot = address.find('.', dot + 1)) {
                addresses.push_back(address.substr(0, dot));
            }
            addresses.push_back(address);
        }
        problems_.push_back(
            {.address = place,
             .diagnostic = {},
             .message = fmt::format("{} {}: there is no such resource or group", option, place),
             .help = base::did_you_mean(place, addresses),
             .place = {},
             .exit_code = 64});
    }
}

// What is asked for, with the changes of all that it reads, and those that a removal waits for.
std::vector<bool> Planner::closure_of_only() const {
    std::vector<std::vector<std::uint32_t>> depended_on(resources_.size());
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        if (resources_[i].row == nullptr) continue;
        for (const std::string& address : resources_[i].row->dependencies) {
            auto owner = by_address_.find(address);
            if (owner != by_address_.end()) depended_on[owner->second].push_back(i);
        }
    }
    std::vector<bool> chosen(resources_.size(), false);
    std::vector<std::uint32_t> work;
    auto choose_one = [&](std::uint32_t index) {
        if (chosen[index]) return;
        chosen[index] = true;
        work.push_back(index);
    };
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        if (is_under_any(resources_[i].address, options_.only)) choose_one(i);
    }
    while (!work.empty()) {
        const std::uint32_t index = work.back();
        work.pop_back();
        const Resource& resource = resources_[index];
        if (resource.action == StepAction::None) continue;
        for (std::uint32_t owner : resource.reads) choose_one(owner);
        for (const std::string& address : resource.lifecycle.after) {
            auto owner = by_address_.find(address);
            if (owner != by_address_.end()) choose_one(owner->second);
        }
        if (!removes(resource.action)) continue;
        for (std::uint32_t reader : depended_on[index]) choose_one(reader);
    }
    return chosen;
}

void Planner::leave_out(std::uint32_t index) {
    Resource& resource = resources_[index];
    if (resource.action == StepAction::None || resource.blocked) return;
    resource.action = StepAction::None;
    resource.blocked = true;
    resource.was_blocked = true;
    left_out_.push_back(resource.address);
}

// What is left out is blocked: whatever would need it is blocked with it.
void Planner::choose() {
    if (options_.approved) {
        for (std::uint32_t i = 0; i < resources_.size(); ++i) {
            if (!options_.approved->contains(resources_[i].address)) leave_out(i);
        }
    }
    if (options_.only.empty() && options_.except.empty()) return;
    check_choice(options_.only, "--only");
    check_choice(options_.except, "--except");
    if (!problems_.empty()) return;
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        if (is_under_any(resources_[i].address, options_.except)) leave_out(i);
    }
    if (options_.only.empty()) return;
    const std::vector<bool> chosen = closure_of_only();
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        if (!chosen[i]) leave_out(i);
    }
}

}
