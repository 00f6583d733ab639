#include "cli/sandbox_settings.hpp"

#include "cli/args.hpp"
#include "cli/sandbox_place.hpp"

#include <fmt/core.h>

#include <cstdlib>

namespace cli {

void SandboxSettings::declare(Args& args) {
    args.option("speed", &speed, "how many times faster than real its actions go (1)")
        .value_name("FACTOR");
    args.option("rate-limit", &rate_limit, "requests in an hour, 0 for no limit (3600)")
        .value_name("COUNT");
    args.option("quota", &quotas, "how many things of a type there may be, as server=10")
        .value_name("TYPE=COUNT");
}

base::Result<json::Value> SandboxSettings::to_json() const {
    json::Object out;
    if (speed) {
        char* end = nullptr;
        const double factor = std::strtod(speed->c_str(), &end);
        if (speed->empty() || *end != '\0' || !(factor > 0)) {
            // Written so that NaN is refused.
            return usage_error(fmt::format("--speed takes a number above 0, not `{}`", *speed));
        }
        out.set("speed", factor);
    }
    if (rate_limit) out.set("rate_limit", TRY(whole_number("rate-limit", *rate_limit)));
    json::Object limits;
    for (const std::string& quota : quotas) {
        const std::size_t equals = quota.find('=');
        if (equals == std::string::npos || equals == 0) {
            return usage_error(fmt::format("--quota takes TYPE=COUNT, not `{}`", quota));
        }
        limits.set(quota.substr(0, equals), TRY(whole_number("quota", quota.substr(equals + 1))));
    }
    if (!limits.empty()) out.set("quotas", std::move(limits));
    return json::Value(std::move(out));
}

std::vector<std::string> SandboxSettings::words() const {
    std::vector<std::string> out;
    if (speed) out.insert(out.end(), {"--speed", *speed});
    if (rate_limit) out.insert(out.end(), {"--rate-limit", *rate_limit});
    for (const std::string& quota : quotas) out.insert(out.end(), {"--quota", quota});
    return out;
}

}
