#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which credential goes to which endpoint: one rule for every vendor. A program is not always its
// user's own: to evaluate one must not be enough to learn what lies about on his machine.
namespace providers::rest {

// A URL, and where it was found in words that follow "which … names": "`endpoint` of the
// connection", "HCLOUD_ENDPOINT".
struct NamedEndpoint {
    std::string url;
    std::string place;
};

// What a vendor's scheme asks for, in its order: a token; or a key's id, the key and a session.
using Credential = std::vector<base::SecretText>;

// A credential that no program gave but that was found: in the environment, in the vendor's own
// configuration file.
struct CredentialSource {
    std::string place;   // "HCLOUD_TOKEN", "the context \"work\" of \"/home/…/cli.toml\""
    Credential credential;
    // That the same source names. The credential is good for it, and for the vendor's own.
    std::optional<NamedEndpoint> endpoint;
};

struct Vendor {
    std::string_view name;             // "Hetzner Cloud"
    std::string_view endpoint;         // "https://api.hetzner.cloud/v1"
    std::string_view how_to_give;      // "`token = p.secret \"env:NAME\"`"
    std::string_view how_to_name_it;   // "HCLOUD_ENDPOINT beside HCLOUD_TOKEN"
};

// Whether the source may be asked to prove who we are there.
bool is_good_for(const CredentialSource& source, const Vendor& vendor, std::string_view url);

// Which host a program's own endpoint is, for a person to agree to that it gets secrets. Empty: no
// such is named, or it is the vendor's own, this machine, or the one that the person's environment
// names.
std::string stranger_at(const Vendor& vendor, std::string_view endpoint,
                        const std::optional<NamedEndpoint>& persons_own);

// Where a connection leads, and with what right. Whoever holds one went through the rule: there is
// no other way to have an endpoint that an `Api` takes.
class Access {
public:
    Access() = default;   // leads nowhere

    // A credential that the program itself gave: it goes where the connection leads.
    // Errors: the URL is none, or it is plain http to another machine.
    static base::Result<Access> given(NamedEndpoint endpoint, Credential credential);
    // The first of the sources that is good for the endpoint; where none is named, the first of
    // all, and the endpoint that belongs to it. Unauthenticated if no source is good for it, with
    // both places; there must be a source.
    static base::Result<Access> found(const Vendor& vendor,
                                      const std::optional<NamedEndpoint>& endpoint,
                                      std::span<const CredentialSource> sources);

    const std::string& endpoint() const { return endpoint_; }   // without a slash at the end
    const Credential& credential() const { return credential_; }

private:
    std::string endpoint_;
    Credential credential_;
};

}
