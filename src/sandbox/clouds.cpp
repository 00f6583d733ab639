#include "sandbox/cloud.hpp"
#include "sandbox/hetzner/hetzner.hpp"
#include "sandbox/upcloud/upcloud.hpp"

namespace sandbox {

// A cloud is a folder and a line here. The first is the one that commands mean without --cloud.
std::span<const CloudType> all_clouds() {
    static constexpr CloudType kAll[] = {
        {"hetzner", hetzner::make},
        {"upcloud", upcloud::make},
    };
    return kAll;
}

}
