#include "engine/plan/block.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace engine {
namespace {

class Blocking {
public:
    Blocking(const ResourceTable& table, Decisions& decisions)
        : table_(table), decisions_(decisions), was_to_change_(table.size(), false),
          readers_(table.size()) {
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            // Blocked and with an action: it was left out, and was to change.
            was_to_change_[i] =
                decisions.blocked[i] && table[i].difference.blocked == Difference::Blocked::No;
            if (decisions.blocked[i]) work_.push_back(i);
        }
        if (work_.empty()) return;
        for (ResourceIndex i = 0; i < table.size(); ++i) {
            if (!table[i].desired) continue;
            for (const ResourceIndex owner : table[i].desired->reads) readers_[owner].push_back(i);
        }
    }

    void spread() {
        while (!work_.empty()) {
            const ResourceIndex index = work_.back();
            work_.pop_back();
            block_what_it_depends_on(index);
            // What waits for it has nothing to wait for where its outputs are known and stay.
            if (!table_[index].has_unknown_outputs() && !was_to_change_[index]) continue;
            for (const ResourceIndex reader : readers_[index]) {
                block(reader,
                      fmt::format("it waits for {}, which is blocked", table_[index].address));
            }
        }
    }

private:
    // It is still there, and uses them: a network is not deleted under a server that nobody may
    // touch.
    void block_what_it_depends_on(ResourceIndex index) {
        const state::Row* row = table_[index].recorded.row;
        if (row == nullptr) return;
        for (const std::string& dependency : row->dependencies) {
            const ResourceIndex owner = table_.find(dependency);
            if (owner == kNoResource || !removes(decisions_.actions[owner])) continue;
            block(owner, fmt::format("{}, which is blocked, depends on it", table_[index].address));
        }
    }

    void block(ResourceIndex index, std::string reason) {
        if (decisions_.blocked[index] || decisions_.actions[index] == StepAction::None) return;
        decisions_.block(index);
        decisions_.reasons.push_back(
            {.address = table_[index].address, .reason = std::move(reason)});
        was_to_change_[index] = true;
        work_.push_back(index);
    }

    const ResourceTable& table_;
    Decisions& decisions_;
    std::vector<bool> was_to_change_;
    std::vector<std::vector<ResourceIndex>> readers_;
    std::vector<ResourceIndex> work_;
};

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
    return open.run_live
               ? fmt::format("run {} is at it, and its {} has not ended", open.run, action)
               : fmt::format("whether the {} of run {} took effect is not known yet", action,
                             open.run);
}

}

void block(const state::Snapshot& snapshot, const Observations& observations,
           const ResourceTable& table, Decisions& decisions) {
    for (const Resource& resource : table) {
        if (auto reason = reason_of(resource, observations)) {
            decisions.reasons.push_back(
                {.address = resource.address,
                 .reason = std::move(*reason),
                 .by_orphan = resource.difference.blocked == Difference::Blocked::Orphaned});
        }
    }
    for (const state::OpenIntent& open : snapshot.open) {
        decisions.reasons.push_back({.address = open.intent.address, .reason = reason_of(open)});
    }
    Blocking(table, decisions).spread();
}

}
