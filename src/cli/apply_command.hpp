#pragma once

#include "cli/session.hpp"

namespace cli {

// What `apply` and `destroy` have in common: plan, show, ask, run, report.
struct ApplyRequest {
    std::string command;
    Session::Wanted wanted;
    bool yes = false;
    bool stop_on_failure = false;
    bool full = false;
    bool all = false;
};
base::Result<int> run_apply(Context& context, const ApplyRequest& request);

}
