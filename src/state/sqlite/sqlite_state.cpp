#include "state/sqlite/sqlite_state.hpp"

#include "base/fs.hpp"
#include "base/ids.hpp"
#include "state/sqlite/admin.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/file_liveness.hpp"
#include "state/sqlite/format.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/meta.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/run_impl.hpp"
#include "state/sqlite/runs.hpp"
#include "state/sqlite/swap.hpp"
#include "store/migrate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace state::sqlite {
namespace {

// There is one tenant as long as the database is on somebody's own disk.
constexpr std::string_view kTenant = "local";

// The database file without its content: deleted, or cut to nothing. Beside backups that is damage;
// to go on from nothing would create everything anew.
base::Error emptied(const std::string& directory) {
    return explain_damage(base::Error(base::Code::DataLoss,
                                      database_path(directory) +
                                          " is missing or empty, although there are backups of it"),
                          directory);
}

base::Result<bool> has_backups(const std::string& directory) {
    return !TRY(list_backups(directory)).empty();
}

// The writable way first: reading a database in WAL mode maintains its shared memory. A folder that
// cannot be written is read as it is.
base::Result<std::unique_ptr<store::Database>> open_existing(const std::string& path) {
    auto opened = store::Database::open(path, {.access = store::Access::Write});
    if (opened.ok()) return opened;
    const base::Code code = opened.error().code();
    // Codes that a folder without write permission gives. Others (damage, a newer format) would be
    // the same in whichever way it is opened.
    if (code != base::Code::Exhausted && code != base::Code::CannotWrite &&
        code != base::Code::NotFound)
        return opened;
    opened = store::Database::open(path, {.access = store::Access::Read});
    // With a log beside it the file alone is not the state: to read it as immutable would show an
    // old one.
    if (opened.ok() || base::file_exists(path + "-wal")) return opened;
    return store::Database::open(path, {.access = store::Access::Immutable});
}

class SqliteState final : public State {
public:
    base::Result<void> open(OpenOptions options);

    const std::string& workspace_id() const override { return context_.workspace_id; }
    base::Result<Snapshot> read() override;
    base::Result<std::unique_ptr<Run>> begin_run(const RunRequest& request) override;
    base::Result<std::vector<OpenIntent>> recoverable() override;
    base::Result<std::size_t> move(std::string_view from, std::string_view to) override;
    base::Result<std::size_t> remove(std::string_view address) override;
    base::Result<std::size_t> resolve(std::string_view address, Resolution how) override;
    base::Result<RunInfo> abandon(std::string_view number_or_id) override;
    base::Result<std::vector<Usage>> usage() override;
    base::Result<std::vector<RunInfo>> runs(std::size_t limit) override;
    base::Result<RunDetail> run(std::string_view number_or_id) override;
    base::Result<std::string> run_plan(std::int64_t number) override;
    base::Result<std::vector<HistoryEntry>> history(std::string_view address) override;
    base::Result<const Key*> key() override { return context_.load_key(); }

private:
    bool is_empty() const { return context_.database == nullptr || context_.scope == 0; }
    base::Result<void> open_database();
    base::Result<void> read_meta();
    base::Result<void> read_scopes();
    base::Result<void> write_meta();
    base::Result<Snapshot> read_snapshot();
    // A read transaction around it: everything is of one moment.
    template <typename T>
    base::Result<T> at_one_moment(const std::function<base::Result<T>()>& work);

    SqliteContext context_;
};

base::Result<void> SqliteState::open(OpenOptions options) {
    context_.options = std::move(options);
    context_.clock =
        context_.options.clock != nullptr ? context_.options.clock : &base::system_clock();
    context_.here = context_.options.machine.value_or(this_machine());
    context_.liveness = file_liveness(context_.directory());
    context_.key_source = [this] { return context_.load_key(); };
    return explained(open_database(), context_);
}

base::Result<void> SqliteState::open_database() {
    const std::string& directory = context_.directory();
    const std::string path = database_path(directory);
    const bool writes = context_.options.mode == OpenMode::Write;
    // What a restore was cut off in: neither the old state nor the new is whole yet.
    TRY(finish_swap(directory));
    // Before a new one is made: SQLite would create an empty file and all would seem well.
    if (!base::file_exists(path)) {
        if (TRY(has_backups(directory))) return emptied(directory);
        if (!writes) return {};
    }
    if (writes) {
        TRY(base::make_directories(directory, 0700));
        context_.database = TRY(store::Database::open(path, {.access = store::Access::Create}));
    } else {
        context_.database = TRY(open_existing(path));
    }
    // Zero is a file of no bytes, or one without our tables.
    if (TRY(store::database_version(*context_.database)) == 0) {
        if (TRY(has_backups(directory))) return emptied(directory);
        if (!writes) {
            context_.database.reset();
            return {};
        }
    }
    // 32 MB: the rows of a large state are walked in full, twice in a run.
    TRY(context_.database->execute("PRAGMA cache_size = -32000"));
    context_.interned = std::make_unique<Interned>(context_);
    // Readers migrate as well: the code knows one form only. A database of a newer program is
    // refused.
    TRY(migrate_state(context_, OldRows::Refused));
    {
        auto moment =
            TRY(store::Transaction::begin(*context_.database, store::Transaction::Kind::Read));
        TRY(read_meta());
    }
    if (writes && (context_.scope == 0 || context_.workspace_id.empty())) TRY(write_meta());
    return {};
}

// A scope that cannot be found reads as nothing at all; so it is looked for with care.
// An environment whose name has lost a bit would read as empty, and everything of it be made
// again.
base::Result<void> SqliteState::read_scopes() {
    auto select = TRY(context_.database->prepare(
        "SELECT id, tenant, workspace, environment, checksum FROM scope"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        const bool whole =
            checksum_of_scope(select.text(1), select.text(2), select.text(3)) == select.integer(4);
        if (!whole || select.text(2) != context_.workspace_id) {
            return base::Error(base::Code::DataLoss,
                               context_.database->path() + " is damaged: an environment's name");
        }
        if (select.text(3) == context_.options.environment) context_.scope = select.integer(0);
    }
    return {};
}

base::Result<void> SqliteState::read_meta() {
    context_.workspace_id = TRY(workspace_of(context_));
    if (context_.workspace_id.empty()) {
        // Rows that nobody vouches for are not taken over by whoever comes.
        if (TRY(context_.database->number(
                "SELECT (SELECT count(*) FROM scope) + (SELECT count(*) FROM run) + "
                "(SELECT count(*) FROM resource)")) == 0) {
            return {};
        }
        return base::Error(base::Code::DataLoss,
                           context_.database->path() + " is damaged: whose it is was taken out");
    }
    TRY(check_meta(context_));
    // Of a key that came from an older program. Where the folder cannot be written, the next
    // command does it.
    if (!TRY(context_.load_key())->authenticates_rows()) {
        static_cast<void>(Key::mark_authenticating(context_.directory()));
    }
    return read_scopes();
}

base::Result<void> SqliteState::write_meta() {
    auto& database = *context_.database;
    auto transaction = TRY(store::Transaction::begin(database, store::Transaction::Kind::Write));
    // Two processes may be first at once. Whoever comes second keeps what the first has written.
    TRY(read_meta());
    if (context_.workspace_id.empty()) {
        context_.may_make_key = true;
        // Random, not the folder's name: tags carry it to clouds where other workspaces live.
        context_.workspace_id = context_.options.workspace_id;
        if (context_.workspace_id.empty()) context_.workspace_id = base::random_token(8);
        auto insert = TRY(database.prepare("INSERT INTO meta VALUES (?, ?)"));
        TRY(insert.run({"workspace", context_.workspace_id}));
        TRY(insert.run({"epoch", 1}));
        TRY(database.execute("INSERT INTO epoch VALUES (1, 1)"));
    }
    if (context_.scope == 0) {
        TRY(context_.key_source());
        auto insert = TRY(database.prepare(
            "INSERT INTO scope (tenant, workspace, environment, checksum) VALUES (?, ?, ?, ?)"));
        const std::string& environment = context_.options.environment;
        TRY(insert.run({kTenant, context_.workspace_id, environment,
                        checksum_of_scope(kTenant, context_.workspace_id, environment)}));
        context_.scope = TRY(database.number("SELECT last_insert_rowid()"));
        TRY(context_.write_totals({}, 0));
        TRY(authenticate_meta(context_));
    }
    return context_.commit(transaction, "create");
}

template <typename T>
base::Result<T> SqliteState::at_one_moment(const std::function<base::Result<T>()>& work) {
    auto result = [&]() -> base::Result<T> {
        // Rows, intents and sums have to be of one moment, or a commit between two reads looks
        // like damage.
        auto moment =
            TRY(store::Transaction::begin(*context_.database, store::Transaction::Kind::Read));
        return work();
    }();
    return explained(std::move(result), context_);
}

base::Result<Snapshot> SqliteState::read() {
    if (is_empty()) return Snapshot();
    return at_one_moment<Snapshot>([&] { return read_snapshot(); });
}

base::Result<Snapshot> SqliteState::read_snapshot() {
    Snapshot snapshot = TRY(read_all(context_));
    snapshot.refresh_required =
        TRY(context_.database->number("SELECT count(*) FROM meta WHERE name = 'stale'")) != 0;
    return snapshot;
}

base::Result<std::unique_ptr<Run>> SqliteState::begin_run(const RunRequest& request) {
    // A reader has no lock that says that it lives.
    CHECK(context_.options.mode == OpenMode::Write);
    return std::unique_ptr<Run>(TRY(explained(RunImpl::begin(context_, request), context_)));
}

base::Result<std::vector<OpenIntent>> SqliteState::recoverable() {
    if (is_empty()) return std::vector<OpenIntent>();
    // Before they are read: the intents of a run that died are only recoverable when it counts as
    // dead.
    TRY(explained(reap_dead_runs(context_), context_));
    TRY(explained(mark_over(context_), context_));
    auto open =
        TRY(at_one_moment<std::vector<OpenIntent>>([&] { return Intents(context_).open(); }));
    std::erase_if(open, [](const OpenIntent& intent) { return intent.run_live; });
    // Oldest first, as they were done: a create is decided before the update that came after it.
    std::ranges::sort(open, {}, [](const OpenIntent& intent) {
        return std::tuple(intent.opened, intent.run, intent.intent.address,
                          intent.intent.generation);
    });
    return open;
}

base::Result<std::size_t> SqliteState::move(std::string_view from, std::string_view to) {
    return explained(move_rows(context_, std::string(from), to), context_);
}
base::Result<std::size_t> SqliteState::remove(std::string_view address) {
    return explained(remove_rows(context_, std::string(address)), context_);
}
base::Result<std::size_t> SqliteState::resolve(std::string_view address, Resolution how) {
    return explained(resolve_intents(context_, address, how), context_);
}

base::Result<RunInfo> SqliteState::abandon(std::string_view number_or_id) {
    if (is_empty()) return base::not_found(fmt::format("there is no run {}", number_or_id));
    return explained(abandon_run(context_, number_or_id), context_);
}

base::Result<std::vector<State::Usage>> SqliteState::usage() {
    std::vector<Usage> used;
    if (context_.database == nullptr) return used;
    // Of all environments, so not by way of the scope.
    auto select = TRY(context_.database->prepare(
        "SELECT environment, (SELECT count(*) FROM resource WHERE scope = scope.id), "
        "(SELECT count(*) FROM intent WHERE scope = scope.id AND closed IS NULL) "
        "FROM scope ORDER BY environment"));
    TRY(explained(select.query({}), context_));
    while (TRY(explained(select.next(), context_))) {
        used.push_back({std::string(select.text(0)), static_cast<std::size_t>(select.integer(1)),
                        static_cast<std::size_t>(select.integer(2))});
    }
    return used;
}

base::Result<std::vector<RunInfo>> SqliteState::runs(std::size_t limit) {
    if (is_empty()) return std::vector<RunInfo>();
    return explained(Runs(context_).newest(limit), context_);
}

base::Result<RunDetail> SqliteState::run(std::string_view number_or_id) {
    const auto missing = [&] {
        return base::not_found(fmt::format("there is no run {}", number_or_id));
    };
    if (is_empty()) return missing();
    return at_one_moment<RunDetail>([&]() -> base::Result<RunDetail> {
        Runs runs(context_);
        auto info = TRY(runs.find(number_or_id));
        if (!info) return missing();
        RunDetail detail;
        detail.steps = TRY(runs.steps_of(info->number));
        detail.written = TRY(Rows(context_).written_by_run(info->number));
        detail.replaced = TRY(Rows(context_).replaced_by_run(info->number));
        detail.pruned = TRY(runs.is_pruned(info->number));
        detail.info = std::move(*info);
        return detail;
    });
}

base::Result<std::string> SqliteState::run_plan(std::int64_t number) {
    if (is_empty()) return base::not_found(fmt::format("there is no run {}", number));
    return explained(Runs(context_).plan_of(number), context_);
}

base::Result<std::vector<HistoryEntry>> SqliteState::history(std::string_view address) {
    if (is_empty()) return std::vector<HistoryEntry>();
    return at_one_moment<std::vector<HistoryEntry>>(
        [&] { return Rows(context_).history_of(address); });
}

}

base::Result<std::unique_ptr<State>> open_state(OpenOptions options) {
    auto state = std::make_unique<SqliteState>();
    TRY(state->open(std::move(options)));
    return std::unique_ptr<State>(std::move(state));
}

}
