#include "sandbox/hetzner/hetzner.hpp"

#include "sandbox/hetzner/api.hpp"
#include "sandbox/kit/api_cloud.hpp"

namespace sandbox::hetzner {

std::unique_ptr<const Api> make_api() { return std::make_unique<HetznerApi>(); }

base::Result<std::unique_ptr<Cloud>> make(CloudOptions options) {
    return make_api_cloud(make_api(), std::move(options));
}

}
