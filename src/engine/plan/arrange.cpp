#include "engine/plan/arrange.hpp"

#include "base/sort_texts.hpp"
#include "engine/plan/detach.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace engine {
namespace {

std::vector<ResourceIndex> sorted_by_address(const ResourceTable& table) {
    std::vector<std::string_view> addresses(table.size());
    for (ResourceIndex i = 0; i < addresses.size(); ++i) addresses[i] = table[i].address;
    return base::order_of_texts(addresses);
}

class Arranger {
public:
    Arranger(const provider::ProviderRegistry& registry, const ResourceTable& table,
             const Decisions& decisions)
        : table_(table), decisions_(decisions), attachments_(registry, table, decisions.actions) {}

    base::Result<Arrangement> run() {
        out_.step_of.assign(table_.size(), Order::kNone);
        out_.by_address = sorted_by_address(table_);
        for (const ResourceIndex index : out_.by_address) {
            if (decisions_.actions[index] == StepAction::None) continue;
            out_.step_of[index] = static_cast<std::uint32_t>(out_.resources.size());
            out_.resources.push_back(index);
        }
        std::vector<OrderStep> steps(out_.resources.size());
        std::vector<std::vector<Detach>> detaches(steps.size());
        for (std::uint32_t i = 0; i < steps.size(); ++i) steps[i] = order_step(i, detaches[i]);
        for (std::uint32_t i = 0; i < steps.size(); ++i) add_taken(i, steps, detaches);
        out_.order = TRY(Order::create(steps));
        out_.detaches.resize(steps.size());
        for (std::uint32_t i = 0; i < steps.size(); ++i) {
            if (out_.order.detacher(i) != Order::kNone) out_.detaches[i] = std::move(detaches[i]);
        }
        return std::move(out_);
    }

private:
    OrderStep order_step(std::uint32_t step, std::vector<Detach>& detaches) const {
        const ResourceIndex index = out_.resources[step];
        const Resource& resource = table_[index];
        OrderStep out;
        out.address = resource.address;
        out.action = decisions_.actions[index];
        out.create_first = decisions_.create_first[index];
        out.is_outlived = resource.type != nullptr && resource.type->is_outlived;
        if (resource.desired && out.action != StepAction::Delete) {
            for (const ResourceIndex owner : resource.desired->reads) {
                add_step(out.reads, step, out_.step_of[owner]);
            }
            for (const std::string& address : resource.lifecycle.after) {
                add_step(out.reads, step, step_at(address));
            }
            for (const ResourceIndex owner : resource.desired->follows) {
                add_step(out.follows, step, out_.step_of[owner]);
            }
        }
        const state::Row* row = resource.recorded.row;
        if (row == nullptr) return out;
        for (const std::string& address : row->dependencies) {
            const std::uint32_t owner = step_at(address);
            const bool is_followed = std::ranges::find(out.follows, owner) != out.follows.end();
            add_step(is_followed ? out.followed_before : out.read_before, step, owner);
            const bool comes_first = owner != Order::kNone &&
                                     decisions_.create_first[out_.resources[owner]] &&
                                     !out.create_first && removes(out.action);
            if (comes_first) add_step(out.goes_after, step, owner);
        }
        for (Attachments::ToRemoved& to : attachments_.to_removed(index)) {
            const std::uint32_t owner = out_.step_of[to.owner];
            if (owner == Order::kNone) continue;
            out.attached_to.push_back({.owner = owner,
                                       .must_detach = to.must_detach,
                                       .attaches_again = to.attaches_again});
            detaches.push_back(std::move(to.detach));
        }
        return out;
    }

    static void add_step(std::vector<std::uint32_t>& steps, std::uint32_t self,
                         std::uint32_t other) {
        if (other != Order::kNone && other != self) steps.push_back(other);
    }

    std::uint32_t step_at(std::string_view address) const {
        const ResourceIndex index = table_.find(address);
        return index != kNoResource ? out_.step_of[index] : Order::kNone;
    }

    void add_taken(std::uint32_t step, std::vector<OrderStep>& steps,
                   std::vector<std::vector<Detach>>& detaches) const {
        for (Attachments::Taken& taken : attachments_.taken_by(out_.resources[step])) {
            const std::uint32_t from = out_.step_of[taken.owner];
            if (from == Order::kNone) continue;
            steps[step].takes_from.push_back(from);
            if (!taken.can_detach) continue;
            steps[from].is_taken_from = true;
            detaches[from].push_back(std::move(taken.detach));
        }
    }

    const ResourceTable& table_;
    const Decisions& decisions_;
    const Attachments attachments_;
    Arrangement out_;
};

}

base::Result<Arrangement> arrange(const provider::ProviderRegistry& registry,
                                  const ResourceTable& table, const Decisions& decisions) {
    return Arranger(registry, table, decisions).run();
}

}
