#include "state/sqlite/prune.hpp"

#include <algorithm>

namespace state::sqlite {
namespace {

// What one run removes at most: so many records and twice as many as it has written, and runs.
// Pruning is paid for by whoever ends a run. A thousand deletes are some milliseconds; twice what
// was written makes the past shrink even where each run adds much.
constexpr std::int64_t kRecords = 1'000;
constexpr std::int64_t kRuns = 50;
// Of many rows, so much may be kept of their past.
// A state of a million rows changes more in one run than a small one in a year.
constexpr std::int64_t kShareOfRows = 5;

// Records are former rows and steps; closed intents go with the steps that they were.
class Pruning {
public:
    Pruning(SqliteContext& context, std::int64_t newest) : context_(context), newest_(newest) {}

    base::Result<bool> is_due();
    base::Result<void> remove_records();
    base::Result<void> remove_runs();

private:
    base::Result<std::int64_t> last_aged();
    base::Result<std::int64_t> oldest_with_records();
    base::Result<std::int64_t> remove_records_of(std::int64_t run, std::int64_t limit);
    base::Result<std::int64_t> remove_closed_intents(std::int64_t run, std::int64_t limit);

    SqliteContext& context_;
    std::int64_t newest_;        // whose records stay, however many they are
    std::int64_t aged_ = 0;      // runs up to this one are older than what is kept
    std::int64_t surplus_ = 0;   // records beyond those that are kept of younger runs
    std::int64_t looked_at_ = 0;
};

base::Result<bool> Pruning::is_due() {
    aged_ = TRY(last_aged());
    // Counted with each write: counting the tables here would be slower than what is saved.
    auto select = TRY(context_.database->prepare("SELECT rows, records FROM scope WHERE id = ?"));
    TRY(select.query({context_.scope}));
    if (!TRY(select.next())) return false;
    const auto& policy = context_.options.history;
    const std::int64_t kept =
        std::max(static_cast<std::int64_t>(policy.records), select.integer(0) / kShareOfRows);
    surplus_ = select.integer(1) - kept;
    return aged_ > 0 || surplus_ > 0;
}

// By age, unless it is among the last so many. Without an index for the second, which is read
// backwards from the newest.
base::Result<std::int64_t> Pruning::last_aged() {
    const auto& policy = context_.options.history;
    const std::int64_t before = to_micros(context_.clock->now() - policy.age);
    const std::int64_t by_age = TRY(context_.database->number(
        "SELECT coalesce(max(number), 0) FROM run WHERE scope = ? AND started < ?",
        {context_.scope, before}));
    // The run that has just ended is never the one that goes.
    if (by_age == 0 || policy.runs == 0) return std::min(by_age, newest_ - 1);
    // `+` keeps SQLite from using the index on scope (query planner, "disqualifying WHERE terms
    // with unary +"): from the end of the primary key it needs a hundred steps and no sort.
    auto select = TRY(context_.database->prepare("SELECT number FROM run WHERE +scope = ? "
                                                 "ORDER BY number DESC LIMIT 1 OFFSET ?"));
    TRY(select.query({context_.scope, policy.runs - 1}));
    if (!TRY(select.next())) return std::int64_t{0};
    return std::min(by_age, select.integer(0) - 1);
}

// 0: none but the newest.
base::Result<std::int64_t> Pruning::oldest_with_records() {
    auto select = TRY(context_.database->prepare(
        // Runs in progress are left alone: they are about to write more.
        "SELECT number FROM run WHERE +scope = ?1 AND number >= ?2 AND number < ?3 AND status <> 0 "
        "AND (EXISTS (SELECT 1 FROM resource_history WHERE scope = ?1 AND by_run = number) "
        "OR EXISTS (SELECT 1 FROM step WHERE step.run = run.number)) ORDER BY number LIMIT 1"));
    // From where the last one was found, so that many runs without records are passed by once.
    TRY(select.query({context_.scope, looked_at_, newest_}));
    if (!TRY(select.next())) return std::int64_t{0};
    return select.integer(0);
}

base::Result<std::int64_t> Pruning::remove_records_of(std::int64_t run, std::int64_t limit) {
    auto rows = TRY(context_.database->prepare(
        "DELETE FROM resource_history WHERE (scope, address, generation, by_run, by_sequence) IN "
        "(SELECT scope, address, generation, by_run, by_sequence FROM resource_history "
        // A LIMIT on DELETE itself needs a build option that not every SQLite has.
        "WHERE scope = ? AND by_run = ? LIMIT ?)"));
    std::int64_t removed = TRY(rows.run({context_.scope, run, limit}));
    auto steps = TRY(context_.database->prepare(
        "DELETE FROM step WHERE run = ?1 AND number IN "
        "(SELECT number FROM step WHERE run = ?1 ORDER BY number LIMIT ?2)"));
    removed += TRY(steps.run({run, limit - removed}));
    context_.record_change -= removed;
    return removed;
}

base::Result<std::int64_t> Pruning::remove_closed_intents(std::int64_t run, std::int64_t limit) {
    auto erase = TRY(context_.database->prepare(
        "DELETE FROM intent WHERE token IN "
        "(SELECT token FROM intent WHERE run = ? AND closed IS NOT NULL LIMIT ?)"));
    return erase.run({run, limit});
}

base::Result<void> Pruning::remove_records() {
    std::int64_t left = kRecords + 2 * context_.records_written;
    while (left > 0) {
        const std::int64_t run = TRY(oldest_with_records());
        if (run == 0) return {};
        const bool aged = run <= aged_;
        if (!aged && surplus_ <= 0) return {};
        // Marked first, so that `run show` never shows a part as if it were all.
        auto mark = TRY(context_.database->prepare("UPDATE run SET pruned = 1 WHERE number = ?"
                                                   " AND pruned = 0"));
        TRY(mark.run({run}));
        const std::int64_t removed =
            TRY(remove_records_of(run, aged ? left : std::min(left, surplus_)));
        surplus_ -= removed;
        // At least one, so that a run whose records are elsewhere cannot hold the loop.
        left -= std::max<std::int64_t>(removed, 1);
        left -= TRY(remove_closed_intents(run, std::max<std::int64_t>(left, 0)));
        looked_at_ = run;
    }
    return {};
}

// A run goes when nothing is left that refers to it. What died with a plan can be resumed.
base::Result<void> Pruning::remove_runs() {
    // By age alone. What is too much is records, and those are gone by now; a run itself is a
    // line.
    if (aged_ == 0) return {};
    auto intents = TRY(context_.database->prepare(
        "DELETE FROM intent WHERE token IN (SELECT token FROM intent "
        "WHERE scope = ? AND run <= ? AND closed IS NOT NULL ORDER BY run LIMIT ?)"));
    TRY(intents.run({context_.scope, aged_, kRecords}));
    auto runs = TRY(context_.database->prepare(
        "DELETE FROM run WHERE number IN (SELECT number FROM run WHERE scope = ?1 "
        "AND started < ?2 AND number <= ?3 AND status <> 0 "
        // Its plan is what `run resume` takes; it goes when the run is resumed to its end.
        "AND NOT (status = ?4 AND plan IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM resource_history WHERE scope = ?1 AND by_run = number) "
        "AND NOT EXISTS (SELECT 1 FROM step WHERE step.run = run.number) "
        "AND NOT EXISTS (SELECT 1 FROM intent WHERE intent.run = run.number) "
        "ORDER BY started LIMIT ?5)"));
    const std::int64_t before = to_micros(context_.clock->now() - context_.options.history.age);
    TRY(runs.run(
        {context_.scope, before, aged_, static_cast<std::int64_t>(RunStatus::Died), kRuns}));
    return {};
}

base::Result<void> prune_within(SqliteContext& context, Pruning& pruning) {
    auto transaction =
        TRY(store::Transaction::begin(*context.database, store::Transaction::Kind::Write));
    TRY(pruning.remove_records());
    TRY(pruning.remove_runs());
    return context.commit(transaction, "prune");
}

}

base::Result<void> prune(SqliteContext& context, std::int64_t newest) {
    // One setting lifts every limit, so that whoever must keep everything need not know them.
    if (context.options.history.all) return {};
    Pruning pruning(context, newest);
    if (!TRY(pruning.is_due())) return {};
    auto pruned = prune_within(context, pruning);
    // Sums and interned names of the transaction are forgotten with it, or the next commit writes
    // them.
    if (!pruned.ok()) context.roll_back();
    return std::move(pruned).context("pruning the history of the state");
}

}
