#pragma once

#include "provider/provider.hpp"
#include "providers/aws/endpoints.hpp"
#include "providers/aws/sigv4.hpp"
#include "providers/rest/access.hpp"

#include <map>
#include <string>

namespace providers::aws {

// The account behind a connection, as far as it is known without asking.
struct Account {
    rest::Access access;
    Keys keys;
    Endpoints endpoints{""};
    std::string place;   // where the keys are from, for people
};

// From the settings of an aws.Connection, or null. Keys that are not given are looked for as the
// vendor's own tools do: in the environment, then in the shared files; where they may be sent is
// said by rest::Access. What is missing is Unauthenticated.
base::Result<Account> find_account(const value::Value& settings, const provider::Host& host);
// Who gets the keys, where that is for a person to agree to.
std::string stranger_of(const value::Value& settings, const provider::Host& host);

// The sections of a file of the vendor's, ~/.aws/config. What is further in belongs to the key
// above it, and is left out.
using Profile = std::map<std::string, std::string>;
std::map<std::string, Profile> read_profiles(std::string_view text);

}
