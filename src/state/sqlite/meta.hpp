#pragma once

#include "state/sqlite/context.hpp"

// What is written of the database as a whole: whose it is, its epochs, its environments. Only for
// the .cpp files of this folder.
namespace state::sqlite {

// Within the transaction that has changed any of it.
base::Result<void> authenticate_meta(SqliteContext& context);
// That it was written with the key of this workspace, which is loaded for it.
base::Result<void> check_meta(SqliteContext& context);

base::Result<std::string> workspace_of(SqliteContext& context);   // "": nothing is written yet

// Rows, open intents and past generations of the context's environment, within a transaction of the
// caller; each whole and ours, and none missing.
base::Result<Snapshot> read_all(SqliteContext& context);
// The same of all environments, for what that tells.
base::Result<void> check_environments(SqliteContext& context);

std::int64_t checksum_of_scope(std::string_view tenant, std::string_view workspace,
                               std::string_view environment);

}
