#include "engine/plan/block.hpp"

#include "base/text.hpp"
#include "engine/plan/breakage.hpp"
#include "engine/plan/collect.hpp"
#include "provider/values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace engine {
namespace {

// What is left out was chosen to stay as it is, and takes along only what cannot be done without
// it. What cannot be decided may be in use in any way: it takes along whatever touches it.
class Blocking {
public:
    Blocking(const provider::ProviderRegistry& registry, const ResourceTable& table,
             Decisions& decisions)
        : table_(table), decisions_(decisions), is_choice_(table.size(), false),
          readers_(table.size()) {
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            is_choice_[i] =
                decisions.blocked[i] && table[i].difference.blocked == Difference::Blocked::No;
            if (decisions.blocked[i]) work_.push_back(i);
        }
        // Most plans block nothing; the index of who needs what is not made for them.
        if (work_.empty()) return;
        // What would break is asked for what was left out alone, and costs a look at all
        // attachments.
        if (std::ranges::find(is_choice_, true) != is_choice_.end())
            breakage_.emplace(registry, table, Decisions::of(table).actions);
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            if (!table[i].desired) continue;
            for (const ResourceIndex owner : table[i].desired->needed) readers_[owner].push_back(i);
            for (const std::string& address : table[i].lifecycle.after) add_follower(address, i);
        }
    }

    void spread() {
        while (!work_.empty()) {
            const ResourceIndex index = work_.back();
            work_.pop_back();
            block_what_it_depends_on(index);
            for (const ResourceIndex reader : readers_[index]) {
                block(reader, index,
                      fmt::format("it waits for {}, which is {}", table_[index].address,
                                  state_of(index)));
            }
        }
    }

private:
    // It comes after what is there already, whatever becomes of that.
    void add_follower(const std::string& address, ResourceIndex follower) {
        const ResourceIndex owner = table_.find(address);
        if (owner == kNoResource || table_[owner].difference.action != StepAction::Create) return;
        readers_[owner].push_back(follower);
    }

    std::string_view state_of(ResourceIndex index) const {
        const bool is_chosen = is_choice_[index] && !is_followed_.contains(index);
        return is_chosen ? "left out" : "blocked";
    }

    // It is still there, and uses them: a network is not deleted under a server that nobody may
    // touch.
    void block_what_it_depends_on(ResourceIndex index) {
        const state::Row* row = table_[index].recorded.row;
        if (row == nullptr) return;
        for (const std::string& dependency : row->dependencies) {
            const ResourceIndex owner = table_.find(dependency);
            // A change in place leaves it where it is; only a thing that goes would be missed.
            if (owner == kNoResource || !removes(decisions_.actions[owner])) continue;
            if (is_choice_[index] && !breakage_->breaks(index, owner)) continue;
            block(owner, index,
                  fmt::format("{}, which is {}, depends on it", table_[index].address,
                              state_of(index)));
        }
    }

    void block(ResourceIndex index, ResourceIndex because, std::string reason) {
        // Whoever does not change waits for nothing.
        if (decisions_.blocked[index] || decisions_.actions[index] == StepAction::None) return;
        decisions_.block(index);
        decisions_.reasons.push_back(
            {.address = table_[index].address, .reason = std::move(reason)});
        // The reason passes on: what waits for something left out is blocked by a choice as well,
        // and takes along no more than that would.
        is_choice_[index] = is_choice_[because];
        is_followed_.insert(index);
        work_.push_back(index);
    }

    const ResourceTable& table_;
    Decisions& decisions_;
    std::optional<Breakage> breakage_;                  // where something is left out
    std::vector<bool> is_choice_;                       // left out, or blocked because something is
    std::unordered_set<ResourceIndex> is_followed_;     // blocked because of another
    std::vector<std::vector<ResourceIndex>> readers_;   // who needs what it gives
    std::vector<ResourceIndex> work_;
};

// As a program has it.
std::string text_of_value(const value::Value& value) {
    if (const std::string* text = value.as_string()) return base::quote_json(*text);
    if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
    return provider::id_text(&value);
}

std::optional<std::string> reason_of(const Resource& resource, const Observations& observations) {
    switch (resource.difference.blocked) {
        case Difference::Blocked::No:
        case Difference::Blocked::Undecided:                         // told with its intent
        case Difference::Blocked::Connection: return std::nullopt;   // told as a deferral
        case Difference::Blocked::Deferred: return "whether it is wanted is known after apply";
        case Difference::Blocked::Unlisted:
            return fmt::format("{} could not be listed, so it may have been made already",
                               resource.type->name);
        case Difference::Blocked::Orphaned: break;
    }
    const Orphan* orphan = observations.orphan_of(resource);
    return fmt::format("the {} {} was made for it and is not recorded", orphan->type, orphan->key);
}

std::string reason_of(const state::OpenIntent& open) {
    const auto action = state::name_of(open.intent.action);
    // "Is at it" lets one wait; "not known" needs a recovery. They are told apart, as one does
    // different things.
    return open.run_live
               ? fmt::format("run {} is at it, and its {} has not ended", open.run, action)
               : fmt::format("whether the {} of run {} took effect is not known yet", action,
                             open.run);
}

}

void block(const PlanningContext& context, const Observations& observations,
           const ResourceTable& table, Decisions& decisions) {
    for (const Resource& resource : table) {
        if (auto reason = reason_of(resource, observations)) {
            decisions.reasons.push_back(
                {.address = resource.address,
                 .reason = std::move(*reason),
                 .by_orphan = resource.difference.blocked == Difference::Blocked::Orphaned});
        }
    }
    for (const state::OpenIntent& open : context.snapshot.open) {
        decisions.reasons.push_back({.address = open.intent.address, .reason = reason_of(open)});
    }
    Blocking(context.registry, table, decisions).spread();
}

void leave_stuck(const ResourceTable& table, const lang::Program* program, Decisions& decisions) {
    for (ResourceIndex i = 0; i < table.size(); ++i) {
        const Resource& resource = table[i];
        const auto& stuck = resource.difference.change.stuck;
        // A provider has found that it cannot go back to what the program says (a volume that was
        // grown): no mistake of the program, so the rest is planned.
        if (!stuck || decisions.blocked[i]) continue;
        const RefreshResult* looked = resource.recorded.looked;
        const value::Value none;
        const value::Value& is =
            looked != nullptr ? provider::field_of(looked->seen.inputs, stuck->input) : none;
        const value::InputPlace place = place_of(program, resource, stuck->input);
        decisions.blocked[i] = true;
        decisions.reasons.push_back(
            {.address = resource.address,
             .reason = fmt::format(
                 "`{}` was changed outside, and {}: write `{} = {}`{} to keep it "
                 "so, or delete it to have it made anew",
                 stuck->input, stuck->why, stuck->input, text_of_value(is),
                 place.file.empty() ? "" : fmt::format(" at {}:{}", place.file, place.line))});
    }
}

}
