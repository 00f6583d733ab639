#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace store {

class Database;

// One step from a database's version to the next. Never changed once it was released.
struct Migration {
    std::int64_t version;   // after it: 1, 2, 3, …
    const char* sql;
};

// Brings the database to the newest version, each step in a transaction of its own; a version newer
// than the list is refused with FailedPrecondition. Any number of processes at once. `convert`
// does, in the transaction of the step that reaches a version, what SQL cannot.
base::Result<void>
migrate(Database& database, std::span<const Migration> migrations,
        const std::function<base::Result<void>(std::int64_t version)>& convert = {});

base::Result<std::int64_t> database_version(Database& database);

}
