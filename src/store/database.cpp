#include "store/database.hpp"

#include "base/fs.hpp"
#include "store/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_map>
#include <utility>

namespace store {

struct Database::Cache {
    std::unordered_map<const char*, sqlite3_stmt*> statements;

    ~Cache() {
        for (auto& [sql, statement] : statements) sqlite3_finalize(statement);
    }
};

Database::Database(std::string path, sqlite3* handle)
    : path_(std::move(path)), handle_(handle), cache_(std::make_unique<Cache>()) {}

Database::~Database() {
    cache_.reset();
    sqlite3_close(handle_);
}

// SQLite gives its side files the mode of the database, which it would create readable for all.
static base::Result<void> create_private(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        auto error = base::system_error("creating " + path, errno);
        if (error.code() == base::Code::NotFound) return error;
        return base::Error(base::Code::CannotWrite, std::string(error.message()));
    }
    base::FileDescriptor owned(fd);
    return {};
}

// A name for sqlite3_open that means this path and nothing else.
static std::string uri_of(const std::string& path, Access access) {
    std::string uri = "file:";
    for (const char c : path) {
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

base::Result<void> Database::configure(const DatabaseOptions& options) {
    sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    const bool writes = options.access == Access::Write || options.access == Access::Create;
    if (writes) TRY(execute("PRAGMA journal_mode = WAL"));
    TRY(execute("PRAGMA synchronous = FULL;"
                "PRAGMA foreign_keys = ON;"
                "PRAGMA trusted_schema = OFF;"
                "PRAGMA cell_size_check = ON;"
                "PRAGMA temp_store = MEMORY;"
                "PRAGMA journal_size_limit = 1048576;"));
    // Opening alone does not look at the file.
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
            if (result == SQLITE_ERROR) {
                return base::Error(base::Code::DataLoss,
                                   fmt::format("the tables of {} are not as they should be: {}",
                                               path_, sqlite3_errmsg(handle_)));
            }
            return sqlite_error(handle_, result, "reading " + path_);
        }
    }
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
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result == SQLITE_OK) return true;
    if ((result & 0xff) == SQLITE_BUSY || (result & 0xff) == SQLITE_LOCKED) return false;
    return sqlite_error(handle_, result, "writing the log into " + path_);
}

base::Result<void> Database::check_quickly() {
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
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE && stepped != SQLITE_OK) return sqlite_error(to, stepped, "backup");
    if (finished != SQLITE_OK) return sqlite_error(to, finished, "backup");
    return {};
}

static base::Result<void> sync_file(const std::string& path) {
    base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) return base::system_error("syncing " + path, errno);
    return base::sync_directory(std::string(base::parent_path(path)));
}

base::Result<void> Database::backup_to(const std::string& path) {
    if (base::file_exists(path)) {
        return base::Error(base::Code::AlreadyExists, path + " exists already");
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
        sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nullptr,
                     nullptr, nullptr);
        copied = copy_all(handle_, target);
    }
    sqlite3_close(target);
    if (copied.ok()) copied = sync_file(path);
    if (!copied.ok()) ::unlink(path.c_str());
    return std::move(copied).context("writing the backup " + path);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

base::Result<Transaction> Transaction::begin(Database& database, Kind kind) {
    auto statement =
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
    auto statement = TRY(database_->prepare("COMMIT"));
    TRY(statement.run({}));
    database_ = nullptr;
    return {};
}

}
