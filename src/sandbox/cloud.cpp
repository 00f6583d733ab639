#include "sandbox/cloud.hpp"

#include <fmt/core.h>

namespace sandbox {
namespace {

// A million times as fast: 8 seconds become 8 microseconds. Faster, and all durations would be the
// one microsecond that is the least.
constexpr double kFastest = 1e6;

}

json::Value CloudSettings::to_json() const {
    json::Object limits;
    for (const auto& [type, most] : quotas) limits.set(type, most);
    return json::Object{{"speed", speed}, {"rate_limit", rate_limit}, {"quotas", limits}};
}

// Members are taken one by one: the caller lets this work on a copy, and sets it only when all
// were right.
base::Result<void> CloudSettings::take(const json::Value& from) {
    if (const json::Value* value = from.find("speed")) {
        const auto number = value->to_double();
        // Written so that NaN is refused too.
        if (!number || !(*number > 0) || *number > kFastest) {
            return base::invalid_argument("speed must be a number from above 0 to 1000000");
        }
        speed = *number;
    }
    if (const json::Value* value = from.find("rate_limit")) {
        if (value->as_int64() == nullptr || *value->as_int64() < 0) {
            return base::invalid_argument("rate_limit must be a whole number, 0 for none");
        }
        rate_limit = *value->as_int64();
    }
    if (const json::Value* value = from.find("quotas")) {
        if (!value->is_object()) return base::invalid_argument("quotas must be an object");
        for (const auto& [type, most] : *value->as_object()) {
            if (most.as_int64() == nullptr || *most.as_int64() < 0) {
                return base::invalid_argument(
                    fmt::format("the quota of {} must be a whole number, 0 for none", type));
            }
            quotas[type] = *most.as_int64();
        }
    }
    return {};
}

// A list that is given, so that tests can bring clouds of their own.
base::Result<std::unique_ptr<Cloud>> make_cloud(std::string_view name, CloudOptions options,
                                                std::span<const CloudType> clouds) {
    std::string names;
    for (const CloudType& cloud : clouds) {
        if (cloud.name == name) return cloud.make(std::move(options));
        names += (names.empty() ? "" : ", ") + std::string(cloud.name);
    }
    return base::not_found(fmt::format("there is no sandbox of a cloud \"{}\"", name))
        .with_help("the clouds are: " + names);
}

}
