#include "store/migrate.hpp"

#include "store/database.hpp"

#include <fmt/format.h>

namespace store {

base::Result<std::int64_t> database_version(Database& database) {
    return database.number("PRAGMA user_version");
}

using Convert = std::function<base::Result<void>(std::int64_t version)>;

static base::Result<void> apply(Database& database, const Migration& migration,
                                const Convert& convert) {
    auto transaction = TRY(Transaction::begin(database, Transaction::Kind::Write));
    // Another process may have been faster.
    // Both have seen the old version and one has waited for the other's transaction.
    if (TRY(database_version(database)) >= migration.version) return {};
    TRY(database.execute(migration.sql));
    if (convert) TRY(convert(migration.version));
    // In the transaction as well: the tables and their number change together or not at all.
    TRY(database.execute(fmt::format("PRAGMA user_version = {}", migration.version).c_str()));
    return transaction.commit();
}

base::Result<void> migrate(Database& database, std::span<const Migration> migrations,
                           const Convert& convert) {
    const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
    const std::int64_t version = TRY(database_version(database));
    // Never downwards: an older program would write rows without what newer ones rely on.
    if (version > newest) {
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("{} has format {}, and this program knows formats up to {}",
                                       database.path(), version, newest))
            .with_help("use the newer program that wrote it");
    }
    for (const Migration& migration : migrations) {
        if (migration.version <= version) continue;
        auto applied = apply(database, migration, convert);
        if (!applied) {
            return std::move(applied).error().with_context(
                fmt::format("bringing {} to format {}", database.path(), migration.version));
        }
    }
    return {};
}

}
