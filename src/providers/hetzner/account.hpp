#pragma once

#include "base/result.hpp"
#include "provider/provider.hpp"
#include "providers/rest/access.hpp"

#include <chrono>
#include <string>

namespace providers::hetzner {

inline constexpr const char* kEndpoint = "https://api.hetzner.cloud/v1";

// The account behind a connection.
struct Account {
    rest::Access access;
    std::string identity;
    // Whose rate budget it spends: the project, by the name that the program gives it, or by a
    // digest of its token, which nobody can turn back.
    std::string name;
    bool is_sandbox = false;
    std::chrono::milliseconds poll_interval{0};
};

// Who gets the token, where that is for a person to agree to.
std::string stranger_of(const value::Value& settings, const provider::Host& host);

// From the settings of a hetzner.Connection, or null. Starts a sandbox if the endpoint is 'Sandbox.
// A token that is not given is looked for as the vendor's own tools do: in HCLOUD_TOKEN, then in
// the active context of their configuration; where it may be sent is said by rest::Access. What is
// missing is Unauthenticated.
base::Result<Account> find_account(const value::Value& settings, const provider::Host& host);

// What the vendor's cli.toml says for a context ("": the active one): its token, and the endpoint
// of its preferences or else of the file's. NotFound says what is missing.
base::Result<rest::CredentialSource>
source_in_configuration(std::string_view toml, std::string_view context, const std::string& file);

}
