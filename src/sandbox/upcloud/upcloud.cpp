#include "sandbox/upcloud/upcloud.hpp"

#include "sandbox/kit/api_cloud.hpp"
#include "sandbox/upcloud/api.hpp"

namespace sandbox::upcloud {

std::unique_ptr<const Api> make_api() { return std::make_unique<UpcloudApi>(); }

base::Result<std::unique_ptr<Cloud>> make(CloudOptions options) {
    return make_api_cloud(make_api(), std::move(options));
}

}
