#pragma once

#include "provider/provider.hpp"
#include "provider/secrets.hpp"

#include <memory>

namespace provider {

// Who gets the secrets, if a person has to agree to that.
struct SecretTaker {
    const Host* host = nullptr;
    std::string name;   // "": nobody needs to
    std::string role;   // the connection
};

// A connection that hands the secrets themselves to the one within, and takes references back: on
// this side of it nobody sees a secret. `secrets` outlives it.
std::unique_ptr<Connection> with_secrets(std::unique_ptr<Connection> within, const Secrets& secrets,
                                         SecretTaker taker = {});

}
