#pragma once

#include "state/sqlite/session.hpp"

// What `state mv`, `state rm` and `state settle` do, each in a run of its own, and the burial of
// dead runs. Only for the .cpp files of this folder.
namespace state {

base::Result<void> reap_dead_runs(Session& session);
base::Result<std::size_t> move_rows(Session& session, std::string_view from, std::string_view to);
base::Result<std::size_t> remove_rows(Session& session, std::string_view address);
base::Result<std::size_t> settle_intents(Session& session, std::string_view address,
                                         State::Settled how);

}
