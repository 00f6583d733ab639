#pragma once

#include "cli/context.hpp"
#include "state/state.hpp"
#include "value/json.hpp"

#include <string>

namespace cli {

std::string run_status(const state::RunInfo& run);    // "running", "died", …
std::string run_summary(const state::RunInfo& run);   // "2 create, 1 failed"
json::Value run_record(const state::RunInfo& run);
json::Value run_detail_record(const state::RunDetail& detail,
                              const value::Fingerprint& fingerprint);
void show_run(Context& context, const state::RunDetail& detail);

}
