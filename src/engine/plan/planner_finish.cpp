#include "engine/plan/addresses.hpp"
#include "engine/plan/changes.hpp"
#include "engine/plan/planner.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

namespace engine {
namespace {

Risk risk_of(StepAction action) {
    switch (action) {
        case StepAction::None:
        case StepAction::Create: return Risk::None;
        case StepAction::Update: return Risk::Change;
        case StepAction::MayReplace: return Risk::Maybe;
        case StepAction::Replace:
        case StepAction::Delete: return Risk::Loss;
    }
    return Risk::None;
}

std::string undo_of(StepAction action) {
    switch (action) {
        case StepAction::Create: return "delete it";
        case StepAction::Update: return "set the recorded inputs again";
        case StepAction::MayReplace: return "not if it comes to a replacement";
        case StepAction::Replace: return "no: the old one is gone, with what it held";
        case StepAction::Delete: return "no: it is gone, with what it held";
        case StepAction::None: break;
    }
    return {};
}

std::string_view happens(StepAction action) {
    switch (action) {
        case StepAction::None: return "was changed outside";
        case StepAction::Update: return "changes";
        case StepAction::MayReplace: return "may be replaced";
        case StepAction::Replace: return "is replaced";
        case StepAction::Create: return "is new";
        case StepAction::Delete: return "goes away";
    }
    return {};
}

// Whether any text in the value has this one in it.
bool mentions(const value::Value& value, const std::string& text) {
    if (const std::string* is = value.as_string()) return is->find(text) != std::string::npos;
    if (const value::Value::Array* items = value.as_array()) {
        return std::ranges::any_of(*items,
                                   [&](const value::Value& item) { return mentions(item, text); });
    }
    const value::Value::Record* members = value.as_record();
    return members != nullptr &&
           std::ranges::any_of(*members, [&](const value::Value::Member& member) {
               return mentions(member.second, text);
           });
}

const value::Value& recorded_or_seen(const Resource& resource, const std::string& input,
                                     const value::Value& none) {
    if (resource.looked != nullptr && resource.looked->kind == RefreshResult::Kind::Present) {
        if (const value::Value* seen = resource.looked->seen.inputs.find(input)) return *seen;
    }
    const value::Value* recorded =
        resource.row != nullptr ? resource.row->inputs.find(input) : nullptr;
    return recorded != nullptr ? *recorded : none;
}

}

void Summary::count(StepAction action) {
    switch (action) {
        case StepAction::None: ++unchanged; break;
        case StepAction::Create: ++create; break;
        case StepAction::Update: ++update; break;
        case StepAction::MayReplace:
        case StepAction::Replace: ++replace; break;
        case StepAction::Delete: ++remove; break;
    }
}

std::string describe(const Cause& cause) {
    switch (cause.kind) {
        case Cause::Kind::New: return "new";
        case Cause::Kind::Edited: return fmt::format("`{}` changed", cause.subject);
        case Cause::Kind::Upstream:
            return fmt::format("{} {}", cause.subject, happens(cause.action));
        case Cause::Kind::Drift: return fmt::format("`{}` was changed outside", cause.subject);
        case Cause::Kind::Gone: return "it does not exist any more";
        case Cause::Kind::Removed: return "no longer in the program";
        case Cause::Kind::Incomplete: return "an earlier run did not finish it";
        case Cause::Kind::TypeChanged: return fmt::format("was a {}", cause.subject);
        case Cause::Kind::ConnectionChanged:
            return fmt::format("moves away from {}", cause.subject);
        case Cause::Kind::Superseded: return "an older one that was replaced";
        case Cause::Kind::Destroy:
            return cause.subject.empty() ? "everything is destroyed"
                                         : fmt::format("{} is destroyed", cause.subject);
    }
    return {};
}

// Rows without an instance: to be deleted, unless a deferral hides whether they are wanted.
void Planner::add_rows_that_left() {
    for (std::uint32_t i = 0; i < snapshot_.rows.size(); ++i) {
        const state::Row& row = snapshot_.rows[i];
        bool superseded = rows_.find(row.address)->second != i;
        if (!superseded && by_address_.contains(row.address)) continue;
        auto index = static_cast<std::uint32_t>(resources_.size());
        Resource& resource = resources_.emplace_back();
        resource.address = row.address;
        resource.type = registry_.type(row.type);
        resource.row = &row;
        resource.looked = &looked_[i];
        resource.superseded = superseded;
        resource.open = snapshot_.find_open(row.address);
        resource.lifecycle_value = row.lifecycle;
        resource.lifecycle = read_lifecycle(row.lifecycle);
        resource.change.outputs = row.outputs;
        if (!superseded) by_address_[resource.address] = index;
        if (resource.type == nullptr) {
            problem(resource, {},
                    fmt::format("{} is a {}, a type that this program does not know", row.address,
                                row.type),
                    "use the version that made it");
            resource.failed = true;
            continue;
        }
        if (resource.open != nullptr) {
            resource.blocked = true;
            continue;
        }
        bool hidden =
            std::any_of(deferred_.begin(), deferred_.end(), [&](const Deferral& deferral) {
                return is_under(row.address, deferral.address);
            });
        if (hidden && !superseded) {
            resource.blocked = true;
            blocked_.push_back({row.address, "whether it is wanted is known after apply"});
            continue;
        }
        auto link = registry_.link_of(*row.connection);
        if (!link.ok()) {
            problem(resource, {}, link.error().text(), std::string(link.error().help()), 69);
            continue;
        }
        resource.row_link = *link;
        look_at_rows_of(**link);
        resource.action = StepAction::Delete;
        Cause::Kind kind = Cause::Kind::Removed;
        if (program_ == nullptr) kind = Cause::Kind::Destroy;
        if (superseded) kind = Cause::Kind::Superseded;
        const bool part =
            kind == Cause::Kind::Destroy && !(options_.only.empty() && options_.except.empty());
        resource.causes.push_back(
            {.kind = kind, .subject = part ? "what was chosen" : "", .place = {}});
    }
}

// What cannot be decided is blocked, and so is whatever it depends on, and what waits for it.
void Planner::hold() {
    for (const state::OpenIntent& open : snapshot_.open) {
        const auto action = state::name_of(open.intent.action);
        blocked_.push_back(
            {open.intent.address,
             open.run_live
                 ? fmt::format("run {} is at it, and its {} has not ended", open.run, action)
                 : fmt::format("whether the {} of run {} took effect is not known yet", action,
                               open.run)});
    }
    std::vector<std::uint32_t> work;
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        if (resources_[i].blocked) work.push_back(i);
    }
    if (work.empty()) return;
    std::vector<std::vector<std::uint32_t>> readers(resources_.size());
    for (std::uint32_t i = 0; i < resources_.size(); ++i) {
        for (std::uint32_t owner : resources_[i].reads) readers[owner].push_back(i);
    }
    auto hold_one = [&](std::uint32_t index, std::string reason) {
        Resource& resource = resources_[index];
        if (resource.blocked || resource.action == StepAction::None) return;
        resource.blocked = true;
        resource.was_blocked = true;
        resource.action = StepAction::None;
        blocked_.push_back({resource.address, std::move(reason)});
        work.push_back(index);
    };
    while (!work.empty()) {
        std::uint32_t index = work.back();
        work.pop_back();
        const std::string address = resources_[index].address;
        if (resources_[index].row != nullptr) {
            for (const std::string& dependency : resources_[index].row->dependencies) {
                auto owner = by_address_.find(dependency);
                if (owner != by_address_.end() && removes(resources_[owner->second].action)) {
                    hold_one(owner->second,
                             fmt::format("{}, which is blocked, depends on it", address));
                }
            }
        }
        if (!resources_[index].has_unknown_outputs() && !resources_[index].was_blocked) continue;
        for (std::uint32_t reader : readers[index]) {
            hold_one(reader, fmt::format("it waits for {}, which is blocked", address));
        }
    }
}

void Planner::check_protection() {
    for (const Resource& resource : resources_) {
        if (!resource.lifecycle.protect || resource.row == nullptr || !removes(resource.action) ||
            resource.superseded) {
            continue;
        }
        bool goes = resource.action == StepAction::Delete;
        problem(resource, {},
                fmt::format("{} is protected, and would be {}", resource.address,
                            goes ? "deleted" : "replaced"),
                goes
                    ? "apply `lifecycle.protect = false` first, or keep it in the program"
                    : fmt::format("because {}; apply `lifecycle.protect = false` first",
                                  resource.causes.empty() ? "" : describe(resource.causes.front())),
                77);
    }
}

base::Result<Plan> Planner::finish() {
    choose();
    if (!problems_.empty()) return error_of(std::move(problems_));
    hold();
    check_conflicts();
    check_protection();
    if (!problems_.empty()) return error_of(std::move(problems_));
    Plan plan;
    plan.refreshed = options_.refresh;
    std::vector<std::uint32_t> sorted(resources_.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
        int order = resources_[a].address.compare(resources_[b].address);
        return order != 0 ? order < 0 : a < b;
    });
    for (std::uint32_t index : sorted) {
        if (resources_[index].blocked) continue;
        plan.summary.count(resources_[index].action);
        if (resources_[index].action == StepAction::None) {
            plan.unchanged.push_back(resources_[index].address);
        } else {
            add_step(plan, index);
        }
    }
    add_drift(plan);
    add_expectations(plan);
    add_record_updates(plan);
    add_observed(plan, sorted);
    if (options_.graph) add_resources(plan, sorted);
    plan.order = TRY(order(plan));
    plan.deferred = std::move(deferred_);
    plan.blocked = std::move(blocked_);
    plan.orphans = orphans_;
    std::ranges::sort(plan.orphans, {}, [](const Orphan& orphan) {
        return std::tie(orphan.type, orphan.address, orphan.key);
    });
    plan.unlisted = std::move(unlisted_);
    plan.left_out = std::move(left_out_);
    std::sort(plan.left_out.begin(), plan.left_out.end());
    plan.warnings = std::move(warnings_);
    plan.outputs = std::move(outputs_);
    outputs_.reset();
    deferred_.clear();
    told_.clear();
    planned_ = true;
    return plan;
}

void Planner::add_step(Plan& plan, std::uint32_t index) {
    Resource& resource = resources_[index];
    resource.step = static_cast<std::uint32_t>(plan.steps.size());
    resource_of_step_.push_back(index);
    Step& step = plan.steps.emplace_back();
    step.address = resource.address;
    step.type = resource.type->name;
    step.action = resource.action;
    step.causes = resource.causes;
    step.changed = resource.change.changed;
    step.risk = risk_of(resource.action);
    step.reversible =
        resource.action == StepAction::Create || resource.action == StepAction::Update;
    step.undo = undo_of(resource.action);
    step.generation = resource.row != nullptr ? resource.row->generation : 0;
    if (resource.action != StepAction::Update && resource.action != StepAction::Delete) {
        step.generation = snapshot_.next_generation(resource.address);
    }
    if (resource.action == StepAction::Update || resource.action == StepAction::Replace ||
        resource.action == StepAction::MayReplace) {
        const value::Value none;
        const auto& forcing = resource.change.forcing;
        for (const std::string& input : resource.change.changed) {
            add_changes(step.changes, input, &recorded_or_seen(resource, input, none),
                        resource.inputs.find(input),
                        std::ranges::find(forcing, input) != forcing.end());
        }
    }
    step.create_first = resource.lifecycle.create_first;
    step.lifecycle = resource.lifecycle_value;
    if (resource.row != nullptr) step.recorded = *resource.row;
    if (!resource.instance) return;
    step.inputs = std::move(resource.inputs);
    step.outputs = resource.change.outputs;
    step.connection = resource.link->record;
    step.reads = read_addresses(resource);
    const bool is_told = step.causes.size() == 1 && step.causes.front().kind == Cause::Kind::New;
    step.place = is_told ? step.causes.front().place : program_->place(*resource.instance, {});
}

std::vector<std::string> Planner::read_addresses(const Resource& resource) const {
    std::vector<std::string> out;
    out.reserve(resource.reads.size());
    for (std::uint32_t owner : resource.reads) out.push_back(resources_[owner].address);
    std::ranges::sort(out);
    return out;
}

// What it reads and what it comes after, sorted.
std::vector<std::string> Planner::dependencies_of(const Resource& resource) const {
    return dependencies(read_addresses(resource), resource.lifecycle);
}

void Planner::add_expectations(Plan& plan) const {
    std::vector<bool> expected(resources_.size(), false);
    auto expect = [&](std::uint32_t index) {
        if (expected[index]) return;
        expected[index] = true;
        const Resource& resource = resources_[index];
        state::Expected& one = plan.expected.emplace_back();
        one.address = resource.address;
        if (resource.row == nullptr) return;
        one.generation = resource.row->generation;
        one.version = resource.row->version;
    };
    for (std::uint32_t index : resource_of_step_) {
        expect(index);
        for (std::uint32_t owner : resources_[index].reads) expect(owner);
    }
}

void Planner::add_record_updates(Plan& plan) const {
    for (const Resource& resource : resources_) {
        if (!resource.instance || resource.row == nullptr || resource.blocked ||
            resource.action != StepAction::None) {
            continue;
        }
        const state::Row& row = *resource.row;
        std::vector<std::string> needs = dependencies_of(resource);
        std::vector<std::string> recorded = row.dependencies;
        std::ranges::sort(recorded);
        if (needs == recorded && resource.lifecycle_value.same_as(row.lifecycle) &&
            resource.change.outputs.same_as(row.outputs) && resource.inputs.same_as(row.inputs) &&
            resource.link->record->same_as(*row.connection)) {
            continue;
        }
        state::Row& touched = plan.record_updates.emplace_back(row);
        touched.dependencies = std::move(needs);
        touched.lifecycle = resource.lifecycle_value;
        touched.inputs = resource.inputs;   // changed by hand to what the program wants now
        touched.outputs = resource.change.outputs;
        touched.connection = resource.link->record;
    }
}

// Of what is changed, and of what a saved plan was to change.
void Planner::add_observed(Plan& plan, const std::vector<std::uint32_t>& sorted) const {
    for (std::uint32_t index : sorted) {
        const Resource& resource = resources_[index];
        if (resource.superseded || resource.looked == nullptr || resource.row == nullptr ||
            resource.looked->kind != RefreshResult::Kind::Present) {
            continue;
        }
        const bool counts = resource.step != Order::kNone ||
                            (options_.approved && options_.approved->contains(resource.address));
        if (counts) {
            plan.observed.push_back({.address = resource.address, .seen = resource.looked->seen});
        }
    }
}

void Planner::add_resources(Plan& plan, const std::vector<std::uint32_t>& sorted) const {
    for (std::uint32_t index : sorted) {
        const Resource& resource = resources_[index];
        if (resource.superseded) continue;
        PlannedResource& one = plan.resources.emplace_back();
        one.address = resource.address;
        one.type = resource.type->name;
        one.action = resource.action;
        one.needs = resource.instance ? dependencies_of(resource) : resource.row->dependencies;
    }
}

void Planner::add_drift(Plan& plan) const {
    for (const Resource& resource : resources_) {
        if (resource.row == nullptr || resource.superseded) continue;
        if (resource.looked->kind == RefreshResult::Kind::Absent) {
            plan.drift.push_back({.address = resource.address,
                                  .type = resource.row->type,
                                  .gone = true,
                                  .changes = {},
                                  .fates = {}});
        }
        if (resource.looked->kind != RefreshResult::Kind::Present) continue;
        auto changes = drift_changes(*registry_.type(resource.row->type), resource.row->inputs,
                                     resource.row->outputs, resource.looked->seen);
        if (changes.empty()) continue;
        Drift& drift = plan.drift.emplace_back();
        drift.address = resource.address;
        drift.type = resource.row->type;
        for (const FieldChange& change : changes) drift.fates.push_back(fate_of(resource, change));
        drift.changes = std::move(changes);
    }
    std::ranges::sort(plan.drift, {}, &Drift::address);
}

Fate Planner::fate_of(const Resource& resource, const FieldChange& change) const {
    const std::string input = change.path.substr(0, change.path.find_first_of(".["));
    if (resource.blocked) return Fate::LeftAsIs;
    if (registry_.type(resource.row->type)->input(input) == nullptr) {
        return resource.action == StepAction::None ? Fate::Taken : Fate::Unsaid;
    }
    if (!resource.instance) return Fate::Unsaid;
    const auto has = [&](const std::vector<std::string>& names) {
        return std::ranges::find(names, input) != names.end();
    };
    if (has(resource.lifecycle.ignore)) return Fate::Ignored;
    return has(resource.change.changed) ? Fate::Set : Fate::AsWanted;
}

std::string Planner::unique_name(const Resource& resource, const value::Value& inputs,
                                 const provider::ProviderInstance* link) const {
    const provider::ResourceType* type = resource.type;
    if (type->input(type->key) == nullptr) return {};
    const value::Value* key = inputs.find(type->key);
    if (key == nullptr || key->as_string() == nullptr) return {};
    return fmt::format("{}\n{}\n{}", type->name, link != nullptr ? link->record->identity : "",
                       *key->as_string());
}

// What the recorded inputs hold, by the step of the thing held: an input whose schema says that it
// holds what it points at, and in which the key or a fresh output of something is found.
std::vector<std::pair<std::uint32_t, Release>> Planner::holds_of(const Resource& resource) const {
    std::vector<std::pair<std::uint32_t, Release>> out;
    if (resource.row == nullptr || resource.type->name != resource.row->type) return out;
    for (const provider::InputField& field : resource.type->inputs) {
        const value::Value* value = field.holds ? resource.row->inputs.find(field.name) : nullptr;
        if (value == nullptr) continue;
        for (const std::string& address : resource.row->dependencies) {
            auto found = by_address_.find(address);
            if (found == by_address_.end()) continue;
            const Resource& owner = resources_[found->second];
            if (owner.step == Order::kNone || owner.row == nullptr || !removes(owner.action))
                continue;
            const provider::ResourceType* type = registry_.type(owner.row->type);
            bool points = !owner.row->key.empty() && mentions(*value, owner.row->key);
            for (const provider::OutputField& output : type->outputs) {
                const value::Value* id =
                    output.fresh ? owner.row->outputs.find(output.name) : nullptr;
                const std::string* text = id != nullptr ? id->as_string() : nullptr;
                points = points || (text != nullptr && !text->empty() && mentions(*value, *text));
            }
            if (points)
                out.emplace_back(owner.step,
                                 Release{.input = field.name,
                                         .address = address,
                                         .may = owner.action == StepAction::MayReplace});
        }
    }
    return out;
}

base::Result<Order> Planner::order(Plan& plan) const {
    std::vector<OrderStep> steps(plan.steps.size());
    std::vector<std::vector<std::pair<std::uint32_t, Release>>> holds(plan.steps.size());
    auto step_at = [&](std::string_view address) {
        auto found = by_address_.find(std::string(address));
        return found != by_address_.end() ? resources_[found->second].step : Order::kNone;
    };
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        const Step& step = plan.steps[i];
        const Resource& resource = resources_[resource_of_step_[i]];
        OrderStep& out = steps[i];
        out.address = step.address;
        out.action = step.action;
        out.create_first = resource.lifecycle.create_first;
        if (resource.instance && step.action != StepAction::Delete) {
            for (std::uint32_t owner : resource.reads) {
                if (resources_[owner].step != Order::kNone)
                    out.reads.push_back(resources_[owner].step);
            }
            for (const std::string& address : resource.lifecycle.after) {
                std::uint32_t other = step_at(address);
                if (other != Order::kNone && other != i) out.reads.push_back(other);
            }
            out.wanted_name = unique_name(resource, step.inputs, resource.link);
        }
        if (resource.row == nullptr) continue;
        for (const std::string& address : resource.row->dependencies) {
            std::uint32_t other = step_at(address);
            if (other != Order::kNone && other != i) out.read_before.push_back(other);
        }
        holds[i] = holds_of(resource);
        for (const auto& [owner, release] : holds[i]) {
            if (owner != i) out.holds.push_back(owner);
        }
        if (removes(step.action)) {
            out.removed_name =
                unique_name(resource, resource.row->inputs,
                            resource.row_link != nullptr ? resource.row_link : resource.link);
        }
    }
    Order order = TRY(Order::create(steps));
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        if (order.releaser(i) == Order::kNone) continue;
        for (auto& [owner, release] : holds[i])
            plan.steps[i].releases.push_back(std::move(release));
    }
    return order;
}

}
