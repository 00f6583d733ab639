#include "providers/all.hpp"

#include "providers/aws/provider.hpp"
#include "providers/hetzner/provider.hpp"
#include "providers/local/provider.hpp"
#include "providers/upcloud/provider.hpp"

namespace providers {

std::span<const provider::Provider* const> all() {
    static const provider::Provider* const kProviders[] = {
        &aws::provider(),
        &hetzner::provider(),
        &local::provider(),
        &upcloud::provider(),
    };
    return kProviders;
}

}
