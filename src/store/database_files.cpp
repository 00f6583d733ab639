#include "store/database_files.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>
#include <span>
#include <utility>

// The other direction of store's work: SQLite calls, in its own words, and a DatabaseFiles answers.
namespace store {
namespace {

DatabaseFiles* kept_in = nullptr;

// SQLite gives the memory and the first member; the rest is ours.
struct OpenFile {
    sqlite3_file base;
    DatabaseFile* file;
};

DatabaseFile& file_of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->file; }

// By what was tried: SQLite tells the kinds of failures apart.
int code_of(FileOutcome outcome, int failed) {
    switch (outcome) {
        case FileOutcome::Done: return SQLITE_OK;
        case FileOutcome::Short: return SQLITE_IOERR_SHORT_READ;
        case FileOutcome::Full: return SQLITE_FULL;
        case FileOutcome::Busy: return SQLITE_BUSY;
        case FileOutcome::Missing:
        case FileOutcome::Failed: break;
    }
    return failed;
}

int close_file(sqlite3_file* file) {
    delete std::exchange(reinterpret_cast<OpenFile*>(file)->file, nullptr);
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    return code_of(file_of(file).read(offset, bytes, static_cast<std::size_t>(size)),
                   SQLITE_IOERR_READ);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    return code_of(file_of(file).write(offset, bytes, static_cast<std::size_t>(size)),
                   SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return code_of(file_of(file).truncate(size), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) { return code_of(file_of(file).sync(), SQLITE_IOERR_FSYNC); }

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    std::int64_t found = 0;
    const FileOutcome outcome = file_of(file).size(found);
    *size = found;
    return code_of(outcome, SQLITE_IOERR_FSTAT);
}

int lock_file(sqlite3_file* file, int level) {
    return code_of(file_of(file).lock(static_cast<FileLock>(level)), SQLITE_IOERR_LOCK);
}

int unlock_file(sqlite3_file* file, int level) {
    return code_of(file_of(file).unlock(static_cast<FileLock>(level)), SQLITE_IOERR_UNLOCK);
}

int check_reserved(sqlite3_file* file, int* is_reserved) {
    *is_reserved = file_of(file).is_reserved() ? 1 : 0;
    return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }

int sector_size(sqlite3_file*) { return 4096; }

// What the file system that ships assumes as well: a write leaves the bytes beside it as they are.
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_shared(sqlite3_file* file, int region, int size, int make, volatile void** bytes) {
    return code_of(
        file_of(file).map_shared(region, static_cast<std::size_t>(size), make != 0, bytes),
        SQLITE_IOERR_SHMMAP);
}

int lock_shared(sqlite3_file* file, int first, int count, int flags) {
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        file_of(file).unlock_shared(first, count, exclusive);
        return SQLITE_OK;
    }
    return code_of(file_of(file).lock_shared(first, count, exclusive), SQLITE_IOERR_SHMLOCK);
}

// One thread at a time: whoever simulates sees to it.
void order_memory(sqlite3_file*) {}

int unmap_shared(sqlite3_file* file, int remove) {
    file_of(file).unmap_shared(remove != 0);
    return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods{.iVersion = 2,
                                      .xClose = close_file,
                                      .xRead = read_file,
                                      .xWrite = write_file,
                                      .xTruncate = truncate_file,
                                      .xSync = sync_file,
                                      .xFileSize = file_size,
                                      .xLock = lock_file,
                                      .xUnlock = unlock_file,
                                      .xCheckReservedLock = check_reserved,
                                      .xFileControl = control_file,
                                      .xSectorSize = sector_size,
                                      .xDeviceCharacteristics = device_characteristics,
                                      .xShmMap = map_shared,
                                      .xShmLock = lock_shared,
                                      .xShmBarrier = order_memory,
                                      .xShmUnmap = unmap_shared,
                                      .xFetch = nullptr,
                                      .xUnfetch = nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* into, int flags, int* out_flags) {
    into->pMethods = nullptr;
    std::unique_ptr<DatabaseFile> file;
    const FileOutcome outcome =
        kept_in->open(path != nullptr ? path : "",
                      {.writes = (flags & SQLITE_OPEN_READWRITE) != 0,
                       .makes = (flags & SQLITE_OPEN_CREATE) != 0,
                       .is_temporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0},
                      file);
    if (file == nullptr) return code_of(outcome, SQLITE_CANTOPEN);
    auto* open = reinterpret_cast<OpenFile*>(into);
    open->base.pMethods = &kMethods;
    open->file = file.release();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs*, const char* path, int sync) {
    const FileOutcome outcome = kept_in->remove(path, sync != 0);
    return outcome == FileOutcome::Missing ? SQLITE_IOERR_DELETE_NOENT
                                           : code_of(outcome, SQLITE_IOERR_DELETE);
}

int file_access(sqlite3_vfs*, const char* path, int, int* result) {
    *result = kept_in->exists(path) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    const std::size_t length = std::strlen(path);
    if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN_FULLPATH;
    std::memcpy(out, path, length + 1);
    return SQLITE_OK;
}

int draw(sqlite3_vfs*, int size, char* bytes) {
    base::fill_random(std::as_writable_bytes(std::span(bytes, static_cast<std::size_t>(size))));
    return size;
}

int sleep(sqlite3_vfs*, int microseconds) {
    base::system_clock().sleep_for(std::chrono::microseconds(microseconds));
    return microseconds;
}

// In milliseconds since noon of a day in 4714 BC, as SQLite counts them.
int now_in_milliseconds(sqlite3_vfs*, sqlite3_int64* out) {
    constexpr sqlite3_int64 kUnixEpoch = 210'866'760'000'000;
    *out = kUnixEpoch + std::chrono::floor<std::chrono::milliseconds>(
                            base::system_clock().now().time_since_epoch())
                            .count();
    return SQLITE_OK;
}

int now_in_days(sqlite3_vfs* vfs, double* out) {
    sqlite3_int64 milliseconds = 0;
    now_in_milliseconds(vfs, &milliseconds);
    *out = static_cast<double>(milliseconds) / 86'400'000.0;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}

void keep_databases_in(DatabaseFiles& files) {
    static sqlite3_vfs vfs{.iVersion = 2,
                           .szOsFile = sizeof(OpenFile),
                           .mxPathname = 1024,
                           .pNext = nullptr,
                           .zName = "kept",
                           .pAppData = nullptr,
                           .xOpen = open_file,
                           .xDelete = remove_file,
                           .xAccess = file_access,
                           .xFullPathname = full_path,
                           .xDlOpen = nullptr,
                           .xDlError = nullptr,
                           .xDlSym = nullptr,
                           .xDlClose = nullptr,
                           .xRandomness = draw,
                           .xSleep = sleep,
                           .xCurrentTime = now_in_days,
                           .xGetLastError = last_error,
                           .xCurrentTimeInt64 = now_in_milliseconds,
                           .xSetSystemCall = nullptr,
                           .xGetSystemCall = nullptr,
                           .xNextSystemCall = nullptr};
    kept_in = &files;
    CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

void draw_anew() {
    char first = 0;
    sqlite3_randomness(0, nullptr);
    sqlite3_randomness(1, &first);
}

}
