#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Backups of a workspace's state (ENGINE §8, damage). Each run that changed something leaves one;
// the last five are kept.
namespace store {
class Database;
}

namespace state {

inline constexpr std::size_t kBackupsKept = 5;

struct Backup {
    std::string name;   // what `state restore NAME` takes
    std::string path;
    std::int64_t run = 0;   // that wrote it
    base::Time made;
    std::uint64_t size = 0;
};

// Newest first.
base::Result<std::vector<Backup>> backups(const std::string& directory);

// Writes one, after it has been checked, and removes the oldest ones.
base::Result<Backup> make_backup(store::Database& database, const std::string& directory,
                                 std::int64_t run, base::Time now);

struct Restored {
    Backup backup;
    std::string set_aside;   // where the former database is now; "" when there was none
};
// Puts a backup in the place of the database, which is set aside and never overwritten. Begins a
// new epoch and asks for a refresh. Refused with Unavailable (75) while a run lives. `name` is
// "last", a backup's name, or "none" for an empty state.
base::Result<Restored> restore(const std::string& directory, std::string_view name,
                               const base::Clock& clock);

}
