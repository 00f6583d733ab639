#pragma once

#include "base/result.hpp"
#include "infra/provider.hpp"
#include "infra/workspace/workspace.hpp"

#include <memory>
#include <vector>

namespace providers::extension {

// The providers among the extensions of a workspace (docs/formats/extension.md), by name. Evaluates
// each manifest; what is wrong with one is an error (65), as in load_extension.
base::Result<std::vector<std::unique_ptr<infra::Provider>>> load(const infra::Workspace& workspace);

}
