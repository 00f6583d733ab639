#include "state/sqlite/admin.hpp"

#include "state/recovery.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/run_impl.hpp"
#include "state/sqlite/runs.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace state::sqlite {
namespace {

using value::is_at_or_under;

base::Error no_resource(std::string_view address) {
    return base::not_found(fmt::format("the state has no resource at {}", address))
        .with_advice({.next = base::Next::ListResources});
}

// While it is not known what a run has done, its rows stay where they are.
// A move would leave the intent at an address where the row is no longer, and recovery would write
// a second one there.
base::Result<void> refuse_while_open(SqliteContext& context) {
    const auto open = TRY(Intents(context).open());
    if (open.empty()) return {};
    const OpenIntent& first = open.front();
    const std::string run = std::to_string(first.run);
    base::Advice advice{.next = base::Next::ResolveIntent, .subject = first.intent.address};
    if (first.run_live) advice = {.next = base::Next::WaitForRun, .subject = run};
    if (!first.elsewhere.empty()) {
        advice = {.next = base::Next::AbandonRun, .subject = run, .object = first.elsewhere};
    }
    return base::Error(
               base::Code::Busy,
               fmt::format("{} of run {} {} still open, for {}",
                           open.size() == 1 ? "an intent" : fmt::format("{} intents", open.size()),
                           run, open.size() == 1 ? "is" : "are", first.intent.address))
        .with_advice(std::move(advice));
}

// `place` becomes as the rows have it, where older programs wrote it.
base::Result<std::vector<Row>> rows_under(SqliteContext& context, std::string& place) {
    auto rows = TRY(Rows(context).all());
    place = recorded_place(rows, place);
    std::erase_if(rows, [&](const Row& row) { return !is_at_or_under(row.address, place); });
    if (rows.empty()) return no_resource(place);
    return rows;
}

RunRequest request_of(std::string command) {
    RunRequest request;
    request.command = std::move(command);
    request.refreshed = false;
    return request;
}

// The rows as they were read, and no others.
// Read before the run begins; the versions make begin_run refuse if one has moved in between.
void rely_on(RunRequest& request, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        request.addresses.push_back(row.address);
        request.expected.push_back({row.address, row.generation, row.version});
    }
}

base::Result<void> finish(RunImpl& run, std::string_view step,
                          const std::function<base::Result<void>()>& work) {
    // Everything or nothing: a move of a hundred rows that stopped in the middle would be a state
    // that no plan can explain.
    auto done = run.in_transaction(step, work);
    if (!done.ok()) {
        // A run that wrote nothing is not worth a line in the list.
        TRY(run.discard());
        return done;
    }
    run.set_wrote();
    TRY(run.finish(RunStatus::Done, ""));
    return {};
}

// Rows that refer to what was moved.
base::Result<void> follow_move(SqliteContext& context, RunImpl& run,
                               const value::AddressMove& move) {
    Batch batch;
    // Otherwise a deletion would not know its order any more: who depends on whom is by address.
    for (Row& row : TRY(Rows(context).all())) {
        bool changed = false;
        for (std::string& dependency : row.dependencies) {
            if (!value::is_moved(dependency, move)) continue;
            dependency = value::moved_address(dependency, move);
            changed = true;
        }
        if (!changed) continue;
        StepResult result;
        result.kind = StepResult::Kind::Write;
        result.row = std::move(row);
        batch.results.push_back(std::move(result));
    }
    return run.write(batch);
}

provider::LookupResult resolved_as_done(const OpenIntent& open) {
    provider::LookupResult found;
    // As if the provider had said so. What it made has the key that the program gave it, if any;
    // outputs are seen by the next refresh.
    found.kind = provider::LookupResult::Kind::Done;
    if (open.intent.action == provider::Action::Create) {
        provider::ObservedResource seen;
        seen.key = open.intent.key;
        seen.inputs = open.intent.inputs;
        found.seen = std::move(seen);
    }
    return found;
}

}

base::Result<void> reap_dead_runs(SqliteContext& context) {
    Runs runs(context);
    // Looked at outside of a transaction first: mostly nobody died, and then no write lock is
    // taken.
    const auto dead = TRY(runs.dead());
    if (dead.empty()) return {};
    auto transaction =
        TRY(store::Transaction::begin(*context.database, store::Transaction::Kind::Write));
    TRY(runs.reap_dead_runs());
    TRY(context.commit(transaction, "reap"));
    // After the commit: as long as the row says that it runs, its lock has to be there to be
    // asked.
    for (const RunInfo& run : dead) context.liveness->forget(run.id);
    return {};
}

base::Result<void> mark_over(SqliteContext& context) {
    Runs runs(context);
    const auto numbers = TRY(runs.not_marked_over());
    if (numbers.empty()) return {};
    auto transaction =
        TRY(store::Transaction::begin(*context.database, store::Transaction::Kind::Write));
    for (const std::int64_t number : numbers) TRY(runs.set_over(number, context.since_boot()));
    return context.commit(transaction, "over");
}

base::Result<RunInfo> abandon_run(SqliteContext& context, std::string_view number_or_id) {
    Runs runs(context);
    auto transaction =
        // The check and the mark in one transaction, so that the run cannot end in between.
        TRY(store::Transaction::begin(*context.database, store::Transaction::Kind::Write));
    const auto run = TRY(runs.find(number_or_id));
    if (!run) return base::not_found(fmt::format("there is no run {}", number_or_id));
    if (run->status != RunStatus::Running) {
        return base::Error(
            base::Code::FailedPrecondition,
            fmt::format("run {} has ended already: {}", run->number, name_of(run->status)));
    }
    // Here the lock tells for certain; a run that lives must not be declared dead by a person
    // either.
    if (run->live && !run->elsewhere) {
        return base::Error(base::Code::Busy,
                           fmt::format("run {} is at work on this machine, as process {}",
                                       run->number, run->pid))
            .with_advice({.next = base::Next::WaitForRun, .subject = std::to_string(run->number)});
    }
    TRY(runs.mark_died(run->number, context.clock->now()));
    TRY(context.commit(transaction, "abandon"));
    // Should the run be alive on its machine after all, its next commit finds itself not running.
    context.liveness->forget(run->id);
    auto after = TRY(runs.find(run->id));
    CHECK(after.has_value());
    return std::move(*after);
}

base::Result<void> move_within(SqliteContext& context, RunImpl& run,
                               const value::AddressMove& move) {
    const auto everything = TRY(Rows(context).all());
    for (const Row& row : everything) {
        if (!value::is_moved(row.address, move)) continue;
        const std::string target = value::moved_address(row.address, move);
        const bool taken = std::ranges::any_of(
            everything, [&](const Row& other) { return other.address == target; });
        if (taken) {
            return base::Error(base::Code::AlreadyExists,
                               fmt::format("the state has a resource at {} already", target));
        }
        TRY(run.move(row, target));
    }
    return follow_move(context, run, move);
}

base::Result<std::size_t> move_rows(SqliteContext& context, std::string from, std::string_view to) {
    TRY(reap_dead_runs(context));
    TRY(refuse_while_open(context));
    const auto rows = TRY(rows_under(context, from));
    // Into itself or over itself: addresses would depend on the order in which rows are taken.
    if (to.empty() || is_at_or_under(to, from) || is_at_or_under(from, to)) {
        return base::invalid_argument(fmt::format("cannot move {} to \"{}\"", from, to));
    }
    const value::AddressMove move{.from = from, .to = std::string(to)};
    // Any row may depend on what is moved and be rewritten, so all are leased and expected.
    auto everything = TRY(Rows(context).all());
    RunRequest request = request_of("state mv");
    rely_on(request, everything);
    for (const Row& row : rows) {
        request.addresses.push_back(value::moved_address(row.address, move));
    }
    auto run = TRY(RunImpl::begin(context, request));
    TRY(finish(*run, "move", [&]() -> base::Result<void> {
        // Again within the transaction: an intent may have been opened since the look outside of
        // it.
        TRY(refuse_while_open(context));
        return move_within(context, *run, move);
    }));
    return rows.size();
}

base::Result<std::size_t> remove_rows(SqliteContext& context, std::string address) {
    TRY(reap_dead_runs(context));
    TRY(refuse_while_open(context));
    const auto rows = TRY(rows_under(context, address));
    RunRequest request = request_of("state rm");
    rely_on(request, rows);
    auto run = TRY(RunImpl::begin(context, request));
    TRY(finish(*run, "remove", [&]() -> base::Result<void> {
        TRY(refuse_while_open(context));
        Batch batch;
        for (const Row& row : rows) {
            StepResult result;
            result.kind = StepResult::Kind::Remove;
            result.row.address = row.address;
            result.row.generation = row.generation;
            batch.results.push_back(std::move(result));
        }
        return run->write(batch);
    }));
    return rows.size();
}

base::Result<std::size_t> resolve_intents(SqliteContext& context, std::string_view address,
                                          State::Resolution how) {
    // A run that died a moment ago can be resolved now, without another command in between.
    TRY(reap_dead_runs(context));
    auto open = TRY(Intents(context).open());
    // As older programs wrote it, where nothing is open at what is written so today.
    const bool is_there = std::ranges::any_of(
        open, [&](const OpenIntent& intent) { return intent.intent.address == address; });
    const std::string place = is_there ? std::string(address) : value::unquoted_address(address);
    std::erase_if(open, [&](const OpenIntent& intent) { return intent.intent.address != place; });
    if (open.empty()) {
        return base::not_found(fmt::format("nothing is open at {}", address))
            .with_advice({.next = base::Next::PlanAgain});
    }
    RunRequest request = request_of("state resolve");
    request.addresses.push_back(place);
    // It may take an address although an intent is open there: that is what it is for.
    request.recovers = true;
    auto run = TRY(RunImpl::begin(context, request));
    TRY(finish(*run, "resolve", [&]() -> base::Result<void> {
        Batch batch;
        for (const OpenIntent& intent : open) {
            StepResult result;
            if (how == State::Resolution::Done) {
                result = decide(intent, resolved_as_done(intent), context.clock->now()).result;
            } else {
                // Not done: the intent goes, and rows stay as they are. A create will be planned
                // again.
                result.row.address = intent.intent.address;
                result.row.generation = intent.intent.generation;
                result.token = intent.intent.token;
            }
            // Kept apart from Done in the record, as a person's word and not a platform's.
            result.outcome = Outcome::Resolved;
            batch.results.push_back(std::move(result));
        }
        return run->write(batch);
    }));
    return open.size();
}

}
