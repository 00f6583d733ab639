#include "engine/plan/changes.hpp"
#include "engine/plan/planner.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
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

value::Value all_unknown(const provider::ResourceType& type) {
    value::Value::Record outputs;
    for (const provider::OutputField& output : type.outputs) {
        outputs.emplace_back(output.name, value::Value::unknown(output.type));
    }
    return value::Value(std::move(outputs));
}

std::vector<std::string> strings_of(const value::Value* value) {
    std::vector<std::string> out;
    const value::Value::Array* items = value != nullptr ? value->as_array() : nullptr;
    if (items == nullptr) return out;
    for (const value::Value& item : *items) {
        if (const std::string* text = item.as_string()) out.push_back(*text);
    }
    return out;
}

// Whether the value is this part, has it somewhere, or was made from its text.
bool has_part(const value::Value& value, const value::Value& part) {
    if (value.same_as(part)) return true;
    if (const value::Value::Array* items = value.as_array()) {
        return std::ranges::any_of(*items,
                                   [&](const value::Value& item) { return has_part(item, part); });
    }
    if (const value::Value::Record* members = value.as_record()) {
        return std::ranges::any_of(*members, [&](const value::Value::Member& member) {
            return has_part(member.second, part);
        });
    }
    const std::string* text = value.as_string();
    if (text == nullptr) return false;
    if (const std::string* is = part.as_string()) {
        return !is->empty() && text->find(*is) != std::string::npos;
    }
    const std::int64_t* number = part.as_integer();
    return number != nullptr && text->find(std::to_string(*number)) != std::string::npos;
}

// Whether a part of an output that differs now (`was`, `is`) stands in an input in the same way.
bool reaches(const value::Value& before, const value::Value& after, const value::Value& was,
             const value::Value& is) {
    if (is.has_unknown() || was.same_as(is)) return false;
    if (has_part(before, was) && has_part(after, is)) return true;
    const value::Value::Record* members = is.as_record();
    if (members == nullptr) return false;
    return std::ranges::any_of(*members, [&](const value::Value::Member& member) {
        const value::Value* old = was.find(member.first);
        return old != nullptr && reaches(before, after, *old, member.second);
    });
}

bool flag_of(const value::Value* value) {
    return value != nullptr && value->as_bool() != nullptr && *value->as_bool();
}

}

Lifecycle read_lifecycle(const value::Value& value) {
    Lifecycle out;
    out.protect = flag_of(value.find("protect"));
    out.create_first = flag_of(value.find("create_first"));
    out.ignore = strings_of(value.find("ignore"));
    out.after = strings_of(value.find("after"));
    const value::Value* timeout = value.find("timeout");
    if (timeout != nullptr && timeout->as_integer() != nullptr) {
        out.timeout = std::chrono::seconds(*timeout->as_integer());
    }
    return out;
}

std::vector<std::string> dependencies(std::vector<std::string> reads, const Lifecycle& lifecycle) {
    reads.insert(reads.end(), lifecycle.after.begin(), lifecycle.after.end());
    std::ranges::sort(reads);
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
    return reads;
}

// All rows of a platform at once, when the first of its resources is planned.
void Planner::look_at_rows_of(provider::ProviderInstance& link) {
    if (!options_.refresh ||
        !places_seen_.emplace(link.record->provider, link.record->identity).second)
        return;
    std::vector<RefreshTask> tasks;
    std::set<std::pair<std::string_view, std::string_view>> undecided;
    if (const auto rows = rows_by_place_.find({link.record->provider, link.record->identity});
        rows != rows_by_place_.end()) {
        for (std::uint32_t row : rows->second) {
            const state::Row& recorded = snapshot_.rows[row];
            if (snapshot_.find_open(recorded.address) != nullptr) {
                undecided.emplace(recorded.type, recorded.key);
                continue;
            }
            tasks.push_back(
                {.type = registry_.type(recorded.type), .row = &recorded, .out = &looked_[row]});
        }
    }
    Refreshed looked = refresh(link, options_.scope, tasks, workers_, options_.looking);
    if (options_.looking.stop.stop_requested()) return;
    for (UnrecordedResource& one : looked.unrecorded) {
        const bool is_undecided = undecided.contains({one.type->name, one.key}) ||
                                  std::ranges::any_of(snapshot_.open, [&](const auto& open) {
                                      return open.intent.token == one.token;
                                  });
        if (is_undecided) continue;
        orphans_.push_back({.type = one.type->name,
                            .key = std::move(one.key),
                            .address = std::move(one.address),
                            .connection = link.record});
    }
    check_missing(link, tasks);
    // Where a row could not be read, that tells the same of the connection, at a better place.
    const bool is_told = std::ranges::any_of(tasks, [](const RefreshTask& task) {
        return task.out->kind == RefreshResult::Kind::Failed;
    });
    take_failed_lists(link, std::move(looked.failed), is_told);
}

// What a list did not show is not known. Where our own things could not be listed, no plan is made,
// as where a row cannot be read. Only a list that is not permitted stays so however often it is
// tried, and many a token may do a part only: then the plan goes on without what needs to know that
// nothing was made (`is_unlisted`). The rows behind a failed list of everything are read one by
// one, and fail by themselves.
void Planner::take_failed_lists(const provider::ProviderInstance& link,
                                std::vector<FailedList> failed, bool is_told) {
    const FailedList* whole = nullptr;
    std::size_t alike = 0;
    for (FailedList& one : failed) {
        const base::Code code = one.error.code();
        if (one.is_own && code != base::Code::PermissionDenied) {
            if (whole == nullptr) whole = &one;
            ++alike;
            continue;
        }
        if (code != base::Code::PermissionDenied) continue;
        unlisted_.push_back({.type = one.type->name,
                             .connection = link.record,
                             .is_own = one.is_own,
                             .code = code,
                             .message = one.error.text(),
                             .blocks = {}});
    }
    if (whole == nullptr || is_told) return;
    failed_links_.insert(&link);
    const base::Error& error = whole->error;
    std::string which = whole->type->name;
    if (alike > 1) which += fmt::format(" and {} more", alike - 1);
    problems_.push_back({.address = link.record->address,
                         .diagnostic = {},
                         .message = fmt::format("listing {} failed: {}", which, error.text()),
                         .help = std::string(error.help()),
                         .place = {},
                         .exit_code = error.exit_code() != 0 ? error.exit_code() : 69});
}

// Whether it cannot be known that it was not made already. Then nothing is made.
bool Planner::is_unlisted(const Resource& resource) {
    const auto found = std::ranges::find_if(unlisted_, [&](const Unlisted& one) {
        return one.is_own && one.type == resource.type->name &&
               one.connection == resource.link->record;
    });
    if (found == unlisted_.end()) return false;
    found->blocks.push_back(resource.address);
    blocked_.push_back(
        {resource.address, fmt::format("{} could not be listed, so it may have been made already",
                                       resource.type->name)});
    return true;
}

// What was made for an address and is in no row: another one must not be made beside it.
const Orphan* Planner::orphan_of(const Resource& resource) const {
    const auto found = std::ranges::find_if(orphans_, [&](const Orphan& orphan) {
        return orphan.address == resource.address && orphan.type == resource.type->name;
    });
    return found != orphans_.end() ? &*found : nullptr;
}

void Planner::check_missing(const provider::ProviderInstance& link,
                            const std::vector<RefreshTask>& tasks) {
    std::size_t missing = 0;
    std::size_t made = 0;   // what is only looked up is there for everybody
    std::map<std::string_view, std::vector<const RefreshTask*>> failed;   // by what was said
    for (const RefreshTask& task : tasks) {
        if (!task.type->is_looked_up) {
            ++made;
            if (task.out->kind == RefreshResult::Kind::Absent) ++missing;
        }
        if (task.out->kind == RefreshResult::Kind::Failed)
            failed[task.out->error->message()].push_back(&task);
    }
    for (const auto& [said, alike] : failed) {
        const state::Row& row = *alike.front()->row;
        const base::Error& error = *alike.front()->out->error;
        std::string which = fmt::format("{} ({})", row.address, row.type);
        if (alike.size() > 1) which += fmt::format(" and {} more", alike.size() - 1);
        problems_.push_back({.address = row.address,
                             .diagnostic = {},
                             .message = fmt::format("reading {} failed: {}", which, error.text()),
                             .help = std::string(error.help()),
                             .place = {},
                             .exit_code = error.exit_code() != 0 ? error.exit_code() : 69});
    }
    // Only where there are accounts can it be the wrong one.
    if (missing == 0 || missing < made || options_.accept_missing ||
        !provider::ProviderRegistry::has_accounts(*link.provider)) {
        return;
    }
    problems_.push_back(
        {.address = link.record->address,
         .diagnostic = {},
         .message = fmt::format("none of the {} recorded resources of {} exists at {}", made,
                                link.record->address, link.record->identity),
         .help = "is this the right account? If all of them are really gone: --accept-missing",
         .place = {},
         .exit_code = 69});
}

bool Planner::is_unchanged(const Resource& resource) const {
    const state::Row& row = *resource.row;
    if (!row.complete || row.type != resource.type->name ||
        row.connection->identity != resource.link->record->identity ||
        !resource.inputs.same_as(row.inputs)) {
        return false;
    }
    const RefreshResult& looked = *resource.looked;
    if (looked.kind != RefreshResult::Kind::Present)
        return looked.kind == RefreshResult::Kind::NotYet;
    const value::Value::Record* seen = looked.seen.inputs.as_record();
    if (seen == nullptr) return true;
    for (const auto& [name, value] : *seen) {
        const provider::InputField* field = resource.type->input(name);
        if (field == nullptr || field->write_only || contains(resource.lifecycle.ignore, name))
            continue;
        const value::Value* wanted = resource.inputs.find(name);
        if (wanted == nullptr ? !value.is_null() : !wanted->same_as(value)) return false;
    }
    return true;
}

value::Value Planner::ignored_left_alone(const Resource& resource, value::Value inputs) const {
    for (const std::string& name : resource.lifecycle.ignore) {
        if (resource.type->input(name) == nullptr) continue;
        if (const value::Value* recorded = resource.row->inputs.find(name))
            inputs.set(name, *recorded);
    }
    return inputs;
}

void Planner::compare(Resource& resource) {
    resource.causes.clear();
    resource.change = {};
    resource.action = StepAction::None;
    if (resource.open != nullptr) {
        resource.blocked = true;
        resource.change.outputs = all_unknown(*resource.type);
        return;
    }
    look_at_rows_of(*resource.link);
    const bool is_new = resource.row == nullptr && resource.address != options_.importing;
    if (const Orphan* orphan = is_new ? orphan_of(resource) : nullptr) {
        resource.blocked = true;
        resource.change.outputs = all_unknown(*resource.type);
        blocked_.push_back(
            {resource.address,
             fmt::format("the {} {} was made for it and is not recorded; `state adopt` records it",
                         orphan->type, orphan->key)});
        return;
    }
    if (resource.row == nullptr && is_unlisted(resource)) {
        resource.blocked = true;
        resource.change.outputs = all_unknown(*resource.type);
        return;
    }
    if (resource.row != nullptr) {
        if (!resource.lifecycle.ignore.empty()) {
            resource.inputs = ignored_left_alone(resource, std::move(resource.inputs));
        }
        if (is_unchanged(resource)) {
            resource.change.outputs = resource.looked->kind == RefreshResult::Kind::Present
                                          ? resource.looked->seen.outputs
                                          : resource.row->outputs;
            return;
        }
        if (resource.looked->kind == RefreshResult::Kind::Failed) {
            resource.change.outputs = resource.row->outputs;
            return;
        }
    }
    plan_change(resource);
    if (resource.action != StepAction::None) find_causes(resource);
}

void Planner::plan_change(Resource& resource) {
    const state::Row* row = resource.row;
    bool gone = row != nullptr && resource.looked->kind == RefreshResult::Kind::Absent;
    bool other_type = row != nullptr && row->type != resource.type->name;
    bool other_place = row != nullptr && !other_type &&
                       (row->connection->provider != resource.link->record->provider ||
                        row->connection->identity != resource.link->record->identity);
    provider::Change change{
        .type = *resource.type, .prior = {}, .recorded_inputs = {}, .inputs = {}};
    change.inputs = std::move(resource.inputs);
    if (row != nullptr && !gone && !other_type && !other_place) {
        change.recorded_inputs = row->inputs;
        change.prior =
            resource.looked->kind == RefreshResult::Kind::Present
                ? resource.looked->seen
                : provider::ObservedResource{
                      .key = row->key, .inputs = row->inputs, .outputs = row->outputs, .token = {}};
        value::Value::Record* seen = change.prior->inputs.as_record();
        if (seen != nullptr && !resource.lifecycle.ignore.empty()) {
            std::erase_if(*seen, [&](const value::Value::Member& member) {
                return contains(resource.lifecycle.ignore, member.first);
            });
        }
    }
    if (failed_links_.contains(resource.link)) {
        resource.inputs = std::move(change.inputs);
        resource.failed = true;
        return;
    }
    auto planned = resource.link->connection->plan(change);
    resource.inputs = std::move(change.inputs);
    if (!planned.ok()) {
        const base::Error& error = planned.error();
        const provider::CallFailure* failure = provider::call_failure_of(error);
        resource.failed = true;
        // What has an exit code of its own is about the way to the platform, not this resource.
        if (error.exit_code() != 0 && error.exit_code() != 65) {
            failed_links_.insert(resource.link);
            return problem_of_way(resource.link->record->address, resource, error);
        }
        problem(resource, failure != nullptr ? failure->input : "", error.text(),
                std::string(error.help()));
        return;
    }
    resource.change = std::move(planned).value();
    resource.action = step_action(resource.change.action);
    // The id of something new certainly differs from the one that is recorded.
    if (resource.action == StepAction::MayReplace && resource.waits_for_fresh_only) {
        resource.action = StepAction::Replace;
    }
    if (other_type || other_place) {
        resource.action = StepAction::Replace;
        resource.causes.push_back(
            {.kind = other_type ? Cause::Kind::TypeChanged : Cause::Kind::ConnectionChanged,
             .subject = other_type ? row->type : row->connection->address,
             .place = {}});
    } else if (gone) {
        resource.causes.push_back({.kind = Cause::Kind::Gone, .subject = {}, .place = {}});
    } else if (row != nullptr && !row->complete) {
        if (resource.action == StepAction::None) resource.action = StepAction::Update;
        resource.causes.push_back({.kind = Cause::Kind::Incomplete, .subject = {}, .place = {}});
    }
}

void Planner::find_causes(Resource& resource) const {
    if (resource.action == StepAction::Create) {
        if (resource.causes.empty()) {
            resource.causes.push_back({.kind = Cause::Kind::New,
                                       .subject = {},
                                       .place = program_->place(*resource.instance, {})});
        }
        return;
    }
    bool waits = false;
    for (const std::string& input : resource.change.changed) {
        const value::Value* wanted = resource.inputs.find(input);
        const value::Value* recorded =
            resource.row != nullptr ? resource.row->inputs.find(input) : nullptr;
        if (wanted != nullptr && wanted->has_unknown()) {
            waits = true;
        } else if (wanted != nullptr && recorded != nullptr ? !wanted->same_as(*recorded)
                                                            : wanted != recorded) {
            if (add_known_upstream(resource, recorded, wanted)) continue;
            resource.causes.push_back({.kind = Cause::Kind::Edited,
                                       .subject = input,
                                       .place = place_of(resource, input)});
        } else {
            resource.causes.push_back({.kind = Cause::Kind::Drift, .subject = input, .place = {}});
        }
    }
    if (!waits) return;
    for (std::uint32_t owner : resource.reads) {
        if (resources_[owner].has_unknown_outputs()) add_upstream(resource, owner);
    }
}

void Planner::add_upstream(Resource& resource, std::uint32_t owner) const {
    const Resource& from = resources_[owner];
    bool told = std::ranges::any_of(resource.causes, [&](const Cause& cause) {
        return cause.kind == Cause::Kind::Upstream && cause.subject == from.address;
    });
    if (told) return;
    resource.causes.push_back({.kind = Cause::Kind::Upstream,
                               .subject = from.address,
                               .place = {},
                               .action = from.action});
}

// An input that differs although nobody edited it: an output that it was made from did, and is
// known already, because it is computed while planning or was changed outside.
bool Planner::add_known_upstream(Resource& resource, const value::Value* before,
                                 const value::Value* after) const {
    if (before == nullptr || after == nullptr) return false;
    bool found = false;
    for (std::uint32_t owner : resource.reads) {
        const Resource& from = resources_[owner];
        const value::Value::Record* outputs = from.change.outputs.as_record();
        if (from.row == nullptr || outputs == nullptr) continue;
        bool found_here = std::ranges::any_of(*outputs, [&](const value::Value::Member& output) {
            const value::Value* was = from.row->outputs.find(output.first);
            return was != nullptr && reaches(*before, *after, *was, output.second);
        });
        if (!found_here) continue;
        add_upstream(resource, owner);
        found = true;
    }
    return found;
}

}
