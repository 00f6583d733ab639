#include "engine/plan/evaluation.hpp"

#include "engine/plan/collect.hpp"

#include <algorithm>

// The evaluation while a plan is applied: what results make known is evaluated again, and told as
// steps that are held against what was approved.
namespace engine {

void PlanEvaluation::begin_late(std::vector<bool> is_blocked, std::vector<bool> has_step) {
    is_late_ = true;
    is_blocked_ = std::move(is_blocked);
    has_step_ = std::move(has_step);
    deferrals_.clear();
    told_.clear();
}

bool PlanEvaluation::set_outputs(std::string_view address, const value::Value& outputs) {
    const ResourceIndex index = table_.find(address);
    if (index == kNoResource) return false;
    Resource& resource = table_[index];
    bool any = false;
    if (program_ != nullptr && resource.desired && are_cells_set(index)) {
        const std::vector<bool>& known = *cell_known_[index];
        for (std::uint32_t i = 0; i < known.size(); ++i) {
            if (known[i]) continue;   // planning has promised it, and it holds
            const value::Value* value = outputs.find(resource.type->outputs[i].name);
            emit(value != nullptr ? *value : value::Value(),
                 program_->set_cell({resource.desired->instance, i}));
            any = true;
        }
    }
    resource.difference.change.outputs = outputs;
    return any;
}

LateEvaluation::Advance PlanEvaluation::advance() {
    run();
    std::ranges::sort(told_);
    told_.erase(std::unique(told_.begin(), told_.end()), told_.end());
    Advance out{.steps = {},
                .problems = problems_.take(),
                .appeared = std::exchange(appeared_, {}),
                .outputs = take_outputs(),
                .is_waiting = !calls_.is_empty() && !context_.is_stopped()};
    for (const ResourceIndex index : std::exchange(told_, {})) {
        const Difference& difference = table_[index].difference;
        const bool is_blocked = (index < is_blocked_.size() && is_blocked_[index]) ||
                                difference.blocked != Difference::Blocked::No;
        if (index < has_step_.size() && has_step_[index]) {
            out.steps.push_back(late_step(index));
        } else if (difference.action != StepAction::None && !is_blocked) {
            out.appeared.push_back(table_[index].address);
        }
    }
    return out;
}

bool PlanEvaluation::catch_up() {
    if (program_ == nullptr) return false;
    program_->catch_up();
    return true;
}

LateStep PlanEvaluation::late_step(ResourceIndex index) {
    Resource& resource = table_[index];
    return {.address = resource.address,
            .action = resource.difference.action,
            .failed = resource.difference.is_refused,
            .changed = resource.difference.change.changed,
            .inputs = std::move(resource.desired->inputs),
            .outputs = resource.difference.change.outputs,
            .lifecycle = resource.desired->lifecycle,
            .reads = table_.read_addresses(resource)};
}

}
