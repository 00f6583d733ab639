#include "simulation/files.hpp"

#include "base/fs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace simulation {
namespace {

using store::FileLock;
using store::FileOutcome;

constexpr int kSharedLocks = 8;

FileOutcome outcome_of(int error) {
    switch (error) {
        case 0: return FileOutcome::Done;
        case ENOENT: return FileOutcome::Missing;
        case ENOSPC: return FileOutcome::Full;
        default: return FileOutcome::Failed;
    }
}

class OpenDatabaseFile final : public store::DatabaseFile {
public:
    OpenDatabaseFile(Disk& disk, std::string path, std::shared_ptr<Inode> inode)
        : disk_(disk), path_(std::move(path)), inode_(std::move(inode)),
          is_name_synced_(!path_.ends_with("-wal") && !path_.ends_with("-journal")) {}
    ~OpenDatabaseFile() override {
        inode_->levels.erase(this);
        unmap_shared(false);
    }
    OpenDatabaseFile(const OpenDatabaseFile&) = delete;
    OpenDatabaseFile& operator=(const OpenDatabaseFile&) = delete;

    FileOutcome read(std::int64_t offset, void* bytes, std::size_t size) override {
        if (const int error = disk_.may(DiskAct::Read, path_)) return outcome_of(error);
        const std::string& data = inode_->data;
        const std::size_t begin = std::min(static_cast<std::size_t>(offset), data.size());
        const std::size_t got = std::min(size, data.size() - begin);
        std::memcpy(bytes, data.data() + begin, got);
        std::memset(static_cast<char*>(bytes) + got, 0, size - got);
        return got < size ? FileOutcome::Short : FileOutcome::Done;
    }

    FileOutcome write(std::int64_t offset, const void* bytes, std::size_t size) override {
        if (const int error = disk_.may(DiskAct::Write, path_)) return outcome_of(error);
        if (disk_.on_write) disk_.on_write(path_, {static_cast<const char*>(bytes), size});
        inode_->write(offset, {static_cast<const char*>(bytes), size});
        return FileOutcome::Done;
    }

    FileOutcome truncate(std::int64_t size) override {
        if (const int error = disk_.may(DiskAct::Write, path_)) return outcome_of(error);
        inode_->truncate(static_cast<std::size_t>(size));
        return FileOutcome::Done;
    }

    // As SQLite does by itself on the real system: of a new log, the name with it.
    FileOutcome sync() override {
        if (const int error = disk_.may(DiskAct::Sync, path_)) return outcome_of(error);
        Disk::sync(*inode_);
        if (!is_name_synced_) disk_.sync_names();
        is_name_synced_ = true;
        return FileOutcome::Done;
    }

    FileOutcome size(std::int64_t& size) override {
        if (const int error = disk_.may(DiskAct::Look, path_)) return outcome_of(error);
        size = static_cast<std::int64_t>(inode_->data.size());
        return FileOutcome::Done;
    }

    FileOutcome lock(FileLock lock) override;
    FileOutcome unlock(FileLock lock) override {
        inode_->levels[this] = std::min(inode_->levels[this], static_cast<int>(lock));
        return FileOutcome::Done;
    }
    bool is_reserved() override {
        return highest_of_others() >= static_cast<int>(FileLock::Reserved);
    }

    FileOutcome map_shared(int region, std::size_t size, bool make, volatile void** bytes) override;
    FileOutcome lock_shared(int first, int count, bool exclusive) override;
    void unlock_shared(int first, int count, bool exclusive) override {
        auto& own = own_locks();
        for (int i = first; i < first + count; ++i) own[static_cast<std::size_t>(i)] = 0;
        // The lock of the one writer.
        if (first == 0 && exclusive && disk_.on_unlocked) disk_.on_unlocked(path_);
    }
    void unmap_shared(bool) override {
        inode_->shared_locks.erase(this);
        if (inode_->mapped.erase(this) == 0) return;
        // Whoever opens it next finds out from the log what it has to hold.
        if (inode_->mapped.empty()) inode_->shared.clear();
    }

private:
    std::vector<int>& own_locks() {
        auto& own = inode_->shared_locks[this];
        own.resize(kSharedLocks);
        return own;
    }
    int highest_of_others() const {
        int highest = 0;
        for (const auto& [other, level] : inode_->levels) {
            if (other != this) highest = std::max(highest, level);
        }
        return highest;
    }

    Disk& disk_;
    const std::string path_;
    const std::shared_ptr<Inode> inode_;
    bool is_name_synced_;
};

FileOutcome OpenDatabaseFile::lock(FileLock lock) {
    if (const int error = disk_.may(DiskAct::Look, path_)) return outcome_of(error);
    int& own = inode_->levels[this];
    const int wanted = static_cast<int>(lock);
    const int others = highest_of_others();
    constexpr int kShared = static_cast<int>(FileLock::Shared);
    constexpr int kReserved = static_cast<int>(FileLock::Reserved);
    constexpr int kPending = static_cast<int>(FileLock::Pending);
    constexpr int kExclusive = static_cast<int>(FileLock::Exclusive);
    if (own >= wanted) return FileOutcome::Done;
    if (wanted == kShared && others >= kPending) return FileOutcome::Busy;
    if (wanted >= kReserved && others >= kReserved) return FileOutcome::Busy;
    if (wanted == kExclusive && others >= kShared) {
        own = kPending;   // no more readers come
        return FileOutcome::Busy;
    }
    own = wanted;
    return FileOutcome::Done;
}

FileOutcome OpenDatabaseFile::map_shared(int region, std::size_t size, bool make,
                                         volatile void** bytes) {
    *bytes = nullptr;
    if (const int error = disk_.may(DiskAct::Look, path_)) return outcome_of(error);
    inode_->mapped[this] = true;
    const auto wanted = static_cast<std::size_t>(region);
    if (wanted >= inode_->shared.size() && !make) return FileOutcome::Done;
    while (inode_->shared.size() <= wanted) {
        inode_->shared.push_back(std::make_unique<std::vector<char>>(size));
    }
    *bytes = inode_->shared[wanted]->data();
    return FileOutcome::Done;
}

FileOutcome OpenDatabaseFile::lock_shared(int first, int count, bool exclusive) {
    if (const int error = disk_.may(DiskAct::Look, path_)) return outcome_of(error);
    for (auto& [other, locks] : inode_->shared_locks) {
        if (other == this) continue;
        locks.resize(kSharedLocks);
        for (int i = first; i < first + count; ++i) {
            const int held = locks[static_cast<std::size_t>(i)];
            if (held == -1 || (exclusive && held != 0)) return FileOutcome::Busy;
        }
    }
    auto& own = own_locks();
    for (int i = first; i < first + count; ++i) {
        own[static_cast<std::size_t>(i)] = exclusive ? -1 : 1;
    }
    return FileOutcome::Done;
}

}

FileOutcome DiskDatabaseFiles::open(const std::string& given, const Opening& opening,
                                    std::unique_ptr<store::DatabaseFile>& file) {
    const std::string path = base::normal_path(given);
    if (given.empty() || opening.is_temporary) {
        auto nameless = std::make_shared<Inode>();
        file = std::make_unique<OpenDatabaseFile>(disk_, "temporary", std::move(nameless));
        return FileOutcome::Done;
    }
    auto inode = disk_.find(path);
    const bool makes = inode == nullptr && opening.makes;
    if (const int error = disk_.may(makes ? DiskAct::Change : DiskAct::Look, path)) {
        return outcome_of(error);
    }
    if (inode == nullptr && !makes) return FileOutcome::Missing;
    if (makes) {
        if (const int error = disk_.make(path, false, 0600, inode)) return outcome_of(error);
    }
    file = std::make_unique<OpenDatabaseFile>(disk_, path, std::move(inode));
    return FileOutcome::Done;
}

FileOutcome DiskDatabaseFiles::remove(const std::string& given, bool sync) {
    const std::string path = base::normal_path(given);
    if (const int error = disk_.may(DiskAct::Change, path)) return outcome_of(error);
    const int error = disk_.remove(path, false);
    if (error == 0 && sync) disk_.sync_names();
    return outcome_of(error);
}

bool DiskDatabaseFiles::exists(const std::string& path) {
    if (disk_.may(DiskAct::Look, path) != 0) return false;
    return disk_.find(base::normal_path(path)) != nullptr;
}

}
