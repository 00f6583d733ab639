#include "state/sqlite/context.hpp"

#include "base/fs.hpp"
#include "state/sqlite/backups.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace state::sqlite {

std::int64_t to_micros(base::Time time) { return time.time_since_epoch().count(); }
base::Time from_micros(std::int64_t micros) {
    return base::Time(std::chrono::microseconds(micros));
}

std::string database_path(const std::string& directory) {
    return base::join_path(directory, "state.db");
}

base::Error explain_damage(base::Error error, const std::string& directory) {
    // An error that says more already (a key that does not fit) keeps its own advice.
    if (error.code() != base::Code::DataLoss || !error.help().empty() ||
        error.advice() != nullptr) {
        return error;
    }
    const auto kept = list_backups(directory);
    if (!kept.ok() || kept->empty()) {
        return std::move(error)
            .with_help("there is no backup")
            .with_advice({.next = base::Next::StartEmptyState});
    }
    const Backup& newest = kept->front();
    return std::move(error).with_advice(
        {.next = base::Next::RestoreBackup,
         .subject = "last",
         .object = fmt::format("the backup {} made after run {} at {}", newest.path, newest.run,
                               base::format_time(newest.made))});
}

std::int64_t SqliteContext::now() const { return to_micros(clock->now()); }

base::Result<const Key*> SqliteContext::load_key() {
    if (key == nullptr) {
        // Only a writer makes a key: one made by a reader would be new each time, and open
        // nothing.
        auto loaded = options.mode == OpenMode::Write ? Key::load_or_create(directory())
                                                      : Key::load(directory());
        if (!loaded.ok() && loaded.error().code() == base::Code::NotFound) {
            return base::not_found("the key of this workspace is missing: " +
                                   base::join_path(directory(), "key"))
                .with_help("put it back: without it the secret parts of the state stay sealed");
        }
        key = TRY(std::move(loaded));
    }
    return key.get();
}

base::Result<std::int64_t> SqliteContext::epoch_of(std::int64_t run) {
    // Only a restore begins one, and that makes another database file: once read, they stay.
    if (epochs.empty()) {
        auto select = TRY(database->prepare("SELECT first_run, epoch FROM epoch"));
        TRY(select.query({}));
        while (TRY(select.next())) epochs.emplace(select.integer(0), select.integer(1));
    }
    // The last that began at or before this run. A run before all of them is damage: versions
    // would be made up.
    const auto after = epochs.upper_bound(run);
    if (after == epochs.begin()) {
        return base::Error(base::Code::DataLoss, fmt::format("run {} has no epoch", run));
    }
    return std::prev(after)->second;
}

base::Result<Checksums> SqliteContext::checksums() {
    auto select =
        // The sums as they were written with the rows, in the same transactions.
        TRY(database->prepare("SELECT rows, row_sum, intents, intent_sum FROM scope WHERE id = ?"));
    TRY(select.query({scope}));
    if (!TRY(select.next())) return Checksums();
    return Checksums{select.integer(0), select.integer(1), select.integer(2), select.integer(3)};
}

void SqliteContext::roll_back() {
    // What an aborted transaction interned has no row in the database; a number of it would name
    // whatever gets it next.
    change = {};
    record_change = 0;
    if (interned != nullptr) interned->forget();
}

base::Result<void> SqliteContext::commit(store::Transaction& transaction, std::string_view step) {
    // In the same transaction as the rows: a sum and its rows are always of one moment.
    if (change != Checksums() || record_change != 0) {
        auto update = TRY(database->prepare(
            "UPDATE scope SET rows = rows + ?, row_sum = row_sum + ?, intents = intents + ?, "
            "intent_sum = intent_sum + ?, records = records + ? WHERE id = ?"));
        TRY(update.run({change.rows, change.row_sum, change.intents, change.intent_sum,
                        record_change, scope}));
    }
    // Tests end the process before and after each durable step, here and nowhere else.
    at_step(fmt::format("{}:before", step));
    TRY(transaction.commit());
    change = {};
    records_written += std::max<std::int64_t>(record_change, 0);
    record_change = 0;
    at_step(fmt::format("{}:after", step));
    return {};
}

base::Result<std::int64_t> Interned::id_of_type(const std::string& name) {
    const auto known = type_ids_.find(name);
    if (known != type_ids_.end()) return known->second;
    {
        auto insert = TRY(database_.prepare("INSERT OR IGNORE INTO type (name) VALUES (?)"));
        TRY(insert.run({name}));
        // Another process may have added the name since; its number is looked up either way.
    }
    const std::int64_t id = TRY(database_.number("SELECT id FROM type WHERE name = ?", {name}));
    type_ids_.emplace(name, id);
    types_.emplace(id, name);
    return id;
}

base::Result<const std::string*> Interned::type(std::int64_t id) {
    auto known = types_.find(id);
    if (known == types_.end()) {
        auto select = TRY(database_.prepare("SELECT name FROM type WHERE id = ?"));
        TRY(select.query({id}));
        if (!TRY(select.next())) {
            return base::Error(base::Code::DataLoss, fmt::format("type {} is missing", id));
        }
        known = types_.emplace(id, select.text(0)).first;
        type_ids_.emplace(known->second, id);
    }
    return &known->second;
}

base::Result<void> Interned::load_connections() {
    auto select = TRY(database_.prepare(
        "SELECT id, address, provider, identity, settings FROM connection ORDER BY id"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        // Those that are known keep their object: rows compare connections by it.
        if (connections_.contains(select.integer(0))) continue;
        auto record = std::make_shared<provider::ConnectionRecord>();
        record->address = select.text(1);
        record->provider = select.text(2);
        record->identity = select.text(3);
        record->settings =
            TRY(decode_value(select.blob(4), key_).context("a connection's settings"));
        connections_.emplace(select.integer(0), std::move(record));
    }
    return {};
}

base::Result<std::int64_t> Interned::id_of_connection(const provider::ConnectionRef& connection) {
    // By its address in memory first: thousands of rows share some few connections.
    const auto known = known_.find(connection.get());
    if (known != known_.end()) return known->second.first;
    // Another process may have added it: look again.
    TRY(load_connections());
    static const provider::ConnectionRecord none;
    const provider::ConnectionRecord& record = connection != nullptr ? *connection : none;
    // Compared and not hashed: there are a handful, and their settings may hold sealed parts,
    // whose bytes are other ones each time.
    for (const auto& [id, candidate] : connections_) {
        if (!candidate->same_as(record)) continue;
        known_.emplace(connection.get(), std::pair(id, connection));
        return id;
    }
    const std::string settings = TRY(encode_value(record.settings, key_));
    std::int64_t id = TRY(database_.number("SELECT coalesce(max(id), 0) + 1 FROM connection"));
    auto insert = TRY(database_.prepare("INSERT INTO connection VALUES (?, ?, ?, ?, ?)"));
    TRY(insert.run({id, record.address, record.provider, record.identity, store::Blob{settings}}));
    connections_.emplace(
        id, connection != nullptr ? connection : std::make_shared<provider::ConnectionRecord>());
    known_.emplace(connection.get(), std::pair(id, connection));
    return id;
}

base::Result<provider::ConnectionRef> Interned::connection(std::int64_t id) {
    auto found = connections_.find(id);
    if (found == connections_.end()) {
        TRY(load_connections());
        found = connections_.find(id);
    }
    if (found == connections_.end()) {
        return base::Error(base::Code::DataLoss, fmt::format("connection {} is missing", id));
    }
    return found->second;
}

void Interned::forget() {
    type_ids_.clear();
    types_.clear();
    connections_.clear();
    known_.clear();
}

}
