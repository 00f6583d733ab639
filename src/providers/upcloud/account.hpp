#pragma once

#include "base/result.hpp"
#include "provider/provider.hpp"
#include "providers/rest/access.hpp"

#include <chrono>
#include <string>

namespace providers::upcloud {

inline constexpr const char* kEndpoint = "https://api.upcloud.com/1.3";

// The account behind a connection. Its credential is a token, or a user's name and password.
struct Account {
    rest::Access access;
    std::string identity;
    // Whose requests count together: the account, by the name that the program gives it, or by a
    // digest of its credential, which nobody can turn back.
    std::string name;
    bool is_sandbox = false;
    std::chrono::milliseconds poll_interval{0};
};

// Who gets the credential, where that is for a person to agree to.
std::string stranger_of(const value::Value& settings, const provider::Host& host);

// From the settings of an upcloud.Connection, or null. Starts a sandbox if the endpoint is
// 'Sandbox. What is not given is looked for as the vendor's own tools do: UPCLOUD_TOKEN, or
// UPCLOUD_USERNAME and UPCLOUD_PASSWORD, and UPCLOUD_DEBUG_API_BASE_URL beside them; where it may
// be sent is said by rest::Access. What is missing is Unauthenticated.
base::Result<Account> find_account(const value::Value& settings, const provider::Host& host);

}
