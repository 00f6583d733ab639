#include "simulation/disk.hpp"

#include "base/fs.hpp"

#include <algorithm>
#include <cerrno>

namespace simulation {
namespace {

// What a disk writes as a whole or not at all.
constexpr std::size_t kSector = 512;

void put(std::string& data, std::int64_t offset, std::string_view bytes) {
    const auto begin = static_cast<std::size_t>(offset);
    if (data.size() < begin + bytes.size()) data.resize(begin + bytes.size(), '\0');
    std::ranges::copy(bytes, data.begin() + offset);
}

// How a disk went through a loss of power.
enum class Loss : std::uint8_t { All, Nothing, Tail, Some, Torn };

void lose(Inode& file, Loss loss, base::Random& random) {
    const std::vector<Inode::Change> changes = std::exchange(file.unsynced, {});
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        if (!change->before.empty()) put(file.data, change->offset, change->before);
        file.data.resize(change->size_before, '\0');
    }
    const std::size_t kept = loss == Loss::Nothing ? changes.size()
                             : loss == Loss::Tail  ? random.below(changes.size() + 1)
                                                   : changes.size();
    for (std::size_t i = 0; i < kept; ++i) {
        const Inode::Change& change = changes[i];
        if (loss == Loss::All) continue;
        if (loss == Loss::Some && random.below(2) == 0) continue;
        if (change.after.empty()) {
            file.data.resize(change.size_after, '\0');
            continue;
        }
        for (std::size_t at = 0; at < change.after.size();) {
            // Sectors of the disk, not of the write.
            const std::size_t place = static_cast<std::size_t>(change.offset) + at;
            const std::size_t size = std::min(kSector - place % kSector, change.after.size() - at);
            if (loss != Loss::Torn || random.below(2) == 0) {
                put(file.data, static_cast<std::int64_t>(place),
                    std::string_view(change.after).substr(at, size));
            }
            at += size;
        }
    }
}

}

void Inode::write(std::int64_t offset, std::string_view bytes) {
    Change change{.offset = offset,
                  .before = {},
                  .after = std::string(bytes),
                  .size_before = data.size(),
                  .size_after = 0};
    if (static_cast<std::size_t>(offset) < data.size()) {
        change.before = data.substr(static_cast<std::size_t>(offset), bytes.size());
    }
    put(data, offset, bytes);
    change.size_after = data.size();
    unsynced.push_back(std::move(change));
}

void Inode::truncate(std::size_t size) {
    if (size == data.size()) return;
    Change change{.offset = static_cast<std::int64_t>(std::min(size, data.size())),
                  .before = {},
                  .after = {},
                  .size_before = data.size(),
                  .size_after = size};
    if (size < data.size()) change.before = data.substr(size);
    data.resize(size, '\0');
    unsynced.push_back(std::move(change));
}

std::shared_ptr<Inode> Disk::find(const std::string& path) const {
    const auto found = names_.find(path);
    return found == names_.end() ? nullptr : found->second;
}

void Disk::set(const std::string& path, std::shared_ptr<Inode> inode) {
    if (inode == nullptr) {
        names_.erase(path);
    } else {
        names_[path] = std::move(inode);
    }
}

void Disk::change(std::vector<Name> after) {
    NameChange change;
    for (const auto& [path, inode] : after) {
        change.before.emplace_back(path, find(path));
        set(path, inode);
    }
    change.after = std::move(after);
    changes_.push_back(std::move(change));
}

int Disk::check_folder_of(const std::string& path) const {
    const auto folder = find(std::string(base::parent_path(path)));
    if (folder == nullptr) return ENOENT;
    return folder->is_folder ? 0 : ENOTDIR;
}

int Disk::make(const std::string& path, bool is_folder, unsigned mode,
               std::shared_ptr<Inode>& made) {
    if (find(path) != nullptr) return EEXIST;
    if (path != "/") {
        if (const int failed = check_folder_of(path); failed != 0) return failed;
    }
    made = std::make_shared<Inode>();
    made->number = ++numbered_;
    made->is_folder = is_folder;
    made->mode = mode;
    change({{path, made}});
    return 0;
}

int Disk::link(const std::string& from, const std::string& to) {
    const auto inode = find(from);
    if (inode == nullptr) return ENOENT;
    if (find(to) != nullptr) return EEXIST;
    if (const int failed = check_folder_of(to); failed != 0) return failed;
    change({{to, inode}});
    return 0;
}

int Disk::rename(const std::string& from, const std::string& to) {
    const auto inode = find(from);
    if (inode == nullptr) return ENOENT;
    if (inode->is_folder) return EINVAL;   // nothing renames one yet
    if (const int failed = check_folder_of(to); failed != 0) return failed;
    change({{from, nullptr}, {to, inode}});
    return 0;
}

int Disk::remove(const std::string& path, bool is_folder) {
    const auto inode = find(path);
    if (inode == nullptr) return ENOENT;
    if (inode->is_folder != is_folder) return is_folder ? ENOTDIR : EISDIR;
    if (is_folder && !list(path).empty()) return ENOTEMPTY;
    change({{path, nullptr}});
    return 0;
}

std::vector<std::string> Disk::list(const std::string& path) const {
    std::vector<std::string> out;
    for (const auto& [name, inode] : names_) {
        if (name != path && base::parent_path(name) == path) {
            out.emplace_back(base::file_name(name));
        }
    }
    return out;
}

void Disk::lose_power(base::Random& random) {
    const auto loss = static_cast<Loss>(random.below(5));
    const std::size_t kept = loss == Loss::Nothing ? changes_.size()
                             : loss == Loss::All   ? 0
                                                   : random.below(changes_.size() + 1);
    const std::vector<NameChange> changes = std::exchange(changes_, {});
    // Files whose names come back were forgotten by nobody: the journal holds them.
    for (std::size_t i = changes.size(); i-- > kept;) {
        for (auto name = changes[i].before.rbegin(); name != changes[i].before.rend(); ++name) {
            set(name->first, name->second);
        }
    }
    for (const auto& [path, inode] : names_) {
        if (!inode->unsynced.empty()) lose(*inode, loss, random);
        inode->flocks.clear();
        inode->levels.clear();
        inode->shared.clear();
        inode->shared_locks.clear();
        inode->mapped.clear();
    }
}

}
