#include "store/statement.hpp"

#include "store/error.hpp"

#include <sqlite3.h>

namespace store {

Statement::~Statement() {
    if (statement_ == nullptr) return;
    // Also after an error, or the cached statement would keep a transaction from ending.
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

static int bind_one(sqlite3_stmt* statement, int index, const Param& param) {
    const auto bytes = param.bytes();
    // A null pointer would bind SQL's null.
    // An empty text is not null to SQL, whatever its pointer.
    const char* data = bytes.data() != nullptr ? bytes.data() : "";
    switch (param.kind()) {
        case Param::Kind::Null: return sqlite3_bind_null(statement, index);
        case Param::Kind::Integer: return sqlite3_bind_int64(statement, index, param.integer());
        case Param::Kind::Text:
            // STATIC: not copied. What is bound lives until the statement goes back, which forgets
            // it.
            return sqlite3_bind_text64(statement, index, data, bytes.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        case Param::Kind::Blob:
            return sqlite3_bind_blob64(statement, index, data, bytes.size(), SQLITE_STATIC);
    }
    UNREACHABLE();
}

static base::Error error_of(sqlite3_stmt* statement, int result_code) {
    return sqlite_error(sqlite3_db_handle(statement), result_code, "database");
}

base::Result<void> Statement::bind(Params params) {
    // A wrong count would leave a placeholder as null, silently.
    CHECK(static_cast<int>(params.size()) == sqlite3_bind_parameter_count(statement_));
    int index = 0;
    for (const Param& param : params) {
        const int result = bind_one(statement_, ++index, param);
        if (result != SQLITE_OK) return error_of(statement_, result);
    }
    return {};
}

base::Result<std::int64_t> Statement::run(Params params) {
    TRY(bind(params));
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW) result = sqlite3_step(statement_);
    if (result != SQLITE_DONE) {
        auto error = error_of(statement_, result);
        // The error is taken before: reset answers with it again, and clears the message.
        sqlite3_reset(statement_);
        return error;
    }
    sqlite3_reset(statement_);
    return sqlite3_changes64(sqlite3_db_handle(statement_));
}

base::Result<void> Statement::query(Params params) {
    sqlite3_reset(statement_);
    return bind(params);
}

base::Result<bool> Statement::next() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) {
        sqlite3_reset(statement_);
        return false;
    }
    auto error = error_of(statement_, result);
    sqlite3_reset(statement_);
    return error;
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
std::string_view Statement::text(int column) const {
    // In this order: SQLite wants the text asked for before its length, as asking may convert it.
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {data != nullptr ? data : "",
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string_view Statement::blob(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {data != nullptr ? data : "",
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

}
