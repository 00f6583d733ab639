#include "providers/upcloud/account.hpp"

#include "base/hash.hpp"
#include "providers/rest/settings.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

namespace providers::upcloud {
namespace {

using rest::field_of;
using rest::text_of;
using rest::variable;
using value::Value;

constexpr std::string_view kTokenVariable = "UPCLOUD_TOKEN";
constexpr std::string_view kUserVariable = "UPCLOUD_USERNAME";
constexpr std::string_view kPasswordVariable = "UPCLOUD_PASSWORD";
constexpr std::string_view kEndpointVariable = "UPCLOUD_DEBUG_API_BASE_URL";
constexpr std::string_view kVersion = "/1.3";
constexpr std::string_view kSandbox = "Sandbox";   // in place of an endpoint
constexpr rest::Vendor kVendor{.name = "UpCloud",
                               .endpoint = kEndpoint,
                               .how_to_give = "`token = p.secret \"env:NAME\"`",
                               .how_to_name_it = "UPCLOUD_DEBUG_API_BASE_URL beside UPCLOUD_TOKEN"};
constexpr std::chrono::milliseconds kPollSandbox{50};
// What takes time takes a quarter of a minute at least, and each thing is asked for by itself.
constexpr std::chrono::milliseconds kPollCloud{3000};

base::Error no_credential(std::string looked) {
    return base::Error(base::Code::Unauthenticated,
                       fmt::format("there is no token for UpCloud: {}", looked))
        .with_help("make one in the Hub, Account, API tokens, and set UPCLOUD_TOKEN; or give the "
                   "connection a `token = p.secret \"env:NAME\"`");
}

// The variable has no version in it, which the vendor's clients add.
std::optional<rest::NamedEndpoint> endpoint_variable(const provider::Host& host) {
    std::string url = variable(host, kEndpointVariable);
    if (url.empty()) return std::nullopt;
    while (url.ends_with('/')) url.pop_back();
    url += kVersion;
    return rest::NamedEndpoint{.url = std::move(url), .place = std::string(kEndpointVariable)};
}

base::Result<rest::CredentialSource> find_source(const provider::Host& host) {
    rest::CredentialSource out{.place = {}, .credential = {}, .endpoint = endpoint_variable(host)};
    std::string token = variable(host, kTokenVariable);
    std::string user = variable(host, kUserVariable);
    std::string password = variable(host, kPasswordVariable);
    if (!token.empty() && !user.empty()) {
        // The vendor's clients refuse this, too: nobody can tell which is meant.
        return no_credential(
            fmt::format("{} and {} are both set, which name one", kTokenVariable, kUserVariable));
    }
    if (!token.empty()) {
        out.place = kTokenVariable;
        out.credential = {base::SecretText(std::move(token))};
        return out;
    }
    if (user.empty() || password.empty()) {
        return no_credential(fmt::format("{} is not set, nor {} with {}", kTokenVariable,
                                         kUserVariable, kPasswordVariable));
    }
    out.place = kUserVariable;
    out.credential = {base::SecretText(std::move(user)), base::SecretText(std::move(password))};
    return out;
}

// That the program gives; empty: none.
base::Result<rest::Credential> given_credential(const Value& settings) {
    const auto is_given = [&](const char* name) { return !field_of(settings, name).is_null(); };
    const auto read = [&](const char* name, const char* example) -> base::Result<base::SecretText> {
        base::SecretText text = TRY(rest::given_secret(settings, name, example));
        if (!text.reveal().empty()) return text;
        return no_credential(fmt::format("`{}` of the connection is empty", name));
    };
    if (is_given("token") && (is_given("username") || is_given("password"))) {
        return base::invalid_argument(
                   "the connection has a `token`, and a `username` or `password`")
            .with_help("leave out one or the other");
    }
    rest::Credential out;
    if (is_given("token")) {
        out.push_back(TRY(read("token", "token = p.secret \"env:UPCLOUD_TOKEN\"")));
    } else if (is_given("username") != is_given("password")) {
        return base::invalid_argument("the connection has one of `username` and `password`")
            .with_help("give both, or a `token`");
    } else if (is_given("username")) {
        out.emplace_back(text_of(settings, "username"));
        out.push_back(TRY(read("password", "password = p.secret \"env:UPCLOUD_PASSWORD\"")));
    }
    return out;
}

base::Result<rest::Access> find_access(const Value& settings, const provider::Host& host) {
    rest::Credential given = TRY(given_credential(settings));
    const std::string& endpoint = text_of(settings, "endpoint");
    if (endpoint == kSandbox) {
        auto [url, own] = TRY(rest::start_sandbox("upcloud", host));
        // The sandbox tells its token when it starts. What is given still goes first, so that a
        // program's wrong token fails there as it would in the cloud.
        if (given.empty()) given.push_back(std::move(own));
        return rest::Access::given({.url = std::move(url), .place = "the sandbox"},
                                   std::move(given));
    }
    std::optional<rest::NamedEndpoint> wanted = endpoint_variable(host);
    if (!endpoint.empty()) wanted = {.url = endpoint, .place = "`endpoint` of the connection"};
    if (!given.empty()) {
        rest::NamedEndpoint vendor{.url = kEndpoint, .place = std::string(kVendor.name)};
        return rest::Access::given(std::move(wanted).value_or(std::move(vendor)), std::move(given));
    }
    const rest::CredentialSource source = TRY(find_source(host));
    return rest::Access::found(kVendor, wanted, std::span(&source, 1));
}

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
    // Tokens come and go, and sub-accounts share what there is: the account is told apart by what
    // the program calls it.
    const std::string& account = text_of(settings, "account");
    if (!account.empty()) out.identity += "#" + account;
    std::string credential = "requests of";
    for (const base::SecretText& part : out.access.credential()) credential += " " + part.reveal();
    out.name =
        out.access.endpoint() + "#" + (account.empty() ? base::sha256_hex(credential) : account);
    out.poll_interval = rest::poll_interval(settings, out.is_sandbox ? kPollSandbox : kPollCloud);
    return out;
}

}
