#include "state/sqlite/run_impl.hpp"

#include "base/ids.hpp"
#include "base/probe.hpp"
#include "state/sqlite/admin.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/meta.hpp"
#include "state/sqlite/prune.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/runs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace state::sqlite {
namespace {

// 60 random bits after the number: unique wherever tags and labels of several workspaces meet.
// Both parts are allowed in labels of clouds and Kubernetes: letters, digits, dash, 63 at most.
std::string new_run_id(std::int64_t number) {
    return fmt::format("{}-{}", number, base::random_token(8).substr(0, 15));
}

base::Error not_ours(std::string_view what) {
    return base::Error(base::Code::Conflict,
                       fmt::format("{} is not leased by this run any more", what))
        .with_help("another process has taken this run for dead; nothing more is written");
}

}

RunImpl::RunImpl(SqliteContext& context, std::unique_ptr<Liveness::Claim> claim,
                 std::int64_t number, std::string id, std::int64_t epoch)
    : context_(context), claim_(std::move(claim)), number_(number), id_(std::move(id)),
      epoch_(epoch) {}

RunImpl::~RunImpl() {
    // A run that has not ended keeps its file: without the lock, which goes with the process, it
    // tells that the run has died.
    if (ended_) claim_->forget();
}

// Whose leases the run takes: what it moves any row may refer to.
static base::Result<std::vector<std::string>> addresses_of(SqliteContext& context,
                                                           const RunRequest& request) {
    std::vector<std::string> out = request.addresses;
    if (request.moves.empty()) return out;
    for (const Row& row : TRY(Rows(context).all())) {
        out.push_back(row.address);
        std::string address = row.address;
        for (const value::AddressMove& move : request.moves) {
            if (!value::is_moved(address, move)) continue;
            address = value::moved_address(address, move);
            out.push_back(address);
        }
    }
    std::ranges::sort(out);
    const auto twice = std::ranges::unique(out);
    out.erase(twice.begin(), twice.end());
    return out;
}

base::Result<std::unique_ptr<RunImpl>> RunImpl::begin(SqliteContext& context,
                                                      const RunRequest& request) {
    // As a write transaction from the start: one that begins by reading may find, when it comes to
    // write, that another has written in between, and SQLite refuses that with BUSY_SNAPSHOT.
    auto transaction =
        TRY(store::Transaction::begin(*context.database, store::Transaction::Kind::Write));
    // What is reaped is counted; where the run is refused, none of it has happened.
    struct RollBack {
        SqliteContext& context;
        bool is_done = false;
        ~RollBack() {
            if (!is_done) context.roll_back();
        }
    } counted{.context = context};
    Runs runs(context);
    const auto dead_runs = TRY(runs.dead());
    TRY(runs.reap_dead_runs());
    const std::vector<std::string> running = TRY(runs.running_ids());
    context.liveness->sweep([&](std::string_view run_id) {
        return std::ranges::find(running, run_id) != running.end();
    });
    // First what is cheap, and what explains most: a used plan, somebody at work, an open intent,
    // and only then rows that have moved.
    TRY(runs.check_plan_unused(request.plan_id));
    const std::vector<std::string> addresses = TRY(addresses_of(context, request));
    TRY(runs.check_leases(addresses, 0));
    TRY(runs.check_intents(addresses, request.recovers, 0));
    TRY(runs.check_expected(request.expected));

    // Also beyond runs that were pruned: AUTOINCREMENT's table remembers the largest there ever
    // was.
    const std::int64_t number = TRY(context.database->number(
        "SELECT max((SELECT coalesce(max(number), 0) FROM run), "
        "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'run')) + 1"));
    const std::int64_t epoch = TRY(context.epoch_of(number));
    std::string id = new_run_id(number);
    // Before the row can be seen: whoever sees it asks for the lock.
    auto claim = TRY(context.liveness->claim(id));
    std::unique_ptr<RunImpl> run(new RunImpl(context, std::move(claim), number, id, epoch));
    run->ended_ = true;   // until the row is there, nothing is left behind
    TRY(runs.insert(request, id, number, epoch));
    TRY(runs.take_leases(addresses, number));
    for (const value::AddressMove& move : request.moves) TRY(move_within(context, *run, move));
    run->wrote_ = !request.moves.empty();
    // The file of the claim is removed on every way out of here up to this line.
    TRY(context.commit(transaction, "begin"));
    counted.is_done = true;
    run->ended_ = false;
    run->refreshed_ = request.refreshed;
    context.records_written = 0;
    for (const RunInfo& dead : dead_runs) context.liveness->forget(dead.id);
    return run;
}

std::string RunImpl::new_token() { return fmt::format("{}-{}", id_, ++tokens_); }

base::Result<void> RunImpl::in_transaction(std::string_view step,
                                           const std::function<base::Result<void>()>& work) {
    CHECK(!ended_);
    // A transaction that fails gives its numbers back: the batch is committed again as it was,
    // with the same versions.
    const std::int64_t sequence = sequence_;
    const std::int64_t steps = steps_;
    auto result = [&]() -> base::Result<void> {
        auto transaction =
            TRY(store::Transaction::begin(*context_.database, store::Transaction::Kind::Write));
        // Each time anew. A run that was taken for dead, because its machine slept or a person
        // gave it up, finds out here, before it writes over what others have done since.
        if (!TRY(Runs(context_).is_running(number_))) {
            base::probe("run: it was taken for dead");
            return not_ours("everything");
        }
        TRY(work());
        return context_.commit(transaction, step);
    }();
    if (!result.ok()) {
        sequence_ = sequence;
        steps_ = steps;
        context_.roll_back();
    }
    return explained(std::move(result), context_);
}

base::Result<void> RunImpl::extend(std::span<const std::string> addresses,
                                   std::span<const Expected> expected) {
    // As for a new run, except that its own leases and intents are no obstacle.
    return in_transaction("extend", [&]() -> base::Result<void> {
        Runs runs(context_);
        TRY(runs.reap_dead_runs());
        TRY(runs.check_leases(addresses, number_));
        TRY(runs.check_intents(addresses, false, number_));
        TRY(runs.check_expected(expected));
        return runs.take_leases(addresses, number_);
    });
}

base::Result<void> RunImpl::commit(const Batch& batch) {
    if (batch.empty()) return {};
    TRY(in_transaction("commit", [&] { return write(batch); }));
    wrote_ = true;
    return {};
}

base::Result<void> RunImpl::check_lease(std::string_view address) {
    if (TRY(Runs(context_).holds_lease(address, number_))) return {};
    return not_ours(address);
}

base::Result<void> RunImpl::write(const Batch& batch) {
    Intents intents(context_);
    Runs runs(context_);
    // Intents before results only for order's sake: it is one transaction, and durable as one.
    for (const OpenIntent& open : batch.open) {
        TRY(check_lease(open.intent.address));
        TRY(intents.write(open, number_));
    }
    for (const PhaseChange& change : batch.phases) TRY(intents.change_phase(change));
    for (const StepResult& result : batch.results) TRY(write(result));
    for (const StepRecord& step : batch.steps) TRY(runs.write_step(number_, ++steps_, step));
    return {};
}

base::Result<void> RunImpl::write(const StepResult& result) {
    // The lease is by address; that of another generation serves as well.
    TRY(check_lease(result.row.address));
    // Conflict when somebody has closed it: then nothing of the batch is written.
    if (!result.token.empty()) TRY(Intents(context_).close(result.token, result.outcome));
    Rows rows(context_);
    switch (result.kind) {
        case StepResult::Kind::Write: return rows.write(result.row, next_version());
        case StepResult::Kind::Remove:
            TRY(rows.remove(result.row.address, result.row.generation, next_version()));
            return {};
        case StepResult::Kind::Keep: break;
    }
    if (!result.unfinished) return {};
    for (Row& row : TRY(rows.at(result.row.address))) {
        if (row.generation != result.row.generation) continue;
        row.complete = false;
        TRY(rows.write(row, next_version()));
    }
    return {};
}

base::Result<void> RunImpl::move(const Row& row, std::string_view to) {
    return Rows(context_).move(row, to, next_version());
}

base::Result<FinishReport> RunImpl::finish(RunStatus status, std::string_view summary_json) {
    // Also after a failure: what was done is done, and the leases have to go.
    TRY(in_transaction("finish", [&]() -> base::Result<void> {
        TRY(Runs(context_).end(number_, status, summary_json));
        // A restore's doubt is over when a run has looked at all of it and done what was to be
        // done.
        if (status == RunStatus::Done && refreshed_) {
            auto erase = TRY(context_.database->prepare("DELETE FROM meta WHERE name = 'stale'"));
            if (TRY(erase.run({})) != 0) TRY(authenticate_meta(context_));
        }
        return {};
    }));
    ended_ = true;
    FinishReport report;
    // What was done is recorded: neither of these can make the run a failed one.
    // In a transaction of its own: that the past is too long is no reason not to end.
    if (auto pruned = prune(context_, number_); !pruned.ok()) {
        report.warning = pruned.error().text();
    }
    if (!wrote_) return report;
    auto made = make_backup();
    if (made.ok()) {
        report.backup = std::move(made).value();
    } else {
        report.warning = made.error().text();
    }
    return report;
}

// The log is emptied first, so that the folder is as small as its contents.
base::Result<std::string> RunImpl::make_backup() {
    context_.at_step("checkpoint:before");
    TRY(context_.database->checkpoint());
    // After the log is in the file: its size says how large the state is.
    if (!TRY(backup_is_due(context_, number_))) return std::string();
    context_.at_step("backup:before");
    auto backup = TRY(sqlite::make_backup(*context_.database, context_.directory(), number_,
                                          context_.clock->now()));
    context_.at_step("backup:after");
    return std::move(backup.path);
}

base::Result<void> RunImpl::discard() {
    // With something written the run must stay in the list: rows name it.
    CHECK(!wrote_);
    TRY(in_transaction("discard", [&]() -> base::Result<void> {
        TRY(Runs(context_).give_leases_back(number_));
        auto erase = TRY(context_.database->prepare("DELETE FROM run WHERE number = ?"));
        TRY(erase.run({number_}));
        return {};
    }));
    ended_ = true;
    return {};
}

}
