#include "providers/hetzner/types.hpp"

#include <array>

namespace providers::hetzner {

std::span<const kit::RestType* const> rest_types() {
    static const std::array kTypes{
        &network_type(),
        &ssh_key_type(),
    };
    return kTypes;
}

}
