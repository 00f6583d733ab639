#include "providers/hetzner/account.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/process/spawn.hpp"
#include "base/text.hpp"
#include "providers/rest/wire.hpp"
#include "value/number/rational.hpp"
#include "json/toml/reader.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

namespace providers::hetzner {
namespace {

using rest::field_of;
using rest::text_of;
using value::Value;

constexpr std::string_view kTokenVariable = "HCLOUD_TOKEN";
// Generous, for a machine that is busy. That the start failed is said by its exit code, without
// waiting.
constexpr std::chrono::seconds kSandboxStart{30};
// A local process answers in a millisecond. At the cloud an action takes seconds, and each
// question counts against 3,600 an hour.
constexpr std::chrono::milliseconds kPollSandbox{50};
constexpr std::chrono::milliseconds kPollCloud{1000};
constexpr std::size_t kMostConfiguration = std::size_t{1} << 20;

std::string variable(const provider::Host& host, std::string_view name) {
    if (!host.environment) return {};
    return host.environment(std::string(name)).value_or("");
}

base::Error no_token(std::string looked) {
    return base::Error(base::Code::Unauthenticated,
                       fmt::format("there is no token for Hetzner Cloud: {}", looked))
        .with_help("make one in the project's page, Security, API tokens, and set HCLOUD_TOKEN; or "
                   "give the connection a `token = p.secret \"env:NAME\"`");
}

// The secret itself stands here instead of the reference that the program has.
base::Result<base::SecretText> given_token(const Value& token) {
    const std::string* text = token.as_string();
    if (text != nullptr && token.is_secret()) {
        std::string trimmed(base::trim(*text));
        if (trimmed.empty()) return no_token("`token` of the connection is empty");
        return base::SecretText(std::move(trimmed));
    }
    // A plain text is refused even if it is a good token: it stands in a program that is under
    // version control, and would go into plans and state from there.
    return base::invalid_argument("`token` is no reference to a secret")
        .with_help("write it as `token = p.secret \"env:HCLOUD_TOKEN\"`, never the token itself");
}

// Where the vendor's own command looks: HCLOUD_CONFIG, else the XDG configuration folder.
std::string configuration_file(const provider::Host& host) {
    std::string file = variable(host, "HCLOUD_CONFIG");
    if (!file.empty()) return file;
    std::string folder = variable(host, "XDG_CONFIG_HOME");
    const std::string home = variable(host, "HOME");
    if (folder.empty() && !home.empty()) folder = base::join_path(home, ".config");
    return folder.empty() ? folder : base::join_path(folder, "hcloud/cli.toml");
}

base::Result<base::SecretText> as_the_vendor_finds_it(const provider::Host& host) {
    if (std::string found = variable(host, kTokenVariable); !found.empty()) {
        return base::SecretText(std::move(found));
    }
    std::string looked = fmt::format("{} is not set", kTokenVariable);
    const std::string file = configuration_file(host);
    if (file.empty()) return no_token(std::move(looked));
    auto text = base::read_file(file);
    // Each source that was tried is in the message: "not set, and the file is not there" tells
    // what to do, "no token" does not.
    if (!text.ok()) return no_token(fmt::format("{}, and {}", looked, text.error().text()));
    if (text->size() > kMostConfiguration) {
        return no_token(fmt::format("{}, and \"{}\" is too large", looked, file));
    }
    auto token = token_of_context(*text, variable(host, "HCLOUD_CONTEXT"));
    // The file has the tokens of all contexts; its text does not stay on the heap, where a core
    // dump would show it.
    base::wipe(text->data(), text->size());
    if (token.ok()) return token;
    return no_token(fmt::format("{}, and \"{}\": {}", looked, file, token.error().text()));
}

base::Result<Access> start_sandbox(const provider::Host& host) {
    Access out;
    out.is_sandbox = true;
    out.identity = "sandbox";
    base::RunOptions options;
    const std::string folder = base::join_path(host.state_dir, "sandbox/hetzner");
    options.spawn.program = host.executable;
    options.spawn.arguments = {"provisioning", "sandbox", "start", "--cloud",
                               "hetzner",      "--dir",   folder,  "--json"};
    // With Little, the sandbox does not inherit HCLOUD_TOKEN: a cloud that is only imitated has no
    // use for a real one, and it lives on after us.
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
    out.endpoint = told->string_or("endpoint", "");
    out.token = base::SecretText(std::string(told->string_or("token", "")));
    return out;
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

}

base::Result<base::SecretText> token_of_context(std::string_view toml, std::string_view context) {
    json::ValueBuilder builder;
    // The file is the vendor's and may be of any content; it is read as TOML, not searched for a
    // line.
    TRY(json::toml::read(toml, builder));
    const json::Value document = builder.take();
    std::string wanted(context);
    if (wanted.empty()) wanted = document.string_or("active_context", "");
    if (wanted.empty()) return base::not_found("no context is active");
    const json::Value* contexts = document.find("contexts");
    if (contexts != nullptr && contexts->is_array()) {
        for (const json::Value& one : *contexts->as_array()) {
            if (one.string_or("name", "") != wanted) continue;
            const std::string_view token = one.string_or("token", "");
            if (token.empty()) break;
            return base::SecretText(std::string(token));
        }
    }
    return base::not_found(fmt::format("its context \"{}\" has no token", wanted));
}

base::Result<Access> find_access(const Value& settings, const provider::Host& host) {
    Access out;
    const std::string& endpoint = text_of(settings, "endpoint");
    if (endpoint == "Sandbox") {
        out = TRY(start_sandbox(host));
    } else {
        out.endpoint = endpoint.empty() ? variable(host, "HCLOUD_ENDPOINT") : endpoint;
        if (out.endpoint.empty()) out.endpoint = kEndpoint;
        // Paths begin with "/", and "//" is another path to some gateways. The identity is
        // compared as text as well, and must not depend on a slash.
        while (out.endpoint.ends_with('/')) out.endpoint.pop_back();
        out.identity = out.endpoint;
    }
    // A token may be exchanged within its project, and the API names no project: the connection is
    // told apart by what the program calls it (docs/adr).
    const std::string& project = text_of(settings, "project");
    if (!project.empty()) out.identity += "#" + project;
    const Value& token = field_of(settings, "token");
    // The sandbox tells its token when it starts. One that is given still goes first, so that a
    // program's wrong token fails there as it would in the cloud.
    if (!token.is_null()) {
        out.token = TRY(given_token(token));
    } else if (!out.is_sandbox) {
        out.token = TRY(as_the_vendor_finds_it(host));
    }
    // The platform's limit is one per project. Two connections with the same token share one
    // budget; a digest stands for it, so that the token is in no key that is kept or compared.
    out.account =
        out.endpoint + "#" +
        (project.empty() ? base::sha256_hex("rate limit of " + out.token.reveal()) : project);
    out.poll_interval = poll_interval(settings, out.is_sandbox ? kPollSandbox : kPollCloud);
    return out;
}

}
