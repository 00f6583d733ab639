#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

// Where the files of databases are, in place of the operating system's: what SQLite asks of a file
// system, and no more. For whoever simulates one.
namespace store {

enum class FileOutcome : std::uint8_t {
    Done,
    Short,    // of a read: the file ends before
    Failed,   // an I/O error
    Full,     // there is no more room
    Busy,     // of a lock: somebody else has one that excludes it
    Missing,
};

// How much of a file a connection holds, each step more than the one before.
enum class FileLock : std::uint8_t { None, Shared, Reserved, Pending, Exclusive };

// One that a connection has open. Closed, and its locks given back, on destruction.
class DatabaseFile {
public:
    virtual ~DatabaseFile() = default;

    virtual FileOutcome read(std::int64_t offset, void* bytes, std::size_t size) = 0;
    virtual FileOutcome write(std::int64_t offset, const void* bytes, std::size_t size) = 0;
    virtual FileOutcome truncate(std::int64_t size) = 0;
    virtual FileOutcome sync() = 0;
    virtual FileOutcome size(std::int64_t& size) = 0;

    virtual FileOutcome lock(FileLock lock) = 0;
    virtual FileOutcome unlock(FileLock lock) = 0;   // down to Shared or None
    virtual bool is_reserved() = 0;

    // The memory that connections to one file share, by regions of one size. `bytes` is null where
    // there is none and it is not to be made.
    virtual FileOutcome map_shared(int region, std::size_t size, bool make,
                                   volatile void** bytes) = 0;
    virtual FileOutcome lock_shared(int first, int count, bool exclusive) = 0;
    virtual void unlock_shared(int first, int count, bool exclusive) = 0;
    virtual void unmap_shared(bool remove) = 0;
};

class DatabaseFiles {
public:
    virtual ~DatabaseFiles() = default;

    struct Opening {
        bool writes = false;
        bool makes = false;          // where it is missing
        bool is_temporary = false;   // removed when it is closed; the path may be empty
    };
    virtual FileOutcome open(const std::string& path, const Opening& opening,
                             std::unique_ptr<DatabaseFile>& file) = 0;
    // With `sync` that it is gone is durable.
    virtual FileOutcome remove(const std::string& path, bool sync) = 0;
    virtual bool exists(const std::string& path) = 0;
};

// All databases that are opened from now on lie there. Once, while there is one thread; borrowed.
void keep_databases_in(DatabaseFiles& files);
// SQLite draws once for a process, and counts on from there: this lets it draw anew. While there is
// one thread.
void draw_anew();

}
