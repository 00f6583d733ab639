#include "engine/plan/select.hpp"

#include "base/text.hpp"
#include "engine/plan/addresses.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

bool is_under_any(std::string_view address, const std::vector<std::string>& places) {
    return std::ranges::any_of(places,
                               [&](const std::string& place) { return is_under(address, place); });
}

// Every address and every group above one: what may have been meant.
std::vector<std::string> addresses_and_groups(const ResourceTable& table) {
    std::vector<std::string> out;
    for (const Resource& resource : table) {
        const std::string& address = resource.address;
        for (std::size_t dot = address.find('.'); dot != std::string::npos;
             dot = address.find('.', dot + 1)) {
            out.push_back(address.substr(0, dot));
        }
        out.push_back(address);
    }
    return out;
}

// A name that fits nothing is a mistake: silently planning nothing would look like success.
void check_places(const ResourceTable& table, const std::vector<std::string>& places,
                  std::string_view verb, ProblemList& problems) {
    for (const std::string& place : places) {
        const bool is_found = std::ranges::any_of(
            table, [&](const Resource& resource) { return is_under(resource.address, place); });
        if (is_found) continue;
        problems.add({.address = place,
                      .message = fmt::format(
                          "`{}` cannot be {}: there is no such resource or group", place, verb),
                      .help = base::did_you_mean(place, addresses_and_groups(table)),
                      .code = base::Code::Usage});
    }
}

// What is asked for, with the changes of all that it reads (they give the values it is made from),
// and those that a removal waits for (what depends on the thing has to go or change first).
std::vector<bool> closure_of(const std::vector<std::string>& only, const ResourceTable& table) {
    std::vector<std::vector<ResourceIndex>> depended_on(table.size());
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (table[i].recorded.row == nullptr) continue;
        for (const std::string& address : table[i].recorded.row->dependencies) {
            const ResourceIndex owner = table.find(address);
            if (owner != kNoResource) depended_on[owner].push_back(i);
        }
    }
    std::vector<bool> chosen(table.size(), false);
    std::vector<ResourceIndex> work;
    const auto choose = [&](ResourceIndex index) {
        if (chosen[index]) return;
        chosen[index] = true;
        work.push_back(index);
    };
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (is_under_any(table[i].address, only)) choose(i);
    }
    while (!work.empty()) {
        const ResourceIndex index = work.back();
        work.pop_back();
        const Resource& resource = table[index];
        // What does not change needs nothing of what it reads.
        if (resource.difference.action == StepAction::None) continue;
        if (resource.desired) std::ranges::for_each(resource.desired->reads, choose);
        for (const std::string& address : resource.lifecycle.after) {
            const ResourceIndex owner = table.find(address);
            if (owner != kNoResource) choose(owner);
        }
        if (removes(resource.difference.action)) {
            std::ranges::for_each(depended_on[index], choose);
        }
    }
    return chosen;
}

}

void select(const PlanningOptions& options, const ResourceTable& table, Decisions& decisions,
            ProblemList& problems) {
    const auto leave_out = [&](ResourceIndex index) {
        if (decisions.actions[index] == StepAction::None || decisions.blocked[index]) return;
        decisions.block(index);
        decisions.left_out.push_back(table[index].address);
    };
    if (options.approved) {
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            if (!options.approved->contains(table[i].address)) leave_out(i);
        }
    }
    if (options.only.empty() && options.except.empty()) return;
    check_places(table, options.only, "chosen", problems);
    check_places(table, options.except, "left out", problems);
    if (!problems.empty()) return;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (is_under_any(table[i].address, options.except)) leave_out(i);
    }
    if (options.only.empty()) return;
    const std::vector<bool> chosen = closure_of(options.only, table);
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (!chosen[i]) leave_out(i);
    }
}

}
