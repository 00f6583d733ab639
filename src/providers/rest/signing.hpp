#pragma once

#include "base/secret.hpp"
#include "net/client/client.hpp"

#include <string>
#include <string_view>

// How a request proves who sends it. A scheme is a function over the whole request, asked for each
// attempt anew: signatures may cover method, path, query, headers and body, and carry a time.
namespace providers::rest {

using Sign = net::Sign;

Sign bearer(base::SecretText token);                           // Authorization: Bearer …
Sign basic(std::string user, base::SecretText password);       // Authorization: Basic …
Sign api_key(std::string header_name, base::SecretText key);   // a header of the vendor's own
std::string hmac_sha256(std::string_view key, std::string_view text);   // bytes

}
