#pragma once

#include "state/codec.hpp"
#include "state/key.hpp"
#include "state/mac.hpp"
#include "state/state.hpp"
#include "store/database.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// What State and Run share. Only for the .cpp files of this folder.
namespace state::sqlite {

struct SqliteContext;

// Types and connections are stored once and named by number in rows. What was interned in a
// transaction that failed must be forgotten.
class Interned {
public:
    explicit Interned(SqliteContext& context) : context_(context) {}

    base::Result<std::int64_t> id_of_type(const std::string& name);
    base::Result<const std::string*> type(std::int64_t id);
    base::Result<std::int64_t> id_of_connection(const provider::ConnectionRef& connection);
    base::Result<provider::ConnectionRef> connection(std::int64_t id);
    void forget();

private:
    base::Result<void> load_connections();

    SqliteContext& context_;
    std::unordered_map<std::string, std::int64_t> type_ids_;
    std::unordered_map<std::int64_t, std::string> types_;
    std::map<std::int64_t, provider::ConnectionRef> connections_;
    // By address in memory; the second of the pair keeps the address from being used again.
    std::unordered_map<const provider::ConnectionRecord*,
                       std::pair<std::int64_t, provider::ConnectionRef>>
        known_;
};

// How many rows of resources, open intents and past generations there are, and the sums of their
// marks. The scope's row keeps it sealed, so that a row that is hidden, be it by a damaged page or
// by somebody, is missed.
//
// Two things are told of each row of resources, intents and connections, and of what is written of
// the whole: that it is as it was written (a checksum, against accidents: a disk that returns other
// bytes, a lost or an old page, a copy made of a database at work), and that it was written with
// the workspace's key (a Mac, against whoever writes the database without it). The Mac is over all
// that makes the row, what it names by number, its workspace and its environment included; it alone
// is computed when rows are read, and the checksum only where it does not fit, to tell which of the
// two has happened. That matters more here than elsewhere: a row that goes missing unseen is a
// thing in the world made twice, and one that was put there makes a deletion, or a program run,
// that nobody planned. What a row adds to a sum is computed from its Mac with the key again: from
// the Macs that can be seen nobody finds other rows, or old ones, that come to the same.
//
// Against an old copy of the whole, put in place with its key, nothing in the copy can help. What
// is not covered, because no plan rests on it: runs, steps and closed intents; and of history how
// it came to be replaced. `quick_check` looks at their pages when a backup is made.
struct Totals {
    std::int64_t rows = 0;
    std::uint64_t row_sum = 0;   // sums go round at 2^64
    std::int64_t intents = 0;
    std::uint64_t intent_sum = 0;
    std::int64_t past = 0;
    std::uint64_t past_sum = 0;

    bool operator==(const Totals&) const = default;
    void add(const Totals& other);
    void add_row(std::uint64_t mark) { ++rows, row_sum += mark; }
    void remove_row(std::uint64_t mark) { --rows, row_sum -= mark; }
    void add_intent(std::uint64_t mark) { ++intents, intent_sum += mark; }
    void remove_intent(std::uint64_t mark) { --intents, intent_sum -= mark; }
    void add_past(std::uint64_t mark) { ++past, past_sum += mark; }
    void remove_past(std::uint64_t mark) { --past, past_sum -= mark; }
};

// What one open state has in hand. Not for several threads.
struct SqliteContext {
    OpenOptions options;
    const base::Clock* clock = nullptr;
    std::unique_ptr<store::Database> database;   // null: there is no state yet
    std::int64_t scope = 0;                      // 0: nothing of this environment yet
    std::string workspace_id;
    std::unique_ptr<Key> key;
    std::optional<Mac> mac;      // with the key
    bool may_make_key = false;   // there is nothing yet that was written with one
    KeySource key_source;
    std::unique_ptr<Interned> interned;
    std::unique_ptr<Liveness> liveness;
    Machine here;
    std::map<std::int64_t, std::int64_t> epochs;   // by their first run
    Totals change;                      // by the transaction in progress; written by commit
    std::int64_t record_change = 0;     // likewise: former rows and steps, which history is made of
    std::int64_t records_written = 0;   // by all transactions so far
    Totals seen;                        // what the snapshot that is being read has come to

    base::Result<const Key*> load_key();
    base::Result<std::int64_t> epoch_of(std::int64_t run);
    std::int64_t now() const;          // microseconds
    std::int64_t since_boot() const;   // in microseconds; does not jump
    void at_step(std::string_view step) const {
        if (options.at_durable_step) options.at_durable_step(step);
    }
    base::Result<Totals> totals();
    base::Result<void> write_totals(const Totals& totals, std::int64_t records);
    // What a row with this Mac, or a past generation, adds to the sums.
    std::uint64_t mark_of(std::int64_t row) const {
        return static_cast<std::uint64_t>(mac->begin("sum").add(row).value());
    }
    std::uint64_t mark_of_past(std::string_view address, std::int64_t generation) const {
        return static_cast<std::uint64_t>(begin_mac("past").add(address).add(generation).value());
    }
    // Of a row or an intent: begins its Mac; the context of its sealed parts.
    Mac begin_mac(std::string_view use) const {
        return mac->begin(use).add(workspace_id).add(options.environment);
    }
    SealContext seal_context(std::string_view use, std::string_view name, std::uint64_t generation,
                             std::string_view field) const {
        return {use, {workspace_id, options.environment, name, field}, generation};
    }
    // Forgets what a transaction that failed had in mind.
    void roll_back();
    // Commits, with the hook around it.
    base::Result<void> commit(store::Transaction& transaction, std::string_view step);
    const std::string& directory() const { return options.directory; }
};

std::int64_t to_micros(base::Time time);
base::Time from_micros(std::int64_t micros);

// Of what its Mac refuses. `whole`: its checksum fits, so that it is as somebody wrote it.
base::Error not_ours(const std::string& what, bool whole);

// Of a damaged state: says which backup there is and how it is put back.
base::Error explain_damage(base::Error error, const std::string& directory);
template <typename T>
base::Result<T> explained(base::Result<T> result, const SqliteContext& context) {
    if (result.ok()) return result;
    return explain_damage(std::move(result).error(), context.directory());
}

// Of a connection: what its sealed parts are bound to, and its Mac.
SealContext connection_context(const SqliteContext& context,
                               const provider::ConnectionRecord& record);
std::int64_t mac_of_connection(const SqliteContext& context, std::int64_t id,
                               const provider::ConnectionRecord& record, std::string_view settings);

std::string database_path(const std::string& directory);

}
