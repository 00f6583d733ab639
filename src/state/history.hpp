#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace state {

// What the state keeps of the past: runs with their steps, and rows as they were before. Never part
// of it, and so never pruned: rows, open intents and their runs, the plan of a run that died, and
// which generations an address has had. The setting `state.history`; docs/formats/state.md.
struct HistoryPolicy {
    bool all = false;            // nothing is pruned
    std::chrono::days age{90};   // what is younger is kept,
    std::size_t runs = 100;      // as are this many runs, however old;
    // but of former rows and steps not more than this many, or a fifth of the rows if that is more:
    // the oldest go first, those of the newest run stay.
    std::size_t records = 20'000;
};

// "all", or an age in days or weeks: "90d", "12w". InvalidArgument.
base::Result<HistoryPolicy> parse_history_policy(std::string_view text);

}
