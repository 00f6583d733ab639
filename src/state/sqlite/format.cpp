#include "state/sqlite/format.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "state/checksum.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/meta.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/tables.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace state::sqlite {
namespace {

constexpr std::int64_t kAuthenticated = 3;   // the first form with Macs

base::Error damaged(const std::string& what) {
    return {base::Code::DataLoss, what + " is damaged: its checksum does not fit"};
}

// What was sealed for no place in particular, sealed for this one.
base::Result<std::string> moved(std::string_view bytes, const KeySource& key,
                                const SealContext& to) {
    if (bytes.empty()) return std::string();
    return encode_value(TRY(decode_value(bytes, key, {})), key, to);
}

struct OldRow {
    Row row;   // without its values
    std::int64_t type = 0;
    std::int64_t connection = 0;
    std::string inputs, outputs, lifecycle, dependencies;
    std::int64_t checksum = 0;
    std::int64_t by_run = 0;   // of history
    std::int64_t by_sequence = 0;
};

struct OldIntent {
    std::array<std::string, 7> texts;   // token, address, phase, handle, key; two are free
    std::array<std::string, 5> values;
    std::array<std::int64_t, 10> numbers{};
};

// One environment; the context's scope and environment are set to it.
class Authentication {
public:
    explicit Authentication(SqliteContext& context) : context_(context) {}

    base::Result<void> environment(const Totals& stored);

private:
    base::Result<std::vector<OldRow>> read_rows(store::Statement select, bool is_history);
    base::Result<std::int64_t> rewrite(OldRow& old);
    base::Result<void> rows();
    base::Result<void> history();
    base::Result<void> intents();
    base::Result<void> intent(const OldIntent& old);
    base::Result<void> past();

    SqliteContext& context_;
    Totals old_;   // by checksums, as it was counted before
    Totals now_;
};

base::Result<std::vector<OldRow>> Authentication::read_rows(store::Statement select,
                                                            bool is_history) {
    TRY(select.query({context_.scope}));
    std::vector<OldRow> out;
    while (TRY(select.next())) {
        OldRow& old = out.emplace_back();
        old.row.address = select.text(0);
        old.row.generation = static_cast<std::uint64_t>(select.integer(1));
        old.type = select.integer(2);
        old.connection = select.integer(3);
        old.row.key = select.text(4);
        old.row.token = select.text(5);
        old.inputs = select.blob(6);
        old.outputs = select.blob(7);
        old.lifecycle = select.blob(8);
        old.dependencies = select.blob(9);
        old.row.complete = select.integer(10) != 0;
        old.row.version.run = select.integer(11);
        old.row.version.sequence = select.integer(12);
        old.checksum = select.integer(13);
        if (!is_history) continue;
        old.by_run = select.integer(14);
        old.by_sequence = select.integer(15);
    }
    return out;
}

// The row's new checksum is left in it; tells its Mac.
base::Result<std::int64_t> Authentication::rewrite(OldRow& old) {
    Row& row = old.row;
    row.version.epoch = TRY(context_.epoch_of(row.version.run));
    const auto connection = TRY(context_.interned->connection(old.connection));
    const StoredRow whole{row.address,
                          static_cast<std::int64_t>(row.generation),
                          *TRY(context_.interned->type(old.type)),
                          *connection,
                          old.connection,
                          row.key,
                          row.token,
                          old.inputs,
                          old.outputs,
                          old.lifecycle,
                          old.dependencies,
                          row.complete,
                          row.version};
    if (checksum_of(whole) != old.checksum) {
        return damaged("the row of " + base::escape_controls(row.address));
    }
    const auto place = [&](std::string_view field) {
        return context_.seal_context("row", row.address, row.generation, field);
    };
    const auto& key = context_.key_source;
    const std::string inputs = TRY(moved(old.inputs, key, place("inputs")));
    const std::string outputs = TRY(moved(old.outputs, key, place("outputs")));
    const std::string lifecycle = TRY(moved(old.lifecycle, key, place("lifecycle")));
    StoredRow sealed = whole;
    sealed.inputs = inputs;
    sealed.outputs = outputs;
    sealed.lifecycle = lifecycle;
    const std::int64_t mac = mac_of(context_.begin_mac("row"), sealed);
    old.checksum = checksum_of(sealed);
    old.inputs = inputs;
    old.outputs = outputs;
    old.lifecycle = lifecycle;
    return mac;
}

store::Param blob_or_null(const std::string& bytes) {
    if (bytes.empty()) return nullptr;
    return store::Blob{bytes};
}

base::Result<void> Authentication::rows() {
    auto old_rows = TRY(read_rows(
        TRY(context_.database->prepare(
            "SELECT address, generation, type, connection, key, token, inputs, outputs, lifecycle, "
            "dependencies, complete, run, sequence, checksum FROM resource WHERE scope = ?")),
        false));
    auto update = TRY(context_.database->prepare(
        "UPDATE resource SET inputs = ?, outputs = ?, lifecycle = ?, checksum = ?, mac = ? "
        "WHERE scope = ? AND address = ? AND generation = ?"));
    for (OldRow& old : old_rows) {
        old_.add_row(static_cast<std::uint64_t>(old.checksum));
        const std::int64_t mac = TRY(rewrite(old));
        TRY(update.run({blob_or_null(old.inputs), blob_or_null(old.outputs),
                        blob_or_null(old.lifecycle), old.checksum, mac, context_.scope,
                        old.row.address, old.row.generation}));
        now_.add_row(context_.mark_of(mac));
    }
    return {};
}

// No plan rests on the past: what of it is damaged stays as it is, without a Mac, and is told as
// damaged when it is asked for.
base::Result<void> Authentication::history() {
    auto old_rows = TRY(read_rows(
        TRY(context_.database->prepare(
            "SELECT address, generation, type, connection, key, token, inputs, outputs, lifecycle, "
            "dependencies, complete, run, sequence, checksum, by_run, by_sequence "
            "FROM resource_history WHERE scope = ?")),
        true));
    auto update = TRY(context_.database->prepare(
        "UPDATE resource_history SET inputs = ?, outputs = ?, lifecycle = ?, checksum = ?, mac = ? "
        "WHERE scope = ? AND address = ? AND generation = ? AND by_run = ? AND by_sequence = ?"));
    for (OldRow& old : old_rows) {
        auto mac = rewrite(old);
        if (!mac.ok() && mac.error().code() == base::Code::DataLoss) continue;
        TRY(update.run({blob_or_null(old.inputs), blob_or_null(old.outputs),
                        blob_or_null(old.lifecycle), old.checksum, TRY(std::move(mac)),
                        context_.scope, old.row.address, old.row.generation, old.by_run,
                        old.by_sequence}));
    }
    return {};
}

base::Result<void> Authentication::intents() {
    std::vector<OldIntent> found;
    auto select = TRY(context_.database->prepare(
        "SELECT token, address, phase, handle, key, inputs, prior, prior_outputs, lifecycle, "
        "dependencies, run, generation, action, type, connection, flags, call_deadline_ms, "
        "effect_lag_ms, opened, checksum FROM intent WHERE scope = ? AND closed IS NULL"));
    TRY(select.query({context_.scope}));
    while (TRY(select.next())) {
        OldIntent& old = found.emplace_back();
        for (int i = 0; i < 5; ++i) old.texts[static_cast<std::size_t>(i)] = select.text(i);
        for (int i = 0; i < 5; ++i) old.values[static_cast<std::size_t>(i)] = select.blob(5 + i);
        for (int i = 0; i < 10; ++i) {
            old.numbers[static_cast<std::size_t>(i)] = select.integer(10 + i);
        }
    }
    for (const OldIntent& old : found) TRY(intent(old));
    return {};
}

base::Result<void> Authentication::intent(const OldIntent& old) {
    const auto& [token, address, phase, handle, key_text, free1, free2] = old.texts;
    const auto& [run, generation, action, type, connection_id, flags, deadline, lag, opened,
                 checksum] = old.numbers;
    // The checksum of those programs left out the rest.
    Checksum sum;
    sum.add(token).add(address).add(key_text);
    for (const std::string& value : old.values) sum.add(value);
    if (sum.value() != checksum) return damaged("the intent " + base::escape_controls(token));
    old_.add_intent(static_cast<std::uint64_t>(checksum));

    provider::Intent place;
    place.token = token;
    place.address = address;
    place.generation = static_cast<std::uint64_t>(generation);
    static constexpr std::array<std::string_view, 4> kFields = {"inputs", "prior", "prior_outputs",
                                                                "lifecycle"};
    std::array<std::string, 5> values = old.values;
    for (std::size_t i = 0; i < kFields.size(); ++i) {
        values[i] = TRY(
            moved(old.values[i], context_.key_source, intent_context(context_, place, kFields[i])));
    }
    const auto connection = TRY(context_.interned->connection(connection_id));
    const StoredIntent whole{.token = token,
                             .run = run,
                             .address = address,
                             .generation = generation,
                             .action = action,
                             .phase = phase,
                             .handle = handle,
                             .type = *TRY(context_.interned->type(type)),
                             .connection = *connection,
                             .connection_id = connection_id,
                             .key = key_text,
                             .values = {values[0], values[1], values[2], values[3], values[4]},
                             .flags = flags,
                             .call_deadline_ms = deadline,
                             .effect_lag_ms = lag,
                             .opened = opened};
    const std::int64_t mac = mac_of(context_, whole);
    auto update = TRY(context_.database->prepare(
        "UPDATE intent SET inputs = ?, prior = ?, prior_outputs = ?, lifecycle = ?, checksum = ?, "
        "mac = ? WHERE token = ?"));
    TRY(update.run({store::Blob{values[0]}, store::Blob{values[1]}, store::Blob{values[2]},
                    store::Blob{values[3]}, checksum_of(whole), mac, token}));
    now_.add_intent(context_.mark_of(mac));
    return {};
}

base::Result<void> Authentication::past() {
    auto select = TRY(context_.database->prepare(
        "SELECT address, generation FROM past_generation WHERE scope = ?"));
    TRY(select.query({context_.scope}));
    while (TRY(select.next())) {
        now_.add_past(context_.mark_of_past(select.text(0), select.integer(1)));
    }
    return {};
}

base::Result<void> Authentication::environment(const Totals& stored) {
    TRY(rows());
    TRY(intents());
    if (old_ != stored) {
        return base::Error(base::Code::DataLoss,
                           context_.database->path() + " is damaged: rows or intents are missing");
    }
    TRY(history());
    TRY(past());
    return context_.write_totals(now_, 0);
}

base::Result<void> authenticate_connections(SqliteContext& context) {
    struct Connection {
        std::int64_t id;
        provider::ConnectionRecord record;
        std::string settings;
    };
    std::vector<Connection> all;
    {
        auto select = TRY(context.database->prepare(
            "SELECT id, address, provider, identity, settings FROM connection"));
        TRY(select.query({}));
        while (TRY(select.next())) {
            all.push_back({select.integer(0),
                           {std::string(select.text(1)), std::string(select.text(2)),
                            std::string(select.text(3)), value::Value()},
                           std::string(select.blob(4))});
        }
    }
    auto update =
        TRY(context.database->prepare("UPDATE connection SET settings = ?, mac = ? WHERE id = ?"));
    for (const Connection& one : all) {
        const std::string settings =
            TRY(moved(one.settings, context.key_source, connection_context(context, one.record)));
        TRY(update.run({store::Blob{settings},
                        mac_of_connection(context, one.id, one.record, settings), one.id}));
    }
    return {};
}

struct OldScope {
    std::int64_t id;
    std::string environment;
    Totals totals;
};

base::Result<std::vector<OldScope>> read_scopes(SqliteContext& context) {
    std::vector<OldScope> scopes;
    auto select = TRY(context.database->prepare(
        "SELECT id, tenant, workspace, environment, checksum, rows, row_sum, intents, intent_sum "
        "FROM scope"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        const bool whole =
            checksum_of_scope(select.text(1), select.text(2), select.text(3)) == select.integer(4);
        if (!whole) return damaged("an environment's name");
        Totals totals;
        totals.rows = select.integer(5);
        totals.row_sum = static_cast<std::uint64_t>(select.integer(6));
        totals.intents = select.integer(7);
        totals.intent_sum = static_cast<std::uint64_t>(select.integer(8));
        scopes.push_back({select.integer(0), std::string(select.text(3)), totals});
    }
    return scopes;
}

// Whether anything was sealed already: then there is a key, and another one will not do.
base::Result<bool> has_seals(SqliteContext& context) {
    const KeySource none = [] { return base::Error(base::Code::FailedPrecondition, "sealed"); };
    auto select = TRY(context.database->prepare(
        "SELECT settings FROM connection UNION ALL SELECT inputs FROM resource UNION ALL SELECT "
        "outputs FROM resource UNION ALL SELECT lifecycle FROM resource UNION ALL SELECT inputs "
        "FROM intent UNION ALL SELECT prior FROM intent UNION ALL SELECT prior_outputs FROM intent"
        " UNION ALL SELECT lifecycle FROM intent UNION ALL SELECT inputs FROM resource_history "
        "UNION ALL SELECT outputs FROM resource_history"));
    TRY(select.query({}));
    while (TRY(select.next())) {
        if (select.blob(0).empty()) continue;
        const auto value = decode_value(select.blob(0), none, {});
        if (!value.ok() && value.error().code() == base::Code::FailedPrecondition) return true;
    }
    return false;
}

base::Result<void> authenticate(SqliteContext& context) {
    context.workspace_id = TRY(workspace_of(context));
    if (!context.workspace_id.empty()) {
        context.may_make_key = !TRY(has_seals(context));
        TRY(context.key_source());
        // Connections first: rows are read with theirs.
        TRY(authenticate_connections(context));
        const std::string environment = context.options.environment;
        for (const OldScope& scope : TRY(read_scopes(context))) {
            context.scope = scope.id;
            context.options.environment = scope.environment;
            auto done = Authentication(context).environment(scope.totals);
            context.options.environment = environment;
            context.scope = 0;
            TRY(std::move(done));
        }
        TRY(authenticate_meta(context));
    }
    // Until here they told whether the rows were all there.
    return context.database->execute("ALTER TABLE scope DROP COLUMN row_sum;"
                                     "ALTER TABLE scope DROP COLUMN intents;"
                                     "ALTER TABLE scope DROP COLUMN intent_sum;");
}

base::Error not_authenticated(const SqliteContext& context) {
    return {base::Code::DataLoss,
            context.database->path() +
                " has the form of an older program, which this workspace has left behind: nothing "
                "tells who wrote it"};
}

}

base::Result<void> migrate_state(SqliteContext& context, OldRows old_rows) {
    const std::int64_t version = TRY(store::database_version(*context.database));
    const bool is_old = version != 0 && version < kAuthenticated;
    // One that belongs to no workspace yet was being made when its program ended: nothing is in it
    // that anybody could have written, and rows without a Mac would be refused all the same.
    if (is_old && old_rows == OldRows::Refused && !TRY(workspace_of(context)).empty()) {
        const auto key = Key::load(context.directory());
        if (key.ok() && (*key)->authenticates_rows()) return not_authenticated(context);
    }
    TRY(store::migrate(*context.database, migrations(), [&](std::int64_t reached) {
        return reached == kAuthenticated ? authenticate(context) : base::Result<void>();
    }));
    context.interned->forget();
    context.epochs.clear();
    return {};
}

}
