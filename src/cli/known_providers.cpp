#include "cli/known_providers.hpp"

#include "cli/deployment.hpp"
#include "cli/limits.hpp"
#include "providers/all.hpp"
#include "providers/extension/provider.hpp"

namespace cli {

base::Result<KnownProviders> known_providers(const Context& context) {
    KnownProviders out;
    const auto shipped = providers::all();
    std::vector<const provider::Provider*> all(shipped.begin(), shipped.end());
    if (const auto workspace = find_workspace(context); workspace.ok()) {
        out.extensions = TRY(providers::extension::load(
            *workspace, {.import_roots = import_roots(context.settings())}));
        for (const auto& extension : out.extensions) all.push_back(extension.get());
    }
    out.registry = std::make_unique<provider::ProviderRegistry>(std::move(all), provider::Host{});
    return out;
}

}
