#include "state/sqlite/meta.hpp"

#include "base/fs.hpp"
#include "state/checksum.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/rows.hpp"

#include <fmt/core.h>

namespace state::sqlite {
namespace {

// That of `meta` is not in itself. An environment that is not found reads as empty, and everything
// of it would be made again; an epoch that was set back gives versions twice.
base::Result<std::int64_t> mac_of_meta(SqliteContext& context) {
    store::Database& database = *context.database;
    Mac mac = context.mac->begin("meta");
    const auto add = [&](store::Statement& select, int columns) -> base::Result<void> {
        TRY(select.query({}));
        for (; TRY(select.next()); mac.add(std::int64_t{1})) {
            for (int column = 0; column < columns; ++column) mac.add(select.text(column));
        }
        mac.add(std::int64_t{0});
        return {};
    };
    auto meta = TRY(database.prepare("SELECT name, CAST(value AS TEXT) FROM meta "
                                     "WHERE name <> 'mac' ORDER BY name"));
    TRY(add(meta, 2));
    auto epochs = TRY(database.prepare(
        "SELECT CAST(first_run AS TEXT), CAST(epoch AS TEXT) FROM epoch ORDER BY first_run"));
    TRY(add(epochs, 2));
    auto scopes = TRY(database.prepare(
        "SELECT CAST(id AS TEXT), tenant, workspace, environment FROM scope ORDER BY id"));
    TRY(add(scopes, 4));
    return mac.value();
}

base::Result<std::string> meta_text(SqliteContext& context, std::string_view name) {
    auto select = TRY(context.database->prepare("SELECT value FROM meta WHERE name = ?"));
    TRY(select.query({name}));
    if (!TRY(select.next())) return std::string();
    return std::string(select.text(0));
}

}

std::int64_t checksum_of_scope(std::string_view tenant, std::string_view workspace,
                               std::string_view environment) {
    return Checksum().add(tenant).add(workspace).add(environment).value();
}

base::Result<std::string> workspace_of(SqliteContext& context) {
    return meta_text(context, "workspace");
}

base::Result<void> check_environments(SqliteContext& context) {
    struct Scope {
        std::int64_t id;
        std::string environment;
    };
    std::vector<Scope> scopes;
    {
        auto select = TRY(context.database->prepare("SELECT id, environment FROM scope"));
        TRY(select.query({}));
        while (TRY(select.next())) {
            scopes.push_back({select.integer(0), std::string(select.text(1))});
        }
    }
    const Scope before{context.scope, context.options.environment};
    base::Result<void> checked;
    for (const Scope& scope : scopes) {
        context.scope = scope.id;
        context.options.environment = scope.environment;
        auto snapshot = read_all(context);
        if (!snapshot.ok()) checked = std::move(snapshot).error();
    }
    context.scope = before.id;
    context.options.environment = before.environment;
    return checked;
}

base::Result<Snapshot> read_all(SqliteContext& context) {
    Snapshot snapshot;
    Rows rows(context);
    context.seen = {};
    snapshot.rows = TRY(rows.all());
    snapshot.open = TRY(Intents(context).open());
    snapshot.past_generations = TRY(rows.past_generations());
    // Each row has shown to be whole; this tells rows that are not there.
    if (context.seen != TRY(context.totals())) {
        return base::Error(base::Code::DataLoss,
                           context.database->path() + " is damaged: rows or intents are missing");
    }
    return snapshot;
}

base::Result<void> authenticate_meta(SqliteContext& context) {
    const Key* key = TRY(context.key_source());
    auto set = TRY(context.database->prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"));
    TRY(set.run({"key", key->id()}));
    TRY(set.run({"mac", TRY(mac_of_meta(context))}));
    return {};
}

base::Result<void> check_meta(SqliteContext& context) {
    const Key* key = TRY(context.key_source());
    // First, as with another key nothing at all fits.
    if (TRY(meta_text(context, "key")) != key->id()) {
        return base::Error(base::Code::PermissionDenied,
                           fmt::format("{} was written with another key than that of this "
                                       "workspace",
                                       context.database->path()))
            .with_help("put back the key that belongs to this state: " +
                       base::join_path(context.directory(), "key"));
    }
    const std::int64_t stored = TRY(context.database->number(
        "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE name = 'mac'"));
    if (stored == TRY(mac_of_meta(context))) return {};
    return base::Error(base::Code::DataLoss,
                       fmt::format("{} is damaged, or was not written with the key of this "
                                   "workspace: its environments and epochs do not fit",
                                   context.database->path()));
}

}
