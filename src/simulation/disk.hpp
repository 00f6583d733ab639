#pragma once

#include "base/random.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

// Something on a disk: a file or a folder. Lives as long as it has a name or is open.
struct Inode {
    // A change that is not yet safe from a loss of power.
    struct Change {
        std::int64_t offset = 0;
        std::string before;   // what it wrote over
        std::string after;
        std::size_t size_before = 0;
        std::size_t size_after = 0;
    };

    std::uint64_t number = 0;
    bool is_folder = false;
    unsigned mode = 0;
    std::string data;
    std::vector<Change> unsynced;

    // Locks of whole files (flock), by the open file.
    std::map<int, bool> flocks;   // whether exclusively
    // Locks of a database, by whoever has it open, and the memory that they share.
    std::map<const void*, int> levels;
    std::vector<std::unique_ptr<std::vector<char>>> shared;
    std::map<const void*, std::vector<int>> shared_locks;   // -1 exclusively, 1 shared; 8 of them
    std::map<const void*, bool> mapped;

    void write(std::int64_t offset, std::string_view bytes);
    void truncate(std::size_t size);
};

// What may go wrong before a disk does something; 0, or an errno with which it fails.
enum class DiskAct : std::uint8_t { Look, Read, Write, Sync, Change };   // Change: of names

// A disk of a machine. Names change in an order that a loss of power may cut short, bytes in
// pieces that it may lose each for itself: all since the last sync.
class Disk {
public:
    using Gate = std::function<int(DiskAct act, const std::string& path)>;

    explicit Disk(Gate gate) : gate_(std::move(gate)) {}

    // Before bytes are written anywhere.
    std::function<void(const std::string& path, std::string_view bytes)> on_write;
    // After a database let go of a lock by which it had written.
    std::function<void(const std::string& path)> on_unlocked;

    int may(DiskAct act, const std::string& path) const { return gate_(act, path); }

    std::shared_ptr<Inode> find(const std::string& path) const;
    // The folder must be there; nothing at the path. Errno.
    int make(const std::string& path, bool is_folder, unsigned mode, std::shared_ptr<Inode>& made);
    int link(const std::string& from, const std::string& to);
    int rename(const std::string& from, const std::string& to);
    int remove(const std::string& path, bool is_folder);
    std::vector<std::string> list(const std::string& path) const;

    static void sync(Inode& file) { file.unsynced.clear(); }
    void sync_names() { changes_.clear(); }
    // What was not synced is there or not, in part, as the numbers say. Nobody has anything open.
    void lose_power(base::Random& random);

    const std::map<std::string, std::shared_ptr<Inode>>& all() const { return names_; }

private:
    using Name = std::pair<std::string, std::shared_ptr<Inode>>;   // null: nothing there
    // One step of the journal of names.
    struct NameChange {
        std::vector<Name> before;
        std::vector<Name> after;
    };

    void set(const std::string& path, std::shared_ptr<Inode> inode);
    void change(std::vector<Name> after);
    int check_folder_of(const std::string& path) const;

    Gate gate_;
    std::map<std::string, std::shared_ptr<Inode>> names_;
    std::vector<NameChange> changes_;
    std::uint64_t numbered_ = 0;
};

}
