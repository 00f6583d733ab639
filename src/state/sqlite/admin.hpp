#pragma once

#include "state/sqlite/context.hpp"

// What is done by hand: `state mv`, `state rm` and `state resolve`, each in a run of its own, and
// to runs that have died. Only for the .cpp files of this folder.
namespace state::sqlite {

class RunImpl;

base::Result<void> reap_dead_runs(SqliteContext& context);
// Of intents that an older program left open: since when their runs are over.
base::Result<void> mark_over(SqliteContext& context);
base::Result<RunInfo> abandon_run(SqliteContext& context, std::string_view number_or_id);
base::Result<std::size_t> move_rows(SqliteContext& context, std::string from, std::string_view to);
// Within the transaction of the run, which has the leases.
base::Result<void> move_within(SqliteContext& context, RunImpl& run,
                               const value::AddressMove& move);
base::Result<std::size_t> remove_rows(SqliteContext& context, std::string address);
base::Result<std::size_t> resolve_intents(SqliteContext& context, std::string_view address,
                                          State::Resolution how);

}
