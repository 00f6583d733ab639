#pragma once

#include "base/result.hpp"
#include "store/statement.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace store {

enum class Access : std::uint8_t {
    Read,        // an existing database; what SQLite needs for reading may be created beside it
    Immutable,   // an existing file that nobody writes: nothing is created, a log is not looked at
    Write,       // an existing database
    Create,      // made if it is missing, mode 0600
};

// A literal: its address is its key in the cache of statements.
struct Sql {
    const char* text;

    consteval Sql(const char* literal) : text(literal) {}
};

struct DatabaseOptions {
    Access access = Access::Create;
    std::chrono::milliseconds busy_timeout{10'000};
    std::int64_t max_pages = 0;   // refuse to grow further, as a full disk does; 0: no limit
};

// A connection to one SQLite file, in WAL mode with synchronous=FULL: what is committed survives
// the loss of power. Belongs to one thread. Errors: CannotWrite, DataLoss, Busy
// when somebody else holds it longer than the timeout.
class Database {
public:
    static base::Result<std::unique_ptr<Database>> open(const std::string& path,
                                                        DatabaseOptions options = {});
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    const std::string& path() const { return path_; }

    // One or more statements without results.
    base::Result<void> execute(const char* sql);
    // A prepared statement from the cache. Only one user of the same statement at a time.
    base::Result<Statement> prepare(Sql sql);
    // The single number that a query yields; NotFound without a row.
    base::Result<std::int64_t> number(Sql sql, Statement::Params params = {});

    // Moves the WAL into the file and cuts it to nothing. False when readers are in the way.
    base::Result<bool> checkpoint();
    // DataLoss when the structure of the file is damaged.
    base::Result<void> check_quickly();
    // A consistent copy, durable when this returns; nothing may be at the path.
    base::Result<void> backup_to(const std::string& path);

private:
    friend class Transaction;
    struct Cache;

    Database(std::string path, sqlite3* handle);
    base::Result<void> configure(const DatabaseOptions& options);

    std::string path_;
    sqlite3* handle_;
    std::unique_ptr<Cache> cache_;
};

// Rolls back unless it was committed.
class Transaction {
public:
    enum class Kind : std::uint8_t { Read, Write };   // Write: takes the write lock at once

    static base::Result<Transaction> begin(Database& database, Kind kind);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    // Durable when it returns. After an error nothing was written.
    base::Result<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;
};

}
