#pragma once

#include "engine/apply/recovery.hpp"

#include <string>

namespace cli {

// What recovery found out about an intent: "done", "did not happen", or why it stays open.
std::string outcome_text(const engine::Recovered& one);

}
