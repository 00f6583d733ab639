#pragma once

#include "state/sqlite/context.hpp"

#include <cstdint>

// Databases as older programs have left them. Only for the .cpp files of this folder.
namespace state::sqlite {

enum class OldRows : std::uint8_t {
    Refused,    // where the key says that rows are authenticated
    Accepted,   // a person has asked for this very copy
};

// Brings the database to the newest form, each step in one transaction. Rows that were written
// before there were Macs are read as they were and written with the workspace's key, which is made
// if nothing was sealed yet.
base::Result<void> migrate_state(SqliteContext& context, OldRows old_rows);

}
