#include "state/sqlite/rows.hpp"

#include "base/text.hpp"
#include "state/checksum.hpp"
#include "state/codec.hpp"

#include <fmt/core.h>

#include <utility>

#define ROW_COLUMNS                                                                   \
    "address, generation, type, connection, key, token, inputs, outputs, lifecycle, " \
    "dependencies, complete, run, sequence, checksum, mac"

namespace state::sqlite {

struct Rows::Stored {
    std::int64_t type;
    std::int64_t connection;
    std::string inputs;
    std::string outputs;
    std::string lifecycle;
    std::string dependencies;
    Version version;
    std::int64_t checksum;
    std::int64_t mac;
};

// What is empty takes no room.
static store::Param or_null(const std::string& bytes) {
    if (bytes.empty()) return nullptr;
    return store::Blob{bytes};
}
static store::Param text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return text;
}

static base::Result<std::string> encoded(const value::Value& value, const KeySource& key,
                                         const SealContext& context) {
    if (value.is_null() && !value.is_secret()) return std::string();
    return encode_value(value, key, context);
}
static base::Result<value::Value> decoded(std::string_view bytes, const KeySource& key,
                                          const SealContext& context) {
    if (bytes.empty()) return value::Value();
    return decode_value(bytes, key, context);
}

std::int64_t checksum_of(const StoredRow& row) { return row.add_to(Checksum()).value(); }

std::int64_t mac_of(const Mac& begun, const StoredRow& row) {
    // By the number of its connection, which has a Mac of its own.
    return Mac(begun)
        .add({row.address, row.type, row.key, row.token, row.inputs, row.outputs, row.lifecycle,
              row.dependencies})
        .add(row.generation << 1 | std::int64_t{row.complete})
        .add(row.connection_id)
        .add(row.version.epoch)
        .add(row.version.run)
        .add(row.version.sequence)
        .value();
}

const Mac& Rows::begun() {
    if (!begun_) begun_ = context_.begin_mac("row");
    return *begun_;
}

SealContext Rows::row_context(const Row& row, std::string_view field) const {
    return context_.seal_context("row", row.address, row.generation, field);
}

base::Result<Rows::Stored> Rows::stored(const Row& row, const Version& version) {
    Stored out;
    out.type = TRY(context_.interned->id_of_type(row.type));
    out.connection = TRY(context_.interned->id_of_connection(row.connection));
    const auto encode = [&](const value::Value& value, std::string_view field) {
        return encoded(value, context_.key_source, row_context(row, field));
    };
    out.inputs = TRY(encode(row.inputs, "inputs"));
    out.outputs = TRY(encode(row.outputs, "outputs"));
    out.lifecycle = TRY(encode(row.lifecycle, "lifecycle"));
    out.dependencies = encode_names(row.dependencies);
    out.version = version;
    static const provider::ConnectionRecord none;
    const StoredRow whole{row.address,      static_cast<std::int64_t>(row.generation),
                          row.type,         row.connection != nullptr ? *row.connection : none,
                          out.connection,   row.key,
                          row.token,        out.inputs,
                          out.outputs,      out.lifecycle,
                          out.dependencies, row.complete,
                          version};
    out.checksum = checksum_of(whole);
    out.mac = mac_of(begun(), whole);
    return out;
}

base::Result<void> Rows::read(const store::Statement& from, Row& row) {
    row.address = from.text(0);
    row.generation = static_cast<std::uint64_t>(from.integer(1));
    row.type = *TRY(context_.interned->type(from.integer(2)));
    row.connection = TRY(context_.interned->connection(from.integer(3)));
    row.key = from.text(4);
    row.token = from.text(5);
    const auto inputs = from.blob(6);
    const auto outputs = from.blob(7);
    const auto lifecycle = from.blob(8);
    // Empty columns are null in the table and empty here: both sum alike.
    const auto dependencies = from.blob(9);
    row.complete = from.integer(10) != 0;
    const std::int64_t run = from.integer(11);
    row.version = {TRY(context_.epoch_of(run)), run, from.integer(12)};
    const StoredRow whole{row.address,     from.integer(1), row.type,     *row.connection,
                          from.integer(3), row.key,         row.token,    inputs,
                          outputs,         lifecycle,       dependencies, row.complete,
                          row.version};
    // Before anything is decoded, so that damage is told as such and not as some strange value.
    if (mac_of(begun(), whole) != from.integer(14)) {
        return not_ours("the row of " + base::escape_controls(row.address),
                        checksum_of(whole) == from.integer(13));
    }
    const auto decode = [&](std::string_view bytes, std::string_view field) {
        auto value = decoded(bytes, context_.key_source, row_context(row, field));
        if (!value.ok())
            return std::move(value).context(fmt::format("{} of {}", field, row.address));
        return value;
    };
    row.inputs = TRY(decode(inputs, "inputs"));
    row.outputs = TRY(decode(outputs, "outputs"));
    row.lifecycle = TRY(decode(lifecycle, "lifecycle"));
    row.dependencies = TRY(decode_names(dependencies).context(row.address));
    return {};
}

base::Result<std::vector<Row>> Rows::read_all(store::Statement& from) {
    std::vector<Row> rows;
    while (TRY(from.next())) TRY(read(from, rows.emplace_back()));
    return rows;
}

// By the primary key, which the table is clustered by: no sort and no second look for each row.
base::Result<std::vector<Row>> Rows::all() {
    auto select = TRY(context_.database->prepare("SELECT " ROW_COLUMNS " FROM resource "
                                                 "WHERE scope = ? ORDER BY address, generation"));
    TRY(select.query({context_.scope}));
    std::vector<Row> rows;
    while (TRY(select.next())) {
        TRY(read(select, rows.emplace_back()));
        context_.seen.add_row(context_.mark_of(select.integer(14)));
    }
    return rows;
}

base::Result<std::vector<Row>> Rows::at(std::string_view address) {
    auto select = TRY(context_.database->prepare(
        "SELECT " ROW_COLUMNS
        " FROM resource WHERE scope = ? AND address = ? ORDER BY generation"));
    TRY(select.query({context_.scope, address}));
    return read_all(select);
}

base::Result<bool> Rows::exist_at(std::string_view address) {
    auto select = TRY(context_.database->prepare(
        "SELECT 1 FROM resource WHERE scope = ? AND address = ? LIMIT 1"));
    TRY(select.query({context_.scope, address}));
    return select.next();
}

base::Result<std::optional<Version>> Rows::version(std::string_view address,
                                                   std::uint64_t generation) {
    auto select = TRY(context_.database->prepare(
        "SELECT run, sequence FROM resource WHERE scope = ? AND address = ? AND generation = ?"));
    TRY(select.query({context_.scope, address, generation}));
    if (!TRY(select.next())) return std::optional<Version>();
    const std::int64_t run = select.integer(0);
    return std::optional<Version>({TRY(context_.epoch_of(run)), run, select.integer(1)});
}

base::Result<bool> Rows::insert(const Row& row, const Stored& stored) {
    auto insert = TRY(context_.database->prepare(
        "INSERT INTO resource (scope, " ROW_COLUMNS ") "
        // First as if it were new: most writes of a first apply are, and one statement is all they
        // take.
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"));
    const auto inserted = TRY(insert.run(
        {context_.scope, row.address, row.generation, stored.type, stored.connection, row.key,
         text_or_null(row.token), or_null(stored.inputs), or_null(stored.outputs),
         or_null(stored.lifecycle), or_null(stored.dependencies), row.complete, stored.version.run,
         stored.version.sequence, stored.checksum, stored.mac}));
    if (inserted != 1) return false;
    context_.change.add_row(context_.mark_of(stored.mac));
    // The row says by itself now which generation was the newest.
    // What is noted must be larger than what the rows say, or a next generation could be given
    // twice.
    TRY(forget_past(row.address, row.generation));
    return true;
}

base::Result<void> Rows::forget_past(std::string_view address, std::uint64_t up_to) {
    auto erase = TRY(context_.database->prepare(
        "DELETE FROM past_generation WHERE scope = ? AND address = ? AND generation <= ? "
        "RETURNING generation"));
    TRY(erase.query({context_.scope, address, up_to}));
    while (TRY(erase.next())) {
        context_.change.remove_past(context_.mark_of_past(address, erase.integer(0)));
    }
    return {};
}

base::Result<void> Rows::update(const Row& row, const Stored& stored) {
    auto update = TRY(context_.database->prepare(
        "UPDATE resource SET type = ?, connection = ?, key = ?, token = ?, inputs = ?, "
        "outputs = ?, lifecycle = ?, dependencies = ?, complete = ?, run = ?, sequence = ?, "
        "checksum = ?, mac = ? WHERE scope = ? AND address = ? AND generation = ?"));
    TRY(update.run({stored.type, stored.connection, row.key, text_or_null(row.token),
                    or_null(stored.inputs), or_null(stored.outputs), or_null(stored.lifecycle),
                    or_null(stored.dependencies), row.complete, stored.version.run,
                    stored.version.sequence, stored.checksum, stored.mac, context_.scope,
                    row.address, row.generation}));
    context_.change.add_row(context_.mark_of(stored.mac));
    return {};
}

base::Result<void> Rows::write(const Row& row, const Version& version) {
    if (TRY(insert(row, TRY(stored(row, version))))) return {};
    // The former row first, in this transaction: history has what a write has lost, or nothing
    // happened.
    TRY(keep_in_history(row.address, row.generation, version, false));
    std::string token;
    {
        auto select =
            TRY(context_.database->prepare("SELECT token, mac FROM resource "
                                           "WHERE scope = ? AND address = ? AND generation = ?"));
        TRY(select.query({context_.scope, row.address, row.generation}));
        TRY(select.next());
        token = select.text(0);
        // Off the total by its stored Mac, as for intents.
        context_.change.remove_row(context_.mark_of(select.integer(1)));
    }
    if (!row.token.empty() || token.empty()) return update(row, TRY(stored(row, version)));
    // Whoever updates a thing need not know the token it was created with.
    Row with_token = row;
    with_token.token = std::move(token);
    return update(with_token, TRY(stored(with_token, version)));
}

base::Result<bool> Rows::keep_in_history(std::string_view address, std::uint64_t generation,
                                         const Version& by, bool removed) {
    auto copy = TRY(context_.database->prepare(
        "INSERT INTO resource_history (scope, " ROW_COLUMNS ", by_run, by_sequence, removed) "
        "SELECT scope, " ROW_COLUMNS ", ?, ?, ? FROM resource "
        "WHERE scope = ? AND address = ? AND generation = ?"));
    // A copy within the database, with its sealed parts as they are: no key is needed for it.
    const auto kept =
        TRY(copy.run({by.run, by.sequence, removed, context_.scope, address, generation}));
    context_.record_change += kept;
    return kept == 1;
}

base::Result<bool> Rows::remove(std::string_view address, std::uint64_t generation,
                                const Version& by) {
    if (!TRY(keep_in_history(address, generation, by, true))) return false;
    auto erase = TRY(context_.database->prepare(
        "DELETE FROM resource WHERE scope = ? AND address = ? AND generation = ? "
        "RETURNING mac"));
    TRY(erase.query({context_.scope, address, generation}));
    while (TRY(erase.next())) {
        context_.change.remove_row(context_.mark_of(erase.integer(0)));
    }
    // With the row goes the knowledge of which generation was the last. A later thing of this
    // address must not get the same, as intents, tags and ids are told apart by it.
    TRY(forget_past(address, generation));
    auto note = TRY(context_.database->prepare(
        "INSERT INTO past_generation SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM resource "
        "WHERE scope = ?1 AND address = ?2 AND generation > ?3) ON CONFLICT DO NOTHING"));
    // What is noted is larger, where it is not the one.
    if (TRY(note.run({context_.scope, address, generation})) == 1) {
        context_.change.add_past(
            context_.mark_of_past(address, static_cast<std::int64_t>(generation)));
    }
    return true;
}

base::Result<void> Rows::move(const Row& row, std::string_view to, const Version& version) {
    // As a removal and an insertion, so that the history at the old address ends properly.
    TRY(remove(row.address, row.generation, version));
    Row moved = row;
    moved.address = to;
    // Checked by the caller as well; here because only the table knows for certain.
    if (!TRY(insert(moved, TRY(stored(moved, version))))) {
        return base::Error(base::Code::AlreadyExists, fmt::format("{} exists already", to));
    }
    return {};
}

base::Result<std::vector<HistoryEntry>> Rows::read_history(store::Statement& from) {
    std::vector<HistoryEntry> entries;
    while (TRY(from.next())) {
        HistoryEntry& entry = entries.emplace_back();
        TRY(read(from, entry.row));
        const std::int64_t run = from.integer(15);
        entry.replaced_by = {TRY(context_.epoch_of(run)), run, from.integer(16)};
        entry.removed = from.integer(17) != 0;
    }
    return entries;
}

base::Result<std::vector<HistoryEntry>> Rows::history_of(std::string_view address) {
    auto select = TRY(context_.database->prepare(
        "SELECT " ROW_COLUMNS ", by_run, by_sequence, removed FROM resource_history "
        "WHERE scope = ? AND address = ? ORDER BY by_run DESC, by_sequence DESC"));
    TRY(select.query({context_.scope, address}));
    return read_history(select);
}

base::Result<std::vector<HistoryEntry>> Rows::replaced_by_run(std::int64_t run) {
    auto select = TRY(context_.database->prepare(
        "SELECT " ROW_COLUMNS ", by_run, by_sequence, removed FROM resource_history "
        "WHERE scope = ? AND by_run = ? ORDER BY address, generation, by_sequence"));
    TRY(select.query({context_.scope, run}));
    return read_history(select);
}

base::Result<std::vector<Row>> Rows::written_by_run(std::int64_t run) {
    auto select = TRY(context_.database->prepare("SELECT " ROW_COLUMNS
                                                 " FROM resource WHERE scope = ? AND run = ? "
                                                 "ORDER BY address, generation"));
    TRY(select.query({context_.scope, run}));
    return read_all(select);
}

base::Result<std::map<std::string, std::uint64_t, std::less<>>> Rows::past_generations() {
    std::map<std::string, std::uint64_t, std::less<>> past;
    auto select = TRY(context_.database->prepare("SELECT address, generation FROM past_generation "
                                                 "WHERE scope = ? ORDER BY address"));
    TRY(select.query({context_.scope}));
    while (TRY(select.next())) {
        context_.seen.add_past(context_.mark_of_past(select.text(0), select.integer(1)));
        past.emplace_hint(past.end(), select.text(0),
                          static_cast<std::uint64_t>(select.integer(1)));
    }
    return past;
}

}

#undef ROW_COLUMNS
