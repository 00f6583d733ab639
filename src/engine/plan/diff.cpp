#include "engine/plan/diff.hpp"

#include <algorithm>

namespace engine {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

StepAction step_action(provider::PlannedAction action) {
    switch (action) {
        case provider::PlannedAction::None: return StepAction::None;
        case provider::PlannedAction::Create: return StepAction::Create;
        case provider::PlannedAction::Update: return StepAction::Update;
        case provider::PlannedAction::Replace: return StepAction::Replace;
        case provider::PlannedAction::MayReplace: return StepAction::MayReplace;
    }
    return StepAction::None;
}

// What was there is gone, of another type, or elsewhere: then there is nothing to compare with.
struct Break {
    bool gone = false;
    bool other_type = false;
    bool other_place = false;

    bool any() const { return gone || other_type || other_place; }
};

Break break_of(const Resource& resource) {
    const state::Row* row = resource.recorded.row;
    if (row == nullptr) return {};
    const provider::ConnectionRecord& wanted = *resource.desired->link->record;
    Break out;
    out.gone = resource.recorded.looked->kind == RefreshResult::Kind::Absent;
    out.other_type = row->type != resource.type->name;
    // By identity, not by address: a connection may be renamed, or given another token, and still
    // lead to the same account.
    out.other_place = !out.other_type && (row->connection->provider != wanted.provider ||
                                          row->connection->identity != wanted.identity);
    return out;
}

// The inputs as recorded are those wanted, and what was seen is as recorded. Most of a large
// workspace ends here, so it compares and allocates nothing.
bool is_unchanged(const Resource& resource) {
    const state::Row& row = *resource.recorded.row;
    const Desired& desired = *resource.desired;
    if (!row.complete || row.type != resource.type->name ||
        row.connection->identity != desired.link->record->identity ||
        !desired.inputs.same_as(row.inputs)) {
        return false;
    }
    const RefreshResult& looked = *resource.recorded.looked;
    if (looked.kind != RefreshResult::Kind::Present)
        return looked.kind == RefreshResult::Kind::NotYet;
    const value::Value::Record* seen = looked.seen.inputs.as_record();
    if (seen == nullptr) return true;
    for (const auto& [name, value] : *seen) {
        const provider::InputField* field = resource.type->input(name);
        if (field == nullptr || field->write_only || contains(resource.lifecycle.ignore, name))
            continue;
        const value::Value* wanted = desired.inputs.find(name);
        if (wanted == nullptr ? !value.is_null() : !wanted->same_as(value)) return false;
    }
    return true;
}

Difference blocked_by(Difference::Blocked reason, const provider::ResourceType& type) {
    Difference out;
    out.blocked = reason;
    // Whoever reads it is judged with values that nobody knows, and waits.
    out.change.outputs = all_unknown(type);
    return out;
}

Difference unchanged_with(value::Value outputs) {
    Difference out;
    out.change.outputs = std::move(outputs);
    return out;
}

}

value::Value all_unknown(const provider::ResourceType& type) {
    value::Value::Record outputs;
    for (const provider::OutputField& output : type.outputs) {
        outputs.emplace_back(output.name, value::Value::unknown(output.type));
    }
    return value::Value(std::move(outputs));
}

value::Value with_ignored(const Resource& resource, value::Value inputs) {
    if (resource.recorded.row == nullptr) return inputs;
    const RefreshResult* looked = resource.recorded.looked;
    const bool is_seen = looked != nullptr && looked->kind == RefreshResult::Kind::Present;
    for (const std::string& name : resource.lifecycle.ignore) {
        const provider::InputField* field = resource.type->input(name);
        if (field == nullptr) continue;
        // As it is, so that a change of something else leaves it so; as recorded where it cannot be
        // seen.
        const value::Value* recorded = resource.recorded.row->inputs.find(name);
        const value::Value* seen = is_seen ? looked->seen.inputs.find(name) : nullptr;
        const bool is_hidden = field->write_only || (recorded != nullptr && recorded->has_secret());
        if (seen != nullptr && !is_hidden && !(field->required && seen->is_null())) {
            inputs.set(name, *seen);
        } else if (recorded != nullptr) {
            inputs.set(name, *recorded);
        }
    }
    return inputs;
}

std::optional<Difference> quick_difference(const PlanningContext& context, Observations& seen,
                                           const Resource& resource) {
    const Recorded& recorded = resource.recorded;
    // What an open intent may still do comes before anything that could be compared now.
    if (recorded.open != nullptr) {
        return blocked_by(Difference::Blocked::Undecided, *resource.type);
    }
    if (recorded.row == nullptr) {
        if (context.snapshot.refresh_required) seen.look_for_marked(resource);
        // Another one must not be made beside what was made for this address already.
        const std::string& importing = context.options.importing;
        const bool is_taken_in =
            context.options.is_adopting ||
            (!importing.empty() && value::is_at_or_under(resource.address, importing));
        if (!is_taken_in && seen.orphan_of(resource) != nullptr) {
            return blocked_by(Difference::Blocked::Orphaned, *resource.type);
        }
        if (seen.unlisted_for(resource) != nullptr) {
            return blocked_by(Difference::Blocked::Unlisted, *resource.type);
        }
        return std::nullopt;
    }
    if (is_unchanged(resource)) {
        return unchanged_with(recorded.looked->kind == RefreshResult::Kind::Present
                                  ? recorded.looked->seen.outputs
                                  : recorded.row->outputs);
    }
    // That it could not be read is told; what reads it is judged by the record.
    if (recorded.looked->kind == RefreshResult::Kind::Failed) {
        return unchanged_with(recorded.row->outputs);
    }
    return std::nullopt;
}

provider::Change change_of(Resource& resource) {
    const state::Row* row = resource.recorded.row;
    provider::Change change{.type = *resource.type,
                            .prior = {},
                            .recorded_inputs = {},
                            .inputs = std::move(resource.desired->inputs)};
    if (row == nullptr || break_of(resource).any()) return change;
    change.recorded_inputs = row->inputs;
    const RefreshResult& looked = *resource.recorded.looked;
    change.prior =
        looked.kind == RefreshResult::Kind::Present
            ? looked.seen
            : provider::ObservedResource{
                  .key = row->key, .inputs = row->inputs, .outputs = row->outputs, .token = {}};
    return change;
}

Difference difference_of(const Resource& resource, provider::PlannedChange planned) {
    const state::Row* row = resource.recorded.row;
    const Break broken = break_of(resource);
    Difference out;
    out.change = std::move(planned);
    out.action = step_action(out.change.action);
    if (out.change.stuck) {
        out.action = StepAction::None;
        out.change.outputs = resource.recorded.looked->seen.outputs;
        return out;
    }
    // The id of something new certainly differs from the one that is recorded.
    if (out.action == StepAction::MayReplace && resource.desired->waits_for_fresh_only) {
        out.action = StepAction::Replace;
    }
    if (broken.other_type || broken.other_place) {
        out.action = StepAction::Replace;
        out.cause = Cause{.kind = broken.other_type ? Cause::Kind::TypeChanged
                                                    : Cause::Kind::ConnectionChanged,
                          .subject = broken.other_type ? row->type : row->connection->address,
                          .place = {}};
    } else if (broken.gone) {
        out.cause = Cause{.kind = Cause::Kind::Gone, .subject = {}, .place = {}};
    } else if (row != nullptr && !row->complete) {
        // Nothing may differ any more, and yet a step is due: what it lacks, no input shows.
        if (out.action == StepAction::None) out.action = StepAction::Update;
        out.cause = Cause{.kind = Cause::Kind::Incomplete, .subject = {}, .place = {}};
    }
    return out;
}

}
