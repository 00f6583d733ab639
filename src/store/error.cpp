#include "store/error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace store {
namespace {

bool is_out_of_room(int errno_value) {
    // A quota and a limit on file sizes feel the same to whoever runs out.
    return errno_value == ENOSPC || errno_value == EDQUOT || errno_value == EFBIG;
}

base::Error cannot_write(int errno_value, std::string text) {
    const bool full = is_out_of_room(errno_value);
    if (full) text += " (no space left on the device)";
    auto error = base::Error(base::Code::CannotWrite, std::move(text));
    if (!full) return error;
    return std::move(error).with_help("make room there, then run the command again");
}

base::Error io_error(int result_code, int errno_value, std::string text) {
    // By extended code. Reads that come short or do not fit are damage; all that is left is
    // writing.
    switch (result_code) {
        case SQLITE_IOERR_READ:
        case SQLITE_IOERR_SHORT_READ:
        case SQLITE_IOERR_CORRUPTFS:
        case SQLITE_IOERR_DATA: return base::Error(base::Code::DataLoss, std::move(text));
        case SQLITE_IOERR_NOMEM: return {base::Code::Exhausted, std::move(text)};
        default: break;
    }
    return cannot_write(errno_value, std::move(text));
}

base::Error open_error(int errno_value, std::string text) {
    if (errno_value == ENOENT) return {base::Code::NotFound, std::move(text)};
    return cannot_write(errno_value, std::move(text));
}

}

base::Error sqlite_error(sqlite3* handle, int result_code, std::string what) {
    // The errno that SQLite kept, as ours has long been overwritten.
    const int errno_value = handle != nullptr ? sqlite3_system_errno(handle) : errno;
    std::string text = std::move(what) + ": " +
                       (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result_code));
    switch (result_code & 0xff) {
        // Also `max_page_count`, by which tests play a full disk.
        case SQLITE_FULL: return cannot_write(ENOSPC, std::move(text));
        case SQLITE_READONLY:
        case SQLITE_PERM: return {base::Code::CannotWrite, std::move(text)};
        case SQLITE_IOERR: return io_error(result_code, errno_value, std::move(text));
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return base::Error(base::Code::DataLoss, std::move(text));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        // PROTOCOL is a lost race when several processes open a log at the same time: later it
        // goes.
        case SQLITE_PROTOCOL: return {base::Code::Busy, std::move(text)};
        case SQLITE_CANTOPEN: return open_error(errno_value, std::move(text));
        // Whoever inserts what must be unique, and minds, asks for it with ON CONFLICT.
        case SQLITE_CONSTRAINT: return {base::Code::AlreadyExists, std::move(text)};
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG: return {base::Code::Exhausted, std::move(text)};
        default: return base::internal(std::move(text));
    }
}

}
