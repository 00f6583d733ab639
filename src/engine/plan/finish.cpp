#include "engine/plan/finish.hpp"

#include "engine/plan/changes.hpp"
#include "lang/program.hpp"

#include <algorithm>
#include <tuple>

namespace engine {
namespace {

// What is lost for good ranks above what merely changes: by this a person is asked, and a command
// that may not ask refuses.
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

// Told before the approval, not after: of a replacement nothing brings back what the old one held.
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

// What an input is compared with for people: what is really there, where that was seen.
const value::Value& seen_or_recorded(const Recorded& recorded, const std::string& input,
                                     const value::Value& none) {
    if (recorded.looked != nullptr && recorded.looked->kind == RefreshResult::Kind::Present) {
        if (const value::Value* seen = recorded.looked->seen.inputs.find(input)) return *seen;
    }
    const value::Value* value =
        recorded.row != nullptr ? recorded.row->inputs.find(input) : nullptr;
    return value != nullptr ? *value : none;
}

class Finisher {
public:
    explicit Finisher(Findings& found) : found_(found), table_(found.table) {}

    Plan run() {
        Plan plan;
        plan.refreshed = found_.context.options.refresh;
        const std::vector<ResourceIndex>& sorted = found_.arrangement.by_address;
        // Before the steps, which take causes and inputs out of the table as they are built.
        plan.drift = find_drift(found_.context.registry, table_, found_.decisions);
        add_expectations(plan);
        add_record_updates(plan);
        add_observed(plan, sorted);
        if (found_.context.options.graph) add_resources(plan, sorted);
        for (const ResourceIndex index : sorted) {
            // What is blocked is neither unchanged nor a step: it has a list of its own, with why.
            if (found_.decisions.blocked[index]) continue;
            if (add_record_change(plan, index)) continue;
            plan.summary.count(found_.decisions.actions[index], table_[index].type->is_looked_up);
            if (found_.decisions.actions[index] == StepAction::None) {
                plan.unchanged.push_back(table_[index].address);
            }
        }
        // Last, as it moves the inputs out of the table.
        plan.steps.reserve(found_.arrangement.resources.size());
        for (std::uint32_t i = 0; i < found_.arrangement.resources.size(); ++i) {
            plan.steps.push_back(step(i));
        }
        plan.order = std::move(found_.arrangement.order);
        plan.blocked = std::move(found_.decisions.reasons);
        plan.left_out = std::move(found_.decisions.left_out);
        std::ranges::sort(plan.left_out);
        plan.orphans = orphans();
        std::ranges::sort(plan.orphans, {}, [](const Orphan& orphan) {
            return std::tie(orphan.type, orphan.address, orphan.key);
        });
        plan.unlisted = unlisted();
        return plan;
    }

private:
    // At the address that waits for it, where there is one: a tag may only hold a part of it.
    std::vector<Orphan> orphans() const {
        const std::vector<Orphan>& all = found_.observations.orphans();
        std::vector<Orphan> out = all;
        for (const Resource& resource : table_) {
            if (!resource.desired || resource.recorded.row != nullptr ||
                resource.desired->link == nullptr) {
                continue;
            }
            const Orphan* orphan = found_.observations.orphan_of(resource);
            if (orphan == nullptr) continue;
            // It points into that list, so the distance is its place in the copy.
            out[static_cast<std::size_t>(orphan - all.data())].address = resource.address;
        }
        return out;
    }

    Step step(std::uint32_t number) {
        const ResourceIndex index = found_.arrangement.resources[number];
        Resource& resource = table_[index];
        const Recorded& recorded = resource.recorded;
        Step step;
        step.address = resource.address;
        step.type = resource.type->name;
        step.action = found_.decisions.actions[index];
        step.causes = std::move(found_.causes[index]);
        step.changed = resource.difference.change.changed;
        step.detaches = std::move(found_.arrangement.detaches[number]);
        step.is_look_up = resource.type->is_looked_up;
        step.risk = step.is_look_up ? Risk::None : risk_of(step.action);
        // By the action alone: an update may cost what no second update brings back, which `costs`
        // tells.
        step.reversible = step.action == StepAction::Create || step.action == StepAction::Update;
        step.undo = undo_of(step.action);
        step.generation = generation_of(resource, step.action);
        step.changes = changes_of(resource, step.action);
        step.costs = costs_of(resource, step);
        step.create_first = found_.decisions.create_first[index];
        step.lifecycle = resource.lifecycle_value();
        if (recorded.row != nullptr) step.recorded = *recorded.row;
        // A delete has no wish, and all that is left to know of it is in its row.
        if (!resource.desired) return step;
        step.inputs = std::move(resource.desired->inputs);
        add_exposed(resource.type->inputs, step.inputs, "", step.exposed);
        step.starts_program = resource.type->starts_program;
        step.outputs = resource.difference.change.outputs;
        step.connection = resource.desired->link->record;
        step.reads = table_.read_addresses(resource);
        step.follows = table_.followed_addresses(resource);
        // A place is looked up in the program once: what is new has it as its cause already.
        const bool is_told =
            step.causes.size() == 1 && step.causes.front().kind == Cause::Kind::New;
        step.place = is_told ? step.causes.front().place
                             : found_.program->place(resource.desired->instance, {});
        return step;
    }

    // By what changes in place, by what is detached for a while, and by what the provider knows.
    static std::vector<provider::Cost> costs_of(const Resource& resource, const Step& step) {
        if (!resource.desired || step.action == StepAction::Create) return {};
        std::vector<provider::Cost> out = resource.difference.change.costs;
        const auto add = [&](const std::string& name) {
            const provider::InputField* input = resource.type->input(name);
            // Costs of a field are those of its change in place. A replacement loses more than
            // that, and the provider has said it.
            if (input == nullptr || step.action != StepAction::Update) return;
            out.insert(out.end(), input->costs.begin(), input->costs.end());
        };
        std::ranges::for_each(resource.difference.change.changed, add);
        for (const Detach& detach : step.detaches) add(detach.input);
        std::ranges::sort(out);
        out.erase(std::ranges::unique(out).begin(), out.end());
        return out;
    }

    // Secrets that become arguments of a program can be read by every user of the machine while it
    // runs: the plan names the inputs, at any depth.
    static void add_exposed(const std::vector<provider::InputField>& fields,
                            const value::Value& inputs, const std::string& path,
                            std::vector<std::string>& out) {
        for (const provider::InputField& field : fields) {
            const value::Value* given = inputs.find(field.name);
            if (given == nullptr || !given->has_secret()) continue;
            if (field.in_arguments) out.push_back(path + field.name);
            add_exposed(field.type.fields, *given, path + field.name + ".", out);
        }
    }

    // What is made gets a number that no thing of this address has ever had, so that an old row or
    // intent is never taken for it.
    std::uint64_t generation_of(const Resource& resource, StepAction action) const {
        if (action != StepAction::Update && action != StepAction::Delete) {
            return found_.context.snapshot.next_generation(resource.address);
        }
        return resource.recorded.row != nullptr ? resource.recorded.row->generation : 0;
    }

    // Of a create or a delete it is every input: whoever shows it can tell that by itself.
    static std::vector<FieldChange> changes_of(const Resource& resource, StepAction action) {
        std::vector<FieldChange> out;
        if (action == StepAction::Create || action == StepAction::Delete) return out;
        const value::Value none;
        const std::vector<std::string>& forcing = resource.difference.change.forcing;
        for (const std::string& input : resource.difference.change.changed) {
            const value::Value* before = &seen_or_recorded(resource.recorded, input, none);
            const value::Value* after = resource.desired->inputs.find(input);
            const bool forces = std::ranges::find(forcing, input) != forcing.end();
            const provider::InputField* field = resource.type->input(input);
            // A value of any kind has no fields of the schema to go by: what differs is found by
            // looking into both.
            if (field != nullptr && field->type.kind == provider::FieldType::Kind::Any) {
                add_value_changes(out, input, before == &none ? nullptr : before, after, forces);
            } else {
                add_changes(out, input, before, after, forces,
                            field != nullptr ? &field->type : nullptr);
            }
        }
        for (FieldChange& change : lifecycle_changes(resource)) out.push_back(std::move(change));
        return out;
    }

    // The rows that steps rest on: their own, and those of what they read. Apply checks that nobody
    // has written to them meanwhile.
    void add_expectations(Plan& plan) const {
        std::vector<bool> expected(table_.size(), false);
        const auto expect = [&](ResourceIndex index) {
            if (expected[index]) return;
            expected[index] = true;
            const Resource& resource = table_[index];
            state::Expected& one = plan.expected.emplace_back();
            one.address = resource.address;
            // Without a version there must be no row at all: somebody who made one meanwhile is
            // noticed as well.
            if (resource.recorded.row == nullptr) return;
            one.generation = resource.recorded.row->generation;
            one.version = resource.recorded.row->version;
        };
        for (const ResourceIndex index : found_.arrangement.resources) {
            expect(index);
            // What is only read is expected to stand still too: its outputs went into what was
            // approved.
            if (table_[index].desired) std::ranges::for_each(table_[index].desired->reads, expect);
        }
    }

    // What is read back of the platform is not told here: that is drift.
    bool add_record_change(Plan& plan, ResourceIndex index) const {
        const Resource& resource = table_[index];
        if (found_.decisions.actions[index] != StepAction::None) return false;
        std::vector<FieldChange> changes = lifecycle_changes(resource);
        if (changes.empty()) return false;
        ++plan.summary.record;
        plan.record_changes.push_back({.address = resource.address,
                                       .type = resource.type->name,
                                       .changes = std::move(changes)});
        return true;
    }

    // The lifecycle is the program's own: nothing is there to be seen of it, so the row is what it
    // is compared with. An older generation only waits for its deletion.
    static std::vector<FieldChange> lifecycle_changes(const Resource& resource) {
        std::vector<FieldChange> out;
        const state::Row* row = resource.recorded.row;
        if (!resource.desired || row == nullptr || resource.recorded.is_superseded) return out;
        const value::Value& wanted = resource.desired->lifecycle;
        if (wanted.same_as(row->lifecycle)) return out;
        const value::Value none{value::Value::Record()};
        add_changes(out, "lifecycle", row->lifecycle.is_null() ? &none : &row->lifecycle,
                    wanted.is_null() ? &none : &wanted, false);
        return out;
    }

    // Rows that nothing is called for, and that would not say the same again: written with the next
    // apply, so that the next plan starts from what is true.
    void add_record_updates(Plan& plan) const {
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            const Resource& resource = table_[i];
            if (!resource.desired || resource.recorded.row == nullptr ||
                found_.decisions.blocked[i] || found_.decisions.actions[i] != StepAction::None) {
                continue;
            }
            const state::Row& row = *resource.recorded.row;
            const Desired& desired = *resource.desired;
            const value::Value& outputs = resource.difference.change.outputs;
            std::vector<std::string> needs = table_.dependencies_of(resource);
            std::vector<std::string> recorded = row.dependencies;
            // Rows of older programs are not sorted, and the order of dependencies says nothing.
            std::ranges::sort(recorded);
            if (needs == recorded && desired.lifecycle.same_as(row.lifecycle) &&
                outputs.same_as(row.outputs) && desired.inputs.same_as(row.inputs) &&
                desired.link->record->same_as(*row.connection)) {
                continue;
            }
            state::Row& touched = plan.record_updates.emplace_back(row);
            touched.dependencies = std::move(needs);
            touched.lifecycle = desired.lifecycle;
            touched.inputs = desired.inputs;   // changed by hand to what the program wants now
            touched.outputs = outputs;
            touched.connection = desired.link->record;
        }
    }

    // Of what is changed, and of what a saved plan was to change.
    void add_observed(Plan& plan, const std::vector<ResourceIndex>& sorted) const {
        const auto& approved = found_.context.options.approved;
        for (const ResourceIndex index : sorted) {
            const Resource& resource = table_[index];
            const Recorded& recorded = resource.recorded;
            if (recorded.is_superseded || recorded.looked == nullptr || recorded.row == nullptr ||
                recorded.looked->kind != RefreshResult::Kind::Present) {
                continue;
            }
            const bool counts = found_.arrangement.step_of[index] != Order::kNone ||
                                (approved && approved->contains(resource.address));
            if (!counts) continue;
            plan.observed.push_back({.address = resource.address, .seen = recorded.looked->seen});
        }
    }

    void add_resources(Plan& plan, const std::vector<ResourceIndex>& sorted) const {
        for (const ResourceIndex index : sorted) {
            const Resource& resource = table_[index];
            // It has the address of its successor, which is the one that others need.
            if (resource.recorded.is_superseded) continue;
            PlannedResource& one = plan.resources.emplace_back();
            one.address = resource.address;
            one.type = resource.type->name;
            one.action = found_.decisions.actions[index];
            one.needs = resource.desired ? table_.dependencies_of(resource)
                                         : resource.recorded.row->dependencies;
        }
    }

    // Each refused list with what is not made because of it.
    std::vector<Unlisted> unlisted() const {
        std::vector<Unlisted> out = found_.observations.unlisted();
        for (const Resource& resource : table_) {
            if (resource.difference.blocked != Difference::Blocked::Unlisted) continue;
            const Unlisted* by = found_.observations.unlisted_for(resource);
            const auto index = by - found_.observations.unlisted().data();
            out[static_cast<std::size_t>(index)].blocks.push_back(resource.address);
        }
        return out;
    }

    Findings& found_;
    ResourceTable& table_;
};

}

Plan finish(Findings findings) { return Finisher(findings).run(); }

}
