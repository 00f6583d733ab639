#pragma once

#include "cli/context.hpp"
#include "provider/registry.hpp"

#include <memory>
#include <vector>

namespace cli {

// The providers that ship, and in a workspace those of its extensions; without connections.
struct KnownProviders {
    std::vector<std::unique_ptr<provider::Provider>> extensions;
    std::unique_ptr<provider::ProviderRegistry> registry;
};
base::Result<KnownProviders> known_providers(const Context& context);

}
