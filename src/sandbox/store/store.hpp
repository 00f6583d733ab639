#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "sandbox/store/text_index.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace sandbox {

// A thing of the imitated cloud: an object with an integer "id". Members that begin with an
// underscore are the sandbox's own and never leave it.
using Record = json::Value;
using Table = std::map<std::int64_t, Record>;

// All that exists in the imitated cloud, by project and type, and on disk: a snapshot and a journal
// of what changed since. What commit() returned for survives the end of the process in any way; a
// power cut may take the last moments. Not for several threads.
class Store {
public:
    // An empty folder keeps it in memory only. The seed counts when the world is new. Corrupt when
    // the files are not what commit() wrote; a last line that was cut off was never answered for.
    static base::Result<std::unique_ptr<Store>> open(std::string folder, std::uint64_t seed);

    const Table& table(std::string_view project, std::string_view type) const;
    const Record* find(std::string_view project, std::string_view type, std::int64_t id) const;
    // The first by id whose member is this text, or null. Exact.
    const Record* find_by(std::string_view project, std::string_view type, std::string_view member,
                          std::string_view text) const;
    // Of something that is there; it counts as changed.
    Record& edit(std::string_view project, std::string_view type, std::int64_t id);
    Record& add(std::string_view project, std::string_view type, Record record);
    void remove(std::string_view project, std::string_view type, std::int64_t id);

    std::vector<std::string> projects() const;
    std::uint64_t seed() const { return seed_; }
    std::int64_t count(std::string_view counter);   // 1, 2, 3 …
    std::uint64_t draw();                           // the next of the seed's random numbers

    // Makes the changes since the last time durable, all or none of them.
    base::Result<void> commit();
    base::Result<void> clear();

private:
    using Key = std::tuple<std::string, std::string, std::int64_t>;   // project, type, id
    using Tables = std::map<std::string, Table, std::less<>>;

    Store(std::string folder, std::uint64_t seed) : folder_(std::move(folder)), seed_(seed) {}
    base::Result<void> load();
    base::Result<void> load_snapshot(const json::Value& snapshot);
    base::Result<void> replay(const json::Value& change);
    base::Result<void> write_snapshot();
    void settle_indexes() const;
    std::string journal_path(std::int64_t generation) const;
    json::Value counters() const;
    void take_counters(const json::Value& from);

    std::string folder_;
    std::uint64_t seed_;
    std::int64_t drawn_ = 0;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    std::map<std::string, Tables, std::less<>> projects_;
    std::set<Key> changed_;
    // By project, type and member; made when first asked for. What is in `changed_` may still be
    // written to by whoever edits it, so it is taken anew by each look.
    mutable std::map<std::tuple<std::string, std::string, std::string>, TextIndex> indexes_;
    bool counted_ = false;   // counters changed since the last commit

    base::FileDescriptor journal_;
    std::int64_t generation_ = 0;
    std::size_t journal_bytes_ = 0;
    std::size_t snapshot_bytes_ = 0;
};

std::int64_t id_of(const Record& record);
void put(Record& record, std::string_view key, json::Value value);
// A list in a record that handlers add to and take from; made when it is not there.
json::Array& list_in(Record& record, std::string_view key);
bool has_id(const Record& record, std::string_view key, std::int64_t id);
void add_id(Record& record, std::string_view key, std::int64_t id);
void remove_id(Record& record, std::string_view key, std::int64_t id);

}
