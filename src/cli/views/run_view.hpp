#pragma once

#include "cli/context.hpp"
#include "infra/state/state.hpp"
#include "infra/value_json.hpp"

#include <string>

namespace cli {

std::string run_status(const infra::state::RunInfo& run);    // "running", "died", …
std::string run_summary(const infra::state::RunInfo& run);   // "2 create, 1 failed"
std::string run_json(const infra::state::RunInfo& run);
std::string run_detail_json(const infra::state::RunDetail& detail,
                            const infra::Fingerprint& fingerprint);
void show_run(Context& context, const infra::state::RunDetail& detail);

}
