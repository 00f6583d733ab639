#include "providers/rest/access.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::rest {
namespace {

// Endpoints come from programs, too, so control characters are made visible.
std::string shown(std::string_view url) { return base::escape_controls(std::string(url)); }

base::Error not_sent(const Vendor& vendor, const NamedEndpoint& endpoint,
                     std::span<const CredentialSource> sources) {
    std::vector<std::string> found;
    for (const CredentialSource& source : sources) {
        std::string good_for(vendor.endpoint);
        if (source.endpoint) {
            good_for = fmt::format("{} and for {}", shown(source.endpoint->url), good_for);
        }
        found.push_back(fmt::format("that of {} is for {}", source.place, good_for));
    }
    return base::Error(base::Code::Unauthenticated,
                       fmt::format("no token is sent to {}, which {} names: {}",
                                   shown(endpoint.url), endpoint.place, base::join(found, ", ")))
        .with_help(fmt::format("if it is to be trusted, give the connection a token of its own, as "
                               "{}; or name the endpoint where the token is: {}",
                               vendor.how_to_give, vendor.how_to_name_it));
}

}

bool is_good_for(const CredentialSource& source, const Vendor& vendor, std::string_view url) {
    return net::have_same_origin(url, vendor.endpoint) ||
           (source.endpoint && net::have_same_origin(url, source.endpoint->url));
}

std::string stranger_at(const Vendor& vendor, std::string_view endpoint,
                        const std::optional<NamedEndpoint>& persons_own) {
    const auto url = net::parse_url(endpoint);
    if (!url.ok() || net::is_this_machine(*url) || net::have_same_origin(endpoint, vendor.endpoint))
        return {};
    if (persons_own && net::have_same_origin(endpoint, persons_own->url)) return {};
    return url->authority();
}

base::Result<Access> Access::given(NamedEndpoint endpoint, Credential credential) {
    const net::Url url =
        TRY(net::parse_url(endpoint.url).context(fmt::format("{}", endpoint.place)));
    if (!net::is_confidential(url)) {
        return base::invalid_argument(
                   fmt::format(
                       "{}, which {} names, is plain http to another machine: whoever is on "
                       "the way would read the token",
                       shown(endpoint.url), endpoint.place))
            .with_help("write https://; http:// is for this machine: localhost, 127.0.0.1, [::1]");
    }
    Access out;
    out.endpoint_ = std::move(endpoint.url);
    // Paths begin with "/", and "//" is another path to some gateways. Identities are compared as
    // text as well, and must not depend on a slash.
    while (out.endpoint_.ends_with('/')) out.endpoint_.pop_back();
    out.credential_ = std::move(credential);
    return out;
}

base::Result<Access> Access::found(const Vendor& vendor,
                                   const std::optional<NamedEndpoint>& endpoint,
                                   std::span<const CredentialSource> sources) {
    CHECK(!sources.empty());
    if (!endpoint) {
        const CredentialSource& first = sources.front();
        return given(first.endpoint.value_or(NamedEndpoint{.url = std::string(vendor.endpoint),
                                                           .place = std::string(vendor.name)}),
                     first.credential);
    }
    for (const CredentialSource& source : sources) {
        if (is_good_for(source, vendor, endpoint->url)) return given(*endpoint, source.credential);
    }
    // A wrong URL is told as that: it says more than for whom the token is.
    TRY(given(*endpoint, {}));
    return not_sent(vendor, *endpoint, sources);
}

}
