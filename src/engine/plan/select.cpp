#include "engine/plan/select.hpp"

#include "base/text.hpp"
#include "engine/plan/addresses.hpp"
#include "engine/plan/breakage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

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
        for (std::string_view at = resource.address; !at.empty(); at = value::parent_address(at)) {
            out.emplace_back(at);
        }
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
                      .help = value::suggest_address(place, addresses_and_groups(table)),
                      .code = base::Code::Usage});
    }
}

// What is asked for and what that cannot do without, never what is beside it:
//  - upstream, the changes that give a value which is read;
//  - downstream, the changes without which something would break (Breakage), where they need
//    nothing that is not chosen already. Otherwise nothing of it is done: what would break keeps
//    the thing there (block), and a person chooses.
class Closure {
public:
    Closure(const ResourceTable& table, const Breakage& breakage)
        : table_(table), breakage_(breakage), chosen_(table.size(), false) {}

    std::vector<bool> of(const std::vector<std::string>& only) {
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            if (is_under_any(table_[i].address, only)) choose(i);
        }
        // A change that has to come along may give another the last value that it needs.
        do {
            spread();
        } while (choose_broken());
        return std::move(chosen_);
    }

private:
    void choose(ResourceIndex index) {
        if (chosen_[index]) return;
        chosen_[index] = true;
        work_.push_back(index);
    }

    void spread() {
        while (!work_.empty()) {
            const ResourceIndex index = work_.back();
            work_.pop_back();
            const Resource& resource = table_[index];
            // What does not change needs nothing of what it reads.
            if (resource.difference.action == StepAction::None) continue;
            for_each_needed(resource, [&](ResourceIndex owner) { choose(owner); });
            if (!removes(resource.difference.action)) continue;
            std::ranges::move(breakage_.broken_by(index), std::back_inserter(broken_));
        }
    }

    bool choose_broken() {
        bool any = false;
        std::vector<ResourceIndex> waiting;
        for (const ResourceIndex index : std::exchange(broken_, {})) {
            if (chosen_[index]) continue;
            bool is_free = true;
            for_each_needed(table_[index],
                            [&](ResourceIndex owner) { is_free = is_free && chosen_[owner]; });
            if (is_free) {
                choose(index);
                any = true;
            } else {
                waiting.push_back(index);
            }
        }
        std::ranges::move(waiting, std::back_inserter(broken_));
        return any;
    }

    template <typename Visit>
    void for_each_needed(const Resource& resource, Visit visit) const {
        if (resource.desired) std::ranges::for_each(resource.desired->needed, visit);
        // It comes after what is there already, whatever becomes of that.
        for (const std::string& address : resource.lifecycle.after) {
            const ResourceIndex owner = table_.find(address);
            if (owner == kNoResource) continue;
            if (table_[owner].difference.action == StepAction::Create) visit(owner);
        }
    }

    const ResourceTable& table_;
    const Breakage& breakage_;
    std::vector<bool> chosen_;
    std::vector<ResourceIndex> work_;
    std::vector<ResourceIndex> broken_;   // by what is chosen; may be chosen already
};

}

void select(const PlanningContext& context, const ResourceTable& table, Decisions& decisions,
            ProblemList& problems) {
    const PlanningOptions& options = context.options;
    const auto leave_out = [&](ResourceIndex index) {
        if (decisions.actions[index] == StepAction::None || decisions.blocked[index]) return;
        decisions.block(index);
        decisions.left_out.push_back(table[index].address);
    };
    // What a saved plan did not have is left out first: choices are made among what was approved.
    if (options.approved) {
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            if (!options.approved->contains(table[i].address)) leave_out(i);
        }
    }
    // The usual plan: everything, without a look at what depends on what.
    if (options.only.empty() && options.except.empty()) return;
    check_places(table, options.only, "chosen", problems);
    check_places(table, options.except, "left out", problems);
    if (!problems.empty()) return;
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        // Exceptions win over what was chosen, and are not taken along by anything.
        if (is_under_any(table[i].address, options.except)) leave_out(i);
    }
    if (options.only.empty()) return;
    const Breakage breakage(context.registry, table, Decisions::of(table).actions);
    const std::vector<bool> chosen = Closure(table, breakage).of(options.only);
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        if (!chosen[i]) leave_out(i);
    }
}

}
