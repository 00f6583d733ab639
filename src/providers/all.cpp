#include "providers/all.hpp"

#include "providers/hetzner/provider.hpp"
#include "providers/local/provider.hpp"

namespace providers {

std::span<const infra::Provider* const> all() {
    static const infra::Provider* const kProviders[] = {
        &hetzner::provider(),
        &local::provider(),
    };
    return kProviders;
}

}
