#include "state/state.hpp"

#include "base/fs.hpp"
#include "base/ids.hpp"
#include "state/sqlite/admin.hpp"
#include "state/sqlite/backup.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/run_impl.hpp"
#include "state/sqlite/runs.hpp"
#include "state/sqlite/tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace state {
namespace {

constexpr std::string_view kTenant = "local";

// The database file without its content: deleted, or cut to nothing. Beside backups that is damage;
// to go on from nothing would create everything anew.
base::Error emptied(const std::string& directory) {
    return explain_damage(base::Error(base::Code::DataLoss,
                                      database_path(directory) +
                                          " is missing or empty, although there are backups of it")
                              .with_exit_code(74),
                          directory);
}

base::Result<bool> has_backups(const std::string& directory) {
    return !TRY(backups(directory)).empty();
}

// The writable way first: reading a database in WAL mode maintains its shared memory. A folder that
// cannot be written is read as it is.
base::Result<std::unique_ptr<store::Database>> open_existing(const std::string& path) {
    auto opened = store::Database::open(path, {.access = store::Access::Write});
    if (opened.ok()) return opened;
    const base::Code code = opened.error().code();
    if (code != base::Code::Exhausted && code != base::Code::CannotWrite &&
        code != base::Code::NotFound)
        return opened;
    opened = store::Database::open(path, {.access = store::Access::Read});
    if (opened.ok() || base::file_exists(path + "-wal")) return opened;
    return store::Database::open(path, {.access = store::Access::Immutable});
}

class StateImpl final : public State {
public:
    base::Result<void> open(OpenOptions options);

    const std::string& workspace_id() const override { return session_.workspace_id; }
    base::Result<Snapshot> read() override;
    base::Result<std::unique_ptr<Run>> begin_run(const RunRequest& request) override;
    base::Result<std::vector<OpenIntent>> recoverable() override;
    base::Result<std::size_t> move(std::string_view from, std::string_view to) override;
    base::Result<std::size_t> remove(std::string_view address) override;
    base::Result<std::size_t> settle(std::string_view address, Settled how) override;
    base::Result<std::vector<Usage>> usage() override;
    base::Result<std::vector<RunInfo>> runs(std::size_t limit) override;
    base::Result<RunDetail> run(std::string_view number_or_id) override;
    base::Result<std::string> run_plan(std::int64_t number) override;
    base::Result<std::vector<HistoryEntry>> history(std::string_view address) override;
    base::Result<const Key*> key() override { return session_.load_key(); }

private:
    bool is_empty() const { return session_.database == nullptr || session_.scope == 0; }
    base::Result<void> open_database();
    base::Result<void> read_meta();
    base::Result<void> read_scopes();
    base::Result<void> write_meta();
    base::Result<Snapshot> read_snapshot();
    // A read transaction around it: everything is of one moment.
    template <typename T>
    base::Result<T> at_one_moment(const std::function<base::Result<T>()>& work);

    Session session_;
};

base::Result<void> StateImpl::open(OpenOptions options) {
    session_.options = std::move(options);
    session_.clock =
        session_.options.clock != nullptr ? session_.options.clock : &base::system_clock();
    session_.key_source = [this] { return session_.load_key(); };
    return explained(open_database(), session_);
}

base::Result<void> StateImpl::open_database() {
    const std::string& directory = session_.directory();
    const std::string path = database_path(directory);
    const bool writes = session_.options.mode == OpenMode::Write;
    if (!base::file_exists(path)) {
        if (TRY(has_backups(directory))) return emptied(directory);
        if (!writes) return {};
    }
    if (writes) {
        TRY(base::make_directories(directory));
        session_.database = TRY(store::Database::open(path, {.access = store::Access::Create}));
    } else {
        session_.database = TRY(open_existing(path));
    }
    if (TRY(store::database_version(*session_.database)) == 0) {
        if (TRY(has_backups(directory))) return emptied(directory);
        if (!writes) {
            session_.database.reset();
            return {};
        }
    }
    TRY(session_.database->execute("PRAGMA cache_size = -32000"));
    TRY(store::migrate(*session_.database, migrations()));
    session_.interned = std::make_unique<Interned>(*session_.database, session_.key_source);
    TRY(read_meta());
    if (writes && (session_.scope == 0 || session_.workspace_id.empty())) TRY(write_meta());
    return {};
}

static std::int64_t checksum_of_scope(std::string_view tenant, std::string_view workspace,
                                      std::string_view environment) {
    return Checksum().add(tenant).add(workspace).add(environment).value();
}

// A scope that cannot be found reads as nothing at all; so it is looked for with care.
base::Result<void> StateImpl::read_scopes() {
    auto select = TRY(session_.database->prepare(
        "SELECT id, tenant, workspace, environment, checksum FROM scope"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        const bool whole =
            checksum_of_scope(select.text(1), select.text(2), select.text(3)) == select.integer(4);
        if (!whole || select.text(2) != session_.workspace_id) {
            return base::Error(base::Code::DataLoss,
                               session_.database->path() + " is damaged: an environment's name");
        }
        if (select.text(3) == session_.options.environment) session_.scope = select.integer(0);
    }
    return {};
}

base::Result<void> StateImpl::read_meta() {
    auto& database = *session_.database;
    {
        auto select = TRY(database.prepare("SELECT value FROM meta WHERE name = 'workspace'"));
        TRY(select.query({}));
        if (TRY(select.next())) session_.workspace_id = select.text(0);
    }
    return read_scopes();
}

base::Result<void> StateImpl::write_meta() {
    auto& database = *session_.database;
    auto transaction = TRY(store::Transaction::begin(database, store::Transaction::Kind::Write));
    {
        auto insert = TRY(database.prepare("INSERT OR IGNORE INTO meta VALUES (?, ?)"));
        TRY(insert.run({"workspace", base::random_token(8)}));
        TRY(insert.run({"epoch", 1}));
    }
    TRY(read_meta());
    if (session_.scope == 0) {
        auto insert = TRY(database.prepare(
            "INSERT INTO scope (tenant, workspace, environment, checksum) VALUES (?, ?, ?, ?)"));
        const std::string& environment = session_.options.environment;
        TRY(insert.run({kTenant, session_.workspace_id, environment,
                        checksum_of_scope(kTenant, session_.workspace_id, environment)}));
        TRY(read_meta());
    }
    return session_.commit(transaction, "create");
}

template <typename T>
base::Result<T> StateImpl::at_one_moment(const std::function<base::Result<T>()>& work) {
    auto result = [&]() -> base::Result<T> {
        auto moment =
            TRY(store::Transaction::begin(*session_.database, store::Transaction::Kind::Read));
        return work();
    }();
    return explained(std::move(result), session_);
}

base::Result<Snapshot> StateImpl::read() {
    if (is_empty()) return Snapshot();
    return at_one_moment<Snapshot>([&] { return read_snapshot(); });
}

base::Result<Snapshot> StateImpl::read_snapshot() {
    Snapshot snapshot;
    Rows rows(session_);
    session_.seen = {};
    snapshot.rows = TRY(rows.all());
    snapshot.open = TRY(Intents(session_).open());
    if (session_.seen != TRY(session_.tally())) {
        return base::Error(base::Code::DataLoss,
                           session_.database->path() + " is damaged: rows or intents are missing");
    }
    snapshot.past_generations = TRY(rows.past_generations());
    snapshot.refresh_required =
        TRY(session_.database->number("SELECT count(*) FROM meta WHERE name = 'stale'")) != 0;
    return snapshot;
}

base::Result<std::unique_ptr<Run>> StateImpl::begin_run(const RunRequest& request) {
    CHECK(session_.options.mode == OpenMode::Write);
    return std::unique_ptr<Run>(TRY(explained(RunImpl::begin(session_, request), session_)));
}

base::Result<std::vector<OpenIntent>> StateImpl::recoverable() {
    if (is_empty()) return std::vector<OpenIntent>();
    TRY(explained(reap_dead_runs(session_), session_));
    auto open =
        TRY(at_one_moment<std::vector<OpenIntent>>([&] { return Intents(session_).open(); }));
    std::erase_if(open, [](const OpenIntent& intent) { return intent.run_live; });
    std::ranges::sort(open, {}, [](const OpenIntent& intent) {
        return std::tuple(intent.opened, intent.run, intent.intent.address,
                          intent.intent.generation);
    });
    return open;
}

base::Result<std::size_t> StateImpl::move(std::string_view from, std::string_view to) {
    return explained(move_rows(session_, from, to), session_);
}
base::Result<std::size_t> StateImpl::remove(std::string_view address) {
    return explained(remove_rows(session_, address), session_);
}
base::Result<std::size_t> StateImpl::settle(std::string_view address, Settled how) {
    return explained(settle_intents(session_, address, how), session_);
}

base::Result<std::vector<State::Usage>> StateImpl::usage() {
    std::vector<Usage> used;
    if (session_.database == nullptr) return used;
    auto select = TRY(session_.database->prepare(
        "SELECT environment, (SELECT count(*) FROM resource WHERE scope = scope.id), "
        "(SELECT count(*) FROM intent WHERE scope = scope.id AND closed IS NULL) "
        "FROM scope ORDER BY environment"));
    TRY(explained(select.query({}), session_));
    while (TRY(explained(select.next(), session_))) {
        used.push_back({std::string(select.text(0)), static_cast<std::size_t>(select.integer(1)),
                        static_cast<std::size_t>(select.integer(2))});
    }
    return used;
}

base::Result<std::vector<RunInfo>> StateImpl::runs(std::size_t limit) {
    if (is_empty()) return std::vector<RunInfo>();
    return explained(Runs(session_).newest(limit), session_);
}

base::Result<RunDetail> StateImpl::run(std::string_view number_or_id) {
    const auto missing = [&] {
        return base::not_found(fmt::format("there is no run {}", number_or_id));
    };
    if (is_empty()) return missing();
    return at_one_moment<RunDetail>([&]() -> base::Result<RunDetail> {
        Runs runs(session_);
        auto info = TRY(runs.find(number_or_id));
        if (!info) return missing();
        RunDetail detail;
        detail.steps = TRY(runs.steps_of(info->number));
        detail.written = TRY(Rows(session_).written_by_run(info->number));
        detail.replaced = TRY(Rows(session_).replaced_by_run(info->number));
        detail.info = std::move(*info);
        return detail;
    });
}

base::Result<std::string> StateImpl::run_plan(std::int64_t number) {
    if (is_empty()) return base::not_found(fmt::format("there is no run {}", number));
    return explained(Runs(session_).plan_of(number), session_);
}

base::Result<std::vector<HistoryEntry>> StateImpl::history(std::string_view address) {
    if (is_empty()) return std::vector<HistoryEntry>();
    return at_one_moment<std::vector<HistoryEntry>>(
        [&] { return Rows(session_).history_of(address); });
}

}

base::Result<std::unique_ptr<State>> State::open(OpenOptions options) {
    auto state = std::make_unique<StateImpl>();
    TRY(state->open(std::move(options)));
    return std::unique_ptr<State>(std::move(state));
}

const Row* Snapshot::find(std::string_view address) const {
    const auto after =
        std::ranges::upper_bound(rows, address, std::ranges::less(),
                                 [](const Row& row) { return std::string_view(row.address); });
    if (after == rows.begin() || std::prev(after)->address != address) return nullptr;
    return &*std::prev(after);
}

const Row* Snapshot::find(std::string_view address, std::uint64_t generation) const {
    const auto same =
        std::ranges::equal_range(rows, address, std::ranges::less(),
                                 [](const Row& row) { return std::string_view(row.address); });
    for (const Row& row : same) {
        if (row.generation == generation) return &row;
    }
    return nullptr;
}

const OpenIntent* Snapshot::find_open(std::string_view address) const {
    const auto found =
        std::ranges::lower_bound(open, address, std::ranges::less(), [](const OpenIntent& intent) {
            return std::string_view(intent.intent.address);
        });
    return found != open.end() && found->intent.address == address ? &*found : nullptr;
}

std::uint64_t Snapshot::next_generation(std::string_view address) const {
    std::uint64_t newest = 0;
    if (const Row* row = find(address)) newest = row->generation;
    const auto past = past_generations.find(address);
    if (past != past_generations.end()) newest = std::max(newest, past->second);
    for (const OpenIntent& intent : open) {
        if (intent.intent.address == address) newest = std::max(newest, intent.intent.generation);
    }
    return newest + 1;
}

}
