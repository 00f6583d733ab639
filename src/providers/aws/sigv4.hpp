#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "net/client/client.hpp"

#include <string>

// Signature Version 4: a digest over method, path, query, some headers and the body, under a key
// that is made of the secret one for a day, a region and a service.
namespace providers::aws {

struct Keys {
    std::string id;
    base::SecretText secret;
    base::SecretText session;   // empty: none
};

struct SigningScope {
    std::string region;
    std::string service;   // by its name in signatures: "ec2"
};

// The headers that prove who sends a request whose target is a whole URL. What is signed is the
// host, and of the request's headers Content-Type and X-Amz-…: others may be changed on the way.
net::Headers sign_v4(const net::Request& request, const Keys& keys, const SigningScope& scope,
                     base::Time now);

// The same as a function that keeps the day's key. Any thread.
net::Sign v4_signer(Keys keys, SigningScope scope, const base::Clock& clock = base::system_clock());

}
