#pragma once

#include "store/migrate.hpp"

#include <span>

namespace state::sqlite {

// The tables of `.provisioning/state.db`, as the ordered list of changes that made them what they
// are. What the columns mean: docs/formats/state.md.
std::span<const store::Migration> migrations();

}
