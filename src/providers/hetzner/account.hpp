#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "provider/provider.hpp"

#include <chrono>
#include <string>

namespace providers::hetzner {

inline constexpr const char* kEndpoint = "https://api.hetzner.cloud/v1";

// Where a connection leads, and with what right.
struct Access {
    std::string endpoint;
    std::string identity;
    // Whose rate budget it spends: the project, by the name that the program gives it, or by a
    // digest of its token, which nobody can turn back.
    std::string account;
    base::SecretText token;
    bool is_sandbox = false;
    std::chrono::milliseconds poll_interval{0};
};

// From the settings of a hetzner.Connection, or null. Starts a sandbox if the endpoint is 'Sandbox.
// A token that is not given is looked for as the vendor's own tools do: in HCLOUD_TOKEN, then in
// the active context of their configuration. What is missing ends with 77.
base::Result<Access> find_access(const value::Value& settings, const provider::Host& host);

// The token of a context in the vendor's cli.toml; NotFound says what is missing.
base::Result<base::SecretText> token_of_context(std::string_view toml, std::string_view context);

}
