#pragma once

#include "engine/run/deployment.hpp"

namespace engine {

// Opens the state so that a reveal can be recorded in it; before anything else opens it.
base::Result<void> prepare_reveal(Deployment& deployment);

// The value with its secrets in it, and without the marks that hide them. Errors name the reference
// that cannot be resolved.
base::Result<value::Value> reveal(Deployment& deployment, const value::Value& value);

// Says in the list of runs that secrets of these (outputs or addresses) were shown, and by whom.
// Where nothing was ever recorded there is no list. Without the record nothing may be shown.
base::Result<void> record_reveal(Deployment& deployment, const std::vector<std::string>& names);

}
