#pragma once

#include "state/state.hpp"

namespace state::sqlite {

base::Result<std::unique_ptr<State>> open_state(OpenOptions options);

}
