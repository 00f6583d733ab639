#pragma once

#include "state/backups.hpp"

#include <cstddef>

// Backups are copies of the database, `.provisioning/backups/RUN-TIME.db`, whole and checked: any
// of them can be opened by itself. The last five are kept.
namespace store {
class Database;
}

namespace state::sqlite {

struct SqliteContext;

inline constexpr std::size_t kBackupsKept = 5;

std::unique_ptr<Backups> open_backups(const OpenOptions& options);

base::Result<std::vector<Backup>> list_backups(const std::string& directory);   // newest first

// Whether the run, which has written something, is to leave one (BackupPolicy).
base::Result<bool> backup_is_due(const SqliteContext& context, std::int64_t run);
// Writes one, after it has been checked, and removes the oldest ones.
base::Result<Backup> make_backup(store::Database& database, const std::string& directory,
                                 std::int64_t run, base::Time now);

}
