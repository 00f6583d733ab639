#pragma once

#include "provider/provider.hpp"
#include "providers/extension/manifest.hpp"

#include <memory>

namespace providers::extension {

// A connection that asks the program of an extension. `manifest` outlives it; a program that cannot
// be found is an error here, not in the middle of an apply.
base::Result<std::unique_ptr<provider::Connection>>
connect(const Manifest& manifest, const value::Value& settings, const provider::Host& host);

}
