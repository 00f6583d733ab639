#include "providers/rest/settings.hpp"

#include "base/fs.hpp"
#include "base/process/spawn.hpp"
#include "base/text.hpp"
#include "providers/rest/wire.hpp"
#include "value/number/rational.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::rest {

using value::Value;

namespace {

// Generous, for a machine that is busy. That the start failed is said by its exit code, without
// waiting.
constexpr std::chrono::seconds kSandboxStart{30};

}

base::Result<base::SecretText> given_secret(const Value& settings, std::string_view input,
                                            std::string_view how_to_write) {
    const Value& given = field_of(settings, input);
    // The secret itself stands here instead of the reference that the program has.
    const std::string* text = given.as_string();
    if (text != nullptr && given.is_secret()) {
        return base::SecretText(std::string(base::trim(*text)));
    }
    // A plain text is refused even if it is a good token: it stands in a program that is under
    // version control, and would go into plans and state from there.
    return base::invalid_argument(fmt::format("`{}` is no reference to a secret", input))
        .with_help(fmt::format("write it as `{}`, never the {} itself", how_to_write, input));
}

std::chrono::milliseconds poll_interval(const Value& settings, std::chrono::milliseconds fallback) {
    const Value& wanted = field_of(settings, "poll_interval");
    double seconds = 0;
    if (const std::int64_t* whole = wanted.as_integer()) {
        seconds = static_cast<double>(*whole);
    } else if (const value::Rational* exact = wanted.as_rational()) {
        seconds = exact->to_double();
    } else {
        return fallback;
    }
    // An hour: what is longer is a slip, and the product below must fit.
    constexpr double kLongest = 3600;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kLongest) * 1000));
}

base::Result<std::pair<std::string, base::SecretText>> start_sandbox(std::string_view cloud,
                                                                     const provider::Host& host) {
    base::RunOptions options;
    const std::string folder = base::join_path(host.state_dir, "sandbox/" + std::string(cloud));
    options.spawn.program = host.executable;
    options.spawn.arguments = {"provisioning",     "sandbox", "start", "--cloud",
                               std::string(cloud), "--dir",   folder,  "--json"};
    // With little: the sandbox does not inherit a vendor's token. A cloud that is only imitated has
    // no use for a real one, and it lives on after us.
    options.spawn.environment = base::child_environment({}, host.executable);
    options.timeout = kSandboxStart;
    options.stop = host.stop;
    // `start` comes back when the sandbox listens, and at once if it does already.
    const base::Ran ran = TRY(run(options).context("starting the sandbox"));
    if (ran.end == base::Ran::End::LeftRunning) {
        return base::Error(base::Code::Cancelled, "interrupted while the sandbox was starting");
    }
    const bool is_started = ran.end == base::Ran::End::Exited && ran.code == 0;
    auto told = is_started ? json::parse(ran.output) : base::Result<json::Value>(json::Value());
    if (!is_started || !told.ok()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("the sandbox did not start: {}", base::trim(ran.errors)))
            .with_help(fmt::format("its log is in \"{}\"", base::join_path(folder, "log")));
    }
    return std::pair(std::string(told->string_or("endpoint", "")),
                     base::SecretText(std::string(told->string_or("token", ""))));
}

std::string variable(const provider::Host& host, std::string_view name) {
    if (!host.environment) return {};
    return host.environment(std::string(name)).value_or("");
}

}
