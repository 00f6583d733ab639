#include "store/database.hpp"

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/fs.hpp"
#include "store/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <unordered_map>
#include <utility>

namespace store {

struct Database::Cache {
    // Prepared once and then by the address of the literal: no hashing of SQL for each row.
    std::unordered_map<const char*, sqlite3_stmt*> statements;

    ~Cache() {
        for (auto& [sql, statement] : statements) sqlite3_finalize(statement);
    }
};

Database::Database(std::string path, sqlite3* handle)
    : path_(std::move(path)), handle_(handle), cache_(std::make_unique<Cache>()) {}

Database::~Database() {
    // Statements first: SQLite keeps a connection open that still has some.
    cache_.reset();
    sqlite3_close(handle_);
}

// SQLite gives its side files the mode of the database, which it would create readable for all.
// Before SQLite sees it: between its creating the file and a chmod others could open it.
static base::Result<void> create_private(const std::string& path) {
    const int fd = base::files().open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        auto error = base::system_error("creating " + path, errno);
        if (error.code() == base::Code::NotFound) return error;
        return base::Error(base::Code::CannotWrite, std::string(error.message()))
            .with_help(
                "a plan can be made without it; what changes something has to record it first, "
                "in a folder that can be written");
    }
    base::FileDescriptor owned(fd);
    return {};
}

// A name for sqlite3_open that means this path and nothing else.
static std::string uri_of(const std::string& path, Access access) {
    std::string uri = "file:";
    for (const char c : path) {
        // Otherwise a folder called `a?mode=memory` would be read as an option.
        if (c == '%' || c == '?' || c == '#') {
            uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
        } else {
            uri += c;
        }
    }
    return access == Access::Immutable ? uri + "?immutable=1" : uri;
}

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                       DatabaseOptions options) {
    // NOMUTEX, as a connection belongs to one thread. EXRESCODE, since "disk full" and "page is
    // rubbish" are told apart by extended codes only.
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
    if (options.access == Access::Create) TRY(create_private(path));
    const bool writes = options.access == Access::Write || options.access == Access::Create;
    flags |= writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;

    sqlite3* handle = nullptr;
    const int result =
        sqlite3_open_v2(uri_of(path, options.access).c_str(), &handle, flags, nullptr);
    if (result != SQLITE_OK) {
        auto error = sqlite_error(handle, result, "opening " + path);
        sqlite3_close(handle);
        return error;
    }
    std::unique_ptr<Database> database(new Database(path, handle));
    auto configured = database->configure(options);
    if (!configured) return std::move(configured).error().with_context("opening " + path);
    return database;
}

static base::Result<void> retried(std::chrono::milliseconds limit,
                                  const std::function<base::Result<void>()>& work) {
    constexpr std::chrono::milliseconds kPause{5};
    base::Clock& clock = base::system_clock();
    const std::chrono::nanoseconds end = clock.elapsed() + limit;
    for (;;) {
        auto done = work();
        const bool is_busy = !done.ok() && done.error().code() == base::Code::Busy;
        if (!is_busy || clock.elapsed() >= end) return done;
        clock.sleep_for(kPause);
    }
}

base::Result<void> Database::configure(const DatabaseOptions& options) {
    // Other processes hold the write lock for one commit at a time, so ten seconds are long. Set
    // before anything else, as switching to WAL may have to wait as well.
    sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
    // A file that was tampered with cannot reach into others.
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    const bool writes = options.access == Access::Write || options.access == Access::Create;
    // Kept in the file's header, so readers find it so. With it they never wait for a writer, nor
    // it for them.
    // Where several open a new one at once, SQLite refuses the switch without waiting.
    if (writes)
        TRY(retried(options.busy_timeout, [&] { return execute("PRAGMA journal_mode = WAL"); }));
    // FULL: in WAL mode the log is synced with each commit. With NORMAL a commit may be lost with
    // the power, and a lost intent is a thing made twice. The schema is not trusted with
    // functions, and cells of pages are checked as they are read, so that damage is told sooner
    // (SQLite, "PRAGMA" and "Defense Against The Dark Arts"). Temporary tables stay in memory: no
    // plain copies on a disk.
    TRY(execute("PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA trusted_schema = OFF;"
                "PRAGMA cell_size_check = ON;"
                "PRAGMA temp_store = MEMORY;"
                "PRAGMA journal_size_limit = 1048576;"));
    // Opening alone does not look at the file.
    // A file that is none would otherwise show at the first query, when nobody expects it.
    if (!writes) TRY(number("PRAGMA schema_version"));
    if (options.max_pages > 0) {
        TRY(execute(fmt::format("PRAGMA max_page_count = {}", options.max_pages).c_str()));
    }
    return {};
}

base::Result<void> Database::execute(const char* sql) {
    const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return sqlite_error(handle_, result, "database");
    return {};
}

base::Result<Statement> Database::prepare(Sql sql) {
    auto& statement = cache_->statements[sql.text];
    if (statement == nullptr) {
        const int result = sqlite3_prepare_v3(handle_, sql.text, -1, SQLITE_PREPARE_PERSISTENT,
                                              &statement, nullptr);
        if (result != SQLITE_OK) {
            statement = nullptr;
            // Statements are literals and tested: what does not fit are the tables.
            // A table or column that is not there. It never is a mistake of the program, as far as
            // tests go.
            if (result == SQLITE_ERROR) {
                return base::Error(base::Code::DataLoss,
                                   fmt::format("the tables of {} are not as they should be: {}",
                                               path_, sqlite3_errmsg(handle_)));
            }
            return sqlite_error(handle_, result, "reading " + path_);
        }
    }
    // Two users of one statement would reset each other's rows: that is a mistake of ours.
    CHECK(!sqlite3_stmt_busy(statement));
    return Statement(statement);
}

base::Result<std::int64_t> Database::number(Sql sql, Statement::Params params) {
    auto statement = TRY(prepare(sql));
    TRY(statement.query(params));
    if (!TRY(statement.next())) return base::not_found("no row");
    return statement.integer(0);
}

base::Result<bool> Database::checkpoint() {
    const int result =
        // TRUNCATE, so that the log is empty afterwards and a copy of the folder holds one file.
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result == SQLITE_OK) return true;
    // A reader holds an older moment. The log is taken over at the next occasion.
    if ((result & 0xff) == SQLITE_BUSY || (result & 0xff) == SQLITE_LOCKED) return false;
    return sqlite_error(handle_, result, "writing the log into " + path_);
}

base::Result<void> Database::check_quickly() {
    // Structure without comparing indexes with tables, so in time linear in the file; one finding
    // is enough.
    auto statement = TRY(prepare("PRAGMA quick_check(1)"));
    TRY(statement.query({}));
    if (!TRY(statement.next())) return base::internal("quick_check yields nothing");
    if (statement.text(0) == "ok") return {};
    return base::Error(base::Code::DataLoss,
                       fmt::format("{} is damaged: {}", path_, statement.text(0)));
}

static base::Result<void> copy_all(sqlite3* from, sqlite3* to) {
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == nullptr) return sqlite_error(to, sqlite3_extended_errcode(to), "backup");
    // All in one step, under one read lock. In several, each write in between would begin the copy
    // anew.
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE && stepped != SQLITE_OK) return sqlite_error(to, stepped, "backup");
    if (finished != SQLITE_OK) return sqlite_error(to, finished, "backup");
    return {};
}

static base::Result<void> sync_file(const std::string& path) {
    base::FileDescriptor file(base::files().open(path, O_RDWR | O_CLOEXEC));
    if (!file || base::files().fsync(file.get()) != 0)
        return base::system_error("syncing " + path, errno);
    return base::sync_directory(std::string(base::parent_path(path)));
}

base::Result<void> Database::backup_to(const std::string& path) {
    if (base::file_exists(path)) {
        return base::Error(base::Code::AlreadyExists, path + " exists already");
        // One that was cut off (`.part`) is removed by whoever knows that it is one.
    }
    TRY(create_private(path));
    sqlite3* target = nullptr;
    int result = sqlite3_open_v2(
        path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    base::Result<void> copied;
    if (result != SQLITE_OK) {
        copied = sqlite_error(target, result, "creating " + path);
    } else {
        // The copy is synced as a whole below; a half-written one is removed.
        // No journal for a file that nobody knows of yet: it halves the writing.
        sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr,
                     nullptr, nullptr);
        copied = copy_all(handle_, target);
    }
    sqlite3_close(target);
    if (copied.ok()) copied = sync_file(path);
    if (!copied.ok()) base::files().unlink(path);
    return std::move(copied).context("writing the backup " + path);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

base::Result<Transaction> Transaction::begin(Database& database, Kind kind) {
    auto statement =
        // IMMEDIATE: a transaction that reads first and then writes can find that another has
        // written in between, and cannot wait for it: SQLite refuses at once (BUSY_SNAPSHOT).
        TRY(kind == Kind::Write ? database.prepare("BEGIN IMMEDIATE") : database.prepare("BEGIN"));
    TRY(statement.run({}));
    return Transaction(database);
}

Transaction::~Transaction() {
    // A failed statement may have rolled back already.
    if (database_ == nullptr || sqlite3_get_autocommit(database_->handle_)) return;
    sqlite3_exec(database_->handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

base::Result<void> Transaction::commit() {
    CHECK(database_ != nullptr);
    // If it fails, the transaction is still open; the destructor takes it back.
    auto statement = TRY(database_->prepare("COMMIT"));
    TRY(statement.run({}));
    database_ = nullptr;
    return {};
}

}
