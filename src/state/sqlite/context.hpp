#pragma once

#include "state/codec.hpp"
#include "state/key.hpp"
#include "state/state.hpp"
#include "store/database.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// What State and Run share. Only for the .cpp files of this folder.
namespace state::sqlite {

// Types and connections are stored once and named by number in rows. What was interned in a
// transaction that failed must be forgotten.
class Interned {
public:
    Interned(store::Database& database, const KeySource& key) : database_(database), key_(key) {}

    base::Result<std::int64_t> id_of_type(const std::string& name);
    base::Result<const std::string*> type(std::int64_t id);
    base::Result<std::int64_t> id_of_connection(const provider::ConnectionRef& connection);
    base::Result<provider::ConnectionRef> connection(std::int64_t id);
    void forget();

private:
    base::Result<void> load_connections();

    store::Database& database_;
    const KeySource& key_;
    std::unordered_map<std::string, std::int64_t> type_ids_;
    std::unordered_map<std::int64_t, std::string> types_;
    std::map<std::int64_t, provider::ConnectionRef> connections_;
    // By address in memory; the second of the pair keeps the address from being used again.
    std::unordered_map<const provider::ConnectionRecord*,
                       std::pair<std::int64_t, provider::ConnectionRef>>
        known_;
};

// How many rows of resources and open intents there are, and the sum of their checksums. The
// scope's row keeps it, so that a row that a damaged page hides is missed.
//
// Checksums are against accidents: a disk that returns other bytes, a lost or an old page, a file
// cut off, a copy made of a database at work. Each row has one over all that makes it, what it
// names by number included, and this sum tells rows that are not there, which no row can tell of
// itself. That matters more here than elsewhere: a row that goes missing unseen is a thing in the
// world made twice, and a deletion nobody planned. They are not against somebody who writes the
// database on purpose: he computes them as we do, and who can write here can do worse. (Secrets are
// sealed, and saved plans signed, with the workspace's key.) What is not covered, because a plan
// does not rest on it: runs, steps, history, closed intents and past generations; `quick_check`
// looks at their pages when a backup is made.
struct Checksums {
    std::int64_t rows = 0;
    std::int64_t row_sum = 0;
    std::int64_t intents = 0;
    std::int64_t intent_sum = 0;

    bool operator==(const Checksums&) const = default;
    void add_row(std::int64_t checksum) { ++rows, row_sum += checksum; }
    void remove_row(std::int64_t checksum) { --rows, row_sum -= checksum; }
    void add_intent(std::int64_t checksum) { ++intents, intent_sum += checksum; }
    void remove_intent(std::int64_t checksum) { --intents, intent_sum -= checksum; }
};

// What one open state has in hand. Not for several threads.
struct SqliteContext {
    OpenOptions options;
    const base::Clock* clock = nullptr;
    std::unique_ptr<store::Database> database;   // null: there is no state yet
    std::int64_t scope = 0;                      // 0: nothing of this environment yet
    std::string workspace_id;
    std::unique_ptr<Key> key;
    KeySource key_source;
    std::unique_ptr<Interned> interned;
    std::unique_ptr<Liveness> liveness;
    Machine here;
    std::map<std::int64_t, std::int64_t> epochs;   // by their first run
    Checksums change;                   // by the transaction in progress; written by commit
    std::int64_t record_change = 0;     // likewise: former rows and steps, which history is made of
    std::int64_t records_written = 0;   // by all transactions so far
    Checksums seen;                     // what the snapshot that is being read has come to

    base::Result<const Key*> load_key();
    base::Result<std::int64_t> epoch_of(std::int64_t run);
    std::int64_t now() const;   // microseconds
    void at_step(std::string_view step) const {
        if (options.at_durable_step) options.at_durable_step(step);
    }
    base::Result<Checksums> checksums();
    // Forgets what a transaction that failed had in mind.
    void roll_back();
    // Commits, with the hook around it.
    base::Result<void> commit(store::Transaction& transaction, std::string_view step);
    const std::string& directory() const { return options.directory; }
};

std::int64_t to_micros(base::Time time);
base::Time from_micros(std::int64_t micros);

// Of a damaged state: says which backup there is and how it is put back.
base::Error explain_damage(base::Error error, const std::string& directory);
template <typename T>
base::Result<T> explained(base::Result<T> result, const SqliteContext& context) {
    if (result.ok()) return result;
    return explain_damage(std::move(result).error(), context.directory());
}

std::string database_path(const std::string& directory);

}
