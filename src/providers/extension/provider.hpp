#pragma once

#include "base/result.hpp"
#include "engine/workspace/extensions.hpp"
#include "provider/provider.hpp"

#include <memory>
#include <vector>

namespace providers::extension {

// The providers among the extensions of a workspace (docs/formats/extension.md), by name. Evaluates
// each manifest; what is wrong with one is an error (65), as in load_extension.
base::Result<std::vector<std::unique_ptr<provider::Provider>>>
load(const engine::Workspace& workspace, const engine::ExtensionLimits& limits = {});

}
