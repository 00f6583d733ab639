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

    // Steps have numbers of their own, in the order of addresses: so that plans, graphs and files
    // of equal programs are equal, however they were evaluated.
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
        // When all steps have been described: what is taken adds to the step that it is taken from.
        for (std::uint32_t i = 0; i < steps.size(); ++i) add_taken(i, steps, detaches);
        out_.order = TRY(Order::create(steps));
        out_.detaches.resize(steps.size());
        for (std::uint32_t i = 0; i < steps.size(); ++i) {
            // Whether one needs a call of its own for that is seen only in the order; where not,
            // its update or delete does it.
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
        // For what is made, what the program reads now counts; for what goes, what was recorded
        // when it was made. A replacement has both halves.
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
            // What only follows by name orders no deletes: such circles are allowed.
            const bool is_followed = std::ranges::find(out.follows, owner) != out.follows.end();
            add_step(is_followed ? out.followed_before : out.read_before, step, owner);
            // It depends on one whose new one comes first, and cannot have its own first: then its
            // old one waits for that new one, so that it is gone for as short as may be.
            const bool comes_first = owner != Order::kNone &&
                                     decisions_.create_first[out_.resources[owner]] &&
                                     !out.create_first && removes(out.action);
            if (comes_first) add_step(out.goes_after, step, owner);
        }
        // From what is there and not from the program: an attachment keeps the other one whoever
        // has made it.
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
        // Nobody waits for what has no step, and a row may name itself after a rename.
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
            // It goes away with its owner; to come after that is all there is to do.
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
