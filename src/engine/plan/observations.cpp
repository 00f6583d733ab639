#include "engine/plan/observations.hpp"

#include "engine/plan/consent.hpp"
#include "state/state.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

Observations::Observations(const PlanningContext& context, ProblemList& problems)
    : context_(context), problems_(problems) {
    const std::vector<state::Row>& rows = context.snapshot.rows;
    looked_.resize(rows.size());
    rows_.reserve(rows.size());
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        const state::Row& row = rows[i];
        rows_[row.address] = i;   // the newest generation comes last
        const provider::ResourceType* type = context.registry.type(row.type);
        // What has no effect outside is nowhere to be looked at: its row is all there is.
        if (type == nullptr || !(type->outside_effects || type->is_looked_up)) continue;
        rows_by_place_[{row.connection->provider, row.connection->identity}].push_back(i);
    }
}

Recorded Observations::recorded_at(std::size_t row) {
    const state::Row& recorded = context_.snapshot.rows[row];
    return {.row = &recorded,
            .open = context_.snapshot.find_open(recorded.address),
            .looked = &looked_[row],
            .link = nullptr,
            .is_superseded = rows_.find(recorded.address)->second != row};
}

Recorded Observations::recorded_of(std::string_view address) {
    const auto row = rows_.find(address);
    if (row != rows_.end()) return recorded_at(row->second);
    Recorded none;
    none.open = context_.snapshot.find_open(address);
    return none;
}

std::vector<RefreshTask> Observations::tasks_for(const provider::ProviderInstance& link,
                                                 std::set<Place>& undecided) {
    std::vector<RefreshTask> tasks;
    const auto rows = rows_by_place_.find({link.record->provider, link.record->identity});
    if (rows == rows_by_place_.end()) return tasks;
    for (const std::uint32_t index : rows->second) {
        const state::Row& row = context_.snapshot.rows[index];
        // While an intent is open, what is seen may change at any moment: recovery has the word.
        if (context_.snapshot.find_open(row.address) != nullptr) {
            undecided.emplace(row.type, row.key);
            continue;
        }
        tasks.push_back(
            {.type = context_.registry.type(row.type), .row = &row, .out = &looked_[index]});
    }
    return tasks;
}

void Observations::look_at(provider::ProviderInstance& link) {
    if (!context_.options.refresh ||
        !seen_.emplace(link.record->provider, link.record->identity).second) {
        return;
    }
    std::set<Place> undecided;   // type, key
    const std::vector<RefreshTask> tasks = tasks_for(link, undecided);
    std::vector<ToLook> looked_at;
    for (const RefreshTask& task : tasks) {
        looked_at.push_back({task.type, task.row->address, &task.row->inputs});
    }
    auto allowed = require_programs(context_.registry, looked_at);
    for (const RefreshTask& task : tasks) {
        if (!allowed.ok()) break;
        allowed = require_secrets(context_.registry, link, task.row->address, task.row->inputs);
    }
    if (!allowed.ok()) {
        failed_.insert(&link);
        Problem problem = Problem::of(allowed.error(), "");
        problem.code = allowed.error().code();
        return problems_.add(std::move(problem));
    }
    std::vector<RefreshTask> looks = tasks;
    Refreshed looked =
        refresh(link, context_.options.scope, looks, context_.workers, context_.options.looking);
    // What was not looked at is not known, and no plan is made of it.
    if (context_.is_stopped()) return;
    take_orphans(link, std::move(looked.unrecorded), undecided);
    check_read(tasks);
    check_missing(link, tasks);
    // Where a row could not be read, that tells the same of the connection, at a better place.
    const bool is_told = std::ranges::any_of(tasks, [](const RefreshTask& task) {
        return task.out->kind == RefreshResult::Kind::Failed;
    });
    take_failed_lists(link, std::move(looked.failed), is_told);
}

// Whether it was made, or may have been, by what is recorded there.
static bool knows(const state::Snapshot& snapshot, const provider::ProviderInstance& link,
                  const UnrecordedResource& one) {
    const auto is_open = [&](const state::OpenIntent& open) {
        return open.intent.token == one.token;
    };
    const auto is_recorded = [&](const state::Row& row) {
        if (!one.token.empty() && row.token == one.token) return true;
        return row.type == one.type->name && row.key == one.key &&
               row.connection->identity == link.record->identity;
    };
    return std::ranges::any_of(snapshot.open, is_open) ||
           std::ranges::any_of(snapshot.rows, is_recorded);
}

// Things that carry our tags and are in no row. What an open intent may have made is not among
// them: recovery will record it.
void Observations::take_orphans(const provider::ProviderInstance& link,
                                std::vector<UnrecordedResource> unrecorded,
                                const std::set<Place>& undecided) {
    std::erase_if(unrecorded, [&](const UnrecordedResource& one) {
        return undecided.contains({one.type->name, one.key}) || knows(context_.snapshot, link, one);
    });
    // The snapshot is older than the list: what a run that is at work has made in between, it had
    // announced before, and may have recorded since.
    if (!unrecorded.empty() && context_.read_again) {
        const auto now = context_.read_again();
        if (!now.ok()) {
            problems_.add(Problem::of(now.error(), ""));
            return;
        }
        std::erase_if(unrecorded,
                      [&](const UnrecordedResource& one) { return knows(*now, link, one); });
    }
    for (UnrecordedResource& one : unrecorded) {
        orphan_of_.try_emplace({one.type->name, one.address}, orphans_.size());
        orphans_.push_back({.type = one.type->name,
                            .key = std::move(one.key),
                            .address = std::move(one.address),
                            .connection = link.record});
    }
}

void Observations::look_for_marked(const Resource& resource) {
    const provider::ResourceType& type = *resource.type;
    const value::Value& inputs = resource.desired->inputs;
    const value::Value* key = type.input(type.key) != nullptr ? inputs.find(type.key) : nullptr;
    const bool is_known = key != nullptr && key->as_string() != nullptr;
    // A look must not start anything here.
    if (!is_known || !context_.registry.programs_to_look(type, inputs).empty()) return;
    provider::ProviderInstance& link = *resource.desired->link;
    auto seen = link.connection->read(type, *key->as_string(), inputs,
                                      {.stop = context_.options.looking.stop,
                                       .timeout = link.connection->capabilities().call_deadline});
    if (!seen.ok() || !*seen || (*seen)->token.empty()) return;
    const UnrecordedResource one{.type = &type,
                                 .key = *key->as_string(),
                                 .address = resource.address,
                                 .token = (*seen)->token};
    if (knows(context_.snapshot, link, one)) return;
    orphan_of_.try_emplace({type.name, link.connection->tag_of(one.address)}, orphans_.size());
    orphans_.push_back(
        {.type = type.name, .key = one.key, .address = one.address, .connection = link.record});
}

// What a list did not show is not known. Where our own things could not be listed, no plan is made,
// as where a row cannot be read. Only a list that is not permitted stays so however often it is
// tried, and many a token may do a part only: then the plan goes on without what needs to know that
// nothing was made (`unlisted_for`). The rows behind a failed list of everything are read one by
// one, and fail by themselves.
void Observations::take_failed_lists(const provider::ProviderInstance& link,
                                     std::vector<FailedList> failed, bool is_told) {
    const FailedList* whole = nullptr;
    std::size_t alike = 0;
    for (const FailedList& one : failed) {
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
    failed_.insert(&link);
    std::string which = whole->type->name;
    if (alike > 1) which += fmt::format(" and {} more", alike - 1);
    Problem problem = Problem::of_call(whole->error, link.record->address);
    problem.message = fmt::format("listing {} failed: {}", which, problem.message);
    problems_.add(std::move(problem));
}

// Rows that could not be read: one problem for all of which the same is said.
void Observations::check_read(std::span<const RefreshTask> tasks) {
    std::map<std::string_view, std::vector<const RefreshTask*>> failed;   // by what was said
    for (const RefreshTask& task : tasks) {
        if (task.out->kind == RefreshResult::Kind::Failed) {
            failed[task.out->error->message()].push_back(&task);
        }
    }
    for (const auto& [said, alike] : failed) {
        const state::Row& row = *alike.front()->row;
        std::string which = fmt::format("{} ({})", row.address, row.type);
        if (alike.size() > 1) which += fmt::format(" and {} more", alike.size() - 1);
        Problem problem = Problem::of_call(*alike.front()->out->error, row.address);
        problem.message = fmt::format("reading {} failed: {}", which, problem.message);
        problems_.add(std::move(problem));
    }
}

// An empty account is far more often the wrong one than a loss of everything: to make all of it
// again there is the worst that a plan could propose.
void Observations::check_missing(const provider::ProviderInstance& link,
                                 std::span<const RefreshTask> tasks) {
    std::size_t missing = 0;
    std::size_t made = 0;
    for (const RefreshTask& task : tasks) {
        if (task.type->is_looked_up) continue;   // that is there for everybody
        ++made;
        if (task.out->kind == RefreshResult::Kind::Absent) ++missing;
    }
    // One that is gone is no sign of that.
    if (made < 2 || missing < made || context_.options.accept_missing ||
        !provider::ProviderRegistry::has_accounts(*link.provider)) {
        return;
    }
    problems_.add({.address = link.record->address,
                   .message = fmt::format("none of the {} recorded resources of {} exists at {}",
                                          made, link.record->address, link.record->identity),
                   .help = "is this the right account?",
                   .advice = base::Advice{.next = base::Next::AcceptMissing},
                   .code = base::Code::Unavailable});
}

const Orphan* Observations::orphan_of(const Resource& resource) const {
    const provider::Connection& connection = *resource.desired->link->connection;
    // Programs before addresses were quoted named it so.
    for (const std::string& address :
         {resource.address, value::unquoted_address(resource.address)}) {
        const auto found = orphan_of_.find({resource.type->name, connection.tag_of(address)});
        if (found != orphan_of_.end()) return &orphans_[found->second];
    }
    return nullptr;
}

const Unlisted* Observations::unlisted_for(const Resource& resource) const {
    const auto found = std::ranges::find_if(unlisted_, [&](const Unlisted& one) {
        return one.is_own && one.type == resource.type->name &&
               one.connection == resource.desired->link->record;
    });
    return found != unlisted_.end() ? &*found : nullptr;
}

}
