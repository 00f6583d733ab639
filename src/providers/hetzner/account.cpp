#include "providers/hetzner/account.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "providers/rest/settings.hpp"
#include "providers/rest/wire.hpp"
#include "json/toml/reader.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

namespace providers::hetzner {
namespace {

using rest::field_of;
using rest::text_of;
using rest::variable;
using value::Value;

constexpr std::string_view kTokenVariable = "HCLOUD_TOKEN";
constexpr std::string_view kSandbox = "Sandbox";   // in place of an endpoint
constexpr std::string_view kEndpointVariable = "HCLOUD_ENDPOINT";
constexpr rest::Vendor kVendor{.name = "Hetzner Cloud",
                               .endpoint = kEndpoint,
                               .how_to_give = "`token = p.secret \"env:NAME\"`",
                               .how_to_name_it = "HCLOUD_ENDPOINT beside HCLOUD_TOKEN"};
// A local process answers in a millisecond. At the cloud an action takes seconds, and each
// question counts against 3,600 an hour.
constexpr std::chrono::milliseconds kPollSandbox{50};
constexpr std::chrono::milliseconds kPollCloud{1000};
constexpr std::size_t kMostConfiguration = std::size_t{1} << 20;

base::Error no_token(std::string looked) {
    return base::Error(base::Code::Unauthenticated,
                       fmt::format("there is no token for Hetzner Cloud: {}", looked))
        .with_help("make one in the project's page, Security, API tokens, and set HCLOUD_TOKEN; or "
                   "give the connection a `token = p.secret \"env:NAME\"`");
}

base::Result<base::SecretText> given_token(const Value& settings) {
    base::SecretText token =
        TRY(rest::given_secret(settings, "token", "token = p.secret \"env:HCLOUD_TOKEN\""));
    if (token.reveal().empty()) return no_token("`token` of the connection is empty");
    return token;
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

std::optional<rest::NamedEndpoint> endpoint_variable(const provider::Host& host) {
    std::string url = variable(host, kEndpointVariable);
    if (url.empty()) return std::nullopt;
    return rest::NamedEndpoint{.url = std::move(url), .place = std::string(kEndpointVariable)};
}

base::Result<rest::CredentialSource> source_in_file(const std::string& file,
                                                    const provider::Host& host) {
    std::string text = TRY(base::read_file(file));
    if (text.size() > kMostConfiguration) {
        return base::Error(base::Code::Exhausted, fmt::format("\"{}\" is too large", file));
    }
    auto source = source_in_configuration(text, variable(host, "HCLOUD_CONTEXT"), file);
    // The file has the tokens of all contexts; its text does not stay on the heap, where a core
    // dump would show it.
    base::wipe(text.data(), text.size());
    if (source.ok()) return source;
    return base::not_found(fmt::format("\"{}\": {}", file, source.error().text()));
}

// In the order of the vendor's own tools. The file is not opened if the environment has a token
// that will do.
base::Result<std::vector<rest::CredentialSource>>
find_sources(const std::optional<rest::NamedEndpoint>& wanted, const provider::Host& host) {
    std::vector<rest::CredentialSource> out;
    if (std::string token = variable(host, kTokenVariable); !token.empty()) {
        out.push_back({.place = std::string(kTokenVariable),
                       .credential = {base::SecretText(std::move(token))},
                       .endpoint = endpoint_variable(host)});
        if (!wanted || rest::is_good_for(out.front(), kVendor, wanted->url)) return out;
    }
    std::string looked = fmt::format("{} is not set", kTokenVariable);
    const std::string file = configuration_file(host);
    if (!file.empty()) {
        auto source = source_in_file(file, host);
        if (source.ok()) out.push_back(std::move(*source));
        // Each source that was tried is in the message: "not set, and the file is not there" tells
        // what to do, "no token" does not.
        else
            looked += ", and " + source.error().text();
    }
    if (out.empty()) return no_token(std::move(looked));
    return out;
}

base::Result<rest::Access> find_access(const Value& settings, const provider::Host& host) {
    const Value& given = field_of(settings, "token");
    std::optional<base::SecretText> token;
    if (!given.is_null()) token = TRY(given_token(settings));
    const std::string& endpoint = text_of(settings, "endpoint");
    if (endpoint == kSandbox) {
        auto [url, own] = TRY(rest::start_sandbox("hetzner", host));
        // The sandbox tells its token when it starts. One that is given still goes first, so that
        // a program's wrong token fails there as it would in the cloud.
        return rest::Access::given({.url = std::move(url), .place = "the sandbox"},
                                   {token ? std::move(*token) : std::move(own)});
    }
    std::optional<rest::NamedEndpoint> wanted = endpoint_variable(host);
    if (!endpoint.empty()) wanted = {.url = endpoint, .place = "`endpoint` of the connection"};
    if (token) {
        rest::NamedEndpoint vendor{.url = kEndpoint, .place = std::string(kVendor.name)};
        return rest::Access::given(std::move(wanted).value_or(std::move(vendor)),
                                   {std::move(*token)});
    }
    return rest::Access::found(kVendor, wanted, TRY(find_sources(wanted, host)));
}

std::string_view endpoint_in(const json::Value* preferences) {
    return preferences == nullptr ? "" : preferences->string_or("endpoint", "");
}

}

base::Result<rest::CredentialSource>
source_in_configuration(std::string_view toml, std::string_view context, const std::string& file) {
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
            rest::CredentialSource out;
            out.place = fmt::format("the context \"{}\" of \"{}\"", wanted, file);
            out.credential.emplace_back(std::string(token));
            std::string_view endpoint = endpoint_in(one.find("preferences"));
            if (endpoint.empty()) endpoint = endpoint_in(document.find("preferences"));
            if (!endpoint.empty()) {
                out.endpoint = {.url = std::string(endpoint), .place = out.place};
            }
            return out;
        }
    }
    return base::not_found(fmt::format("its context \"{}\" has no token", wanted));
}

std::string stranger_of(const Value& settings, const provider::Host& host) {
    const Value& endpoint = field_of(settings, "endpoint");
    const std::string& url = text_of(settings, "endpoint");
    if (url == kSandbox) return {};
    std::string stranger = rest::stranger_at(kVendor, url, endpoint_variable(host));
    // Not shown to whoever reads the question on another's screen.
    return endpoint.is_secret() ? "an endpoint that a secret names" : stranger;
}

base::Result<Account> find_account(const Value& settings, const provider::Host& host) {
    Account out;
    out.access = TRY(find_access(settings, host));
    out.is_sandbox = text_of(settings, "endpoint") == kSandbox;
    // Its port changes from start to start.
    out.identity = out.is_sandbox ? std::string("sandbox") : out.access.endpoint();
    // A token may be exchanged within its project, and the API names no project: the connection is
    // told apart by what the program calls it (docs/adr).
    const std::string& project = text_of(settings, "project");
    if (!project.empty()) out.identity += "#" + project;
    // The platform's limit is one per project. Two connections with the same token share one
    // budget; a digest stands for it, so that the token is in no key that is kept or compared.
    const std::string& token = out.access.credential().front().reveal();
    out.name = out.access.endpoint() + "#" +
               (project.empty() ? base::sha256_hex("rate limit of " + token) : project);
    out.poll_interval = rest::poll_interval(settings, out.is_sandbox ? kPollSandbox : kPollCloud);
    return out;
}

}
