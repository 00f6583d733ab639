#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Copies of the state that were whole when they were made (ENGINE §8, damage). Opened without the
// state, which may be what is damaged.
namespace state {

struct OpenOptions;

struct Backup {
    std::string name;       // what `Backups::restore` takes
    std::string path;       // "" where it is not a file
    std::int64_t run = 0;   // that wrote it
    base::Time made;
    std::uint64_t size = 0;
};

struct Restored {
    Backup backup;
    std::string set_aside;   // where the former state is now; "" when there was none
};

class Backups {
public:
    static base::Result<std::unique_ptr<Backups>> open(const OpenOptions& options);
    virtual ~Backups() = default;

    virtual base::Result<std::vector<Backup>> list() = 0;   // newest first
    // Puts a backup in the place of the state, which is set aside and never overwritten. Begins a
    // new epoch and asks for a refresh. Busy while a run lives, or is on another machine. `name` is
    // "last", a backup's name, or "none" for an empty state.
    virtual base::Result<Restored> restore(std::string_view name) = 0;
};

// How often runs leave a backup. A small state gets one from each run that wrote something. A large
// one, whose copy would take longer than most runs, gets one when the newest is old enough in
// either way: what damage can cost is bounded by both.
struct BackupPolicy {
    std::uint64_t large_bytes = std::uint64_t{16} << 20U;
    std::int64_t runs = 10;
    std::chrono::minutes age{10};
};

}
