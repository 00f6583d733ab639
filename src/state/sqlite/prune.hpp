#pragma once

#include "state/sqlite/context.hpp"

namespace state::sqlite {

// Removes what the history policy lets go, the oldest first and a bounded part at a time: more than
// the run has added, so that the past gets no longer whatever the runs do, and never so much that
// somebody waits for it. A transaction of its own, and none when nothing is to go. `newest` is the
// run that has just ended.
base::Result<void> prune(SqliteContext& context, std::int64_t newest);

}
