#include "state/sqlite/context.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "state/sqlite/backups.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <type_traits>
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

base::Error not_ours(const std::string& what, bool whole) {
    if (!whole) return {base::Code::DataLoss, what + " is damaged: its checksum does not fit"};
    // Whole, and not by us: not what a disk does.
    return {base::Code::DataLoss,
            what +
                " was not written with the key of this workspace: somebody else has put it there"};
}

std::int64_t SqliteContext::now() const { return to_micros(clock->now()); }
std::int64_t SqliteContext::since_boot() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock->elapsed()).count();
}

base::Result<const Key*> SqliteContext::load_key() {
    if (key == nullptr) {
        // Only where nothing was written with one: under a new key everything would be foreign.
        auto loaded = may_make_key ? Key::load_or_create(directory()) : Key::load(directory());
        if (!loaded.ok() && loaded.error().code() == base::Code::NotFound) {
            return base::Error(base::Code::PermissionDenied,
                               "the key of this workspace is missing: " +
                                   base::join_path(directory(), "key"))
                .with_help("put it back: without it nothing in the state can be opened, nor told "
                           "from what others have written")
                .with_advice({.next = base::Next::ImportKey});
        }
        // No backup of the state helps: all of them were written with the key as it was.
        if (!loaded.ok() && loaded.error().code() == base::Code::DataLoss) {
            return base::Error(base::Code::PermissionDenied,
                               "the key of this workspace is damaged: " +
                                   base::join_path(directory(), "key"))
                .with_help("put back a copy of it; backups of the state need it as well")
                .with_advice({.next = base::Next::ImportKey});
        }
        auto made = TRY(std::move(loaded));
        mac = made->row_mac();
        key = std::move(made);
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

void Totals::add(const Totals& other) {
    rows += other.rows;
    row_sum += other.row_sum;
    intents += other.intents;
    intent_sum += other.intent_sum;
    past += other.past;
    past_sum += other.past_sum;
}

static SealContext totals_context(const SqliteContext& context) {
    return {"totals", {context.workspace_id, context.options.environment}};
}

base::Result<Totals> SqliteContext::totals() {
    // As it was written with the rows, in the same transactions.
    auto select = TRY(database->prepare("SELECT totals FROM scope WHERE id = ?"));
    TRY(select.query({scope}));
    if (!TRY(select.next())) return Totals();
    const auto plain =
        TRY(key_source())->open(select.blob(0), totals_context(*this).associated_data());
    Totals totals;
    if (!plain.ok() || plain->size() != sizeof totals) {
        return base::Error(base::Code::DataLoss,
                           database->path() + " is damaged: how much it holds cannot be read");
    }
    std::memcpy(&totals, plain->data(), sizeof totals);
    return totals;
}

base::Result<void> SqliteContext::write_totals(const Totals& totals, std::int64_t records) {
    static_assert(std::has_unique_object_representations_v<Totals> && sizeof(Totals) == 48);
    std::string plain(sizeof totals, '\0');
    std::memcpy(plain.data(), &totals, sizeof totals);
    // Sealed, not only authenticated: from sums that can be read, what each row adds could be
    // worked out.
    const std::string sealed =
        TRY(TRY(key_source())->seal(plain, totals_context(*this).associated_data()));
    auto update = TRY(database->prepare(
        "UPDATE scope SET rows = ?, totals = ?, records = records + ? WHERE id = ?"));
    TRY(update.run({totals.rows, store::Blob{sealed}, records, scope}));
    return {};
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
    if (change != Totals() || record_change != 0) {
        Totals now = TRY(totals());
        now.add(change);
        TRY(write_totals(now, record_change));
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
        auto insert =
            TRY(context_.database->prepare("INSERT OR IGNORE INTO type (name) VALUES (?)"));
        TRY(insert.run({name}));
        // Another process may have added the name since; its number is looked up either way.
    }
    const std::int64_t id =
        TRY(context_.database->number("SELECT id FROM type WHERE name = ?", {name}));
    type_ids_.emplace(name, id);
    types_.emplace(id, name);
    return id;
}

base::Result<const std::string*> Interned::type(std::int64_t id) {
    auto known = types_.find(id);
    if (known == types_.end()) {
        auto select = TRY(context_.database->prepare("SELECT name FROM type WHERE id = ?"));
        TRY(select.query({id}));
        if (!TRY(select.next())) {
            return base::Error(base::Code::DataLoss, fmt::format("type {} is missing", id));
        }
        known = types_.emplace(id, select.text(0)).first;
        type_ids_.emplace(known->second, id);
    }
    return &known->second;
}

SealContext connection_context(const SqliteContext& context,
                               const provider::ConnectionRecord& record) {
    return {"connection", {context.workspace_id, record.address, record.provider, record.identity}};
}

std::int64_t mac_of_connection(const SqliteContext& context, std::int64_t id,
                               const provider::ConnectionRecord& record,
                               std::string_view settings) {
    // Of no environment: they share connections.
    return context.mac->begin("connection")
        .add(context.workspace_id)
        .add(id)
        .add(record.address)
        .add(record.provider)
        .add(record.identity)
        .add(settings)
        .value();
}

base::Result<void> Interned::load_connections() {
    auto select = TRY(context_.database->prepare(
        "SELECT id, address, provider, identity, settings, mac FROM connection ORDER BY id"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        // Those that are known keep their object: rows compare connections by it.
        if (connections_.contains(select.integer(0))) continue;
        auto record = std::make_shared<provider::ConnectionRecord>();
        record->address = select.text(1);
        record->provider = select.text(2);
        record->identity = select.text(3);
        const std::int64_t mac =
            mac_of_connection(context_, select.integer(0), *record, select.blob(4));
        if (mac != select.integer(5)) {
            return base::Error(
                base::Code::DataLoss,
                fmt::format("connection {} is damaged, or was not written with the key of this "
                            "workspace",
                            base::escape_controls(record->address)));
        }
        record->settings = TRY(
            decode_value(select.blob(4), context_.key_source, connection_context(context_, *record))
                .context("a connection's settings"));
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
    const std::string settings = TRY(
        encode_value(record.settings, context_.key_source, connection_context(context_, record)));
    std::int64_t id =
        TRY(context_.database->number("SELECT coalesce(max(id), 0) + 1 FROM connection"));
    auto insert =
        TRY(context_.database->prepare("INSERT INTO connection VALUES (?, ?, ?, ?, ?, ?)"));
    TRY(insert.run({id, record.address, record.provider, record.identity, store::Blob{settings},
                    mac_of_connection(context_, id, record, settings)}));
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
