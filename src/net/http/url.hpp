#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// URLs of http and https (RFC 3986), percent-encoding and query strings.
namespace net {

inline constexpr std::size_t kMaxUrlBytes = 8192;
inline constexpr std::size_t kMaxQueryFields = 256;

// The parts of an absolute URL, as they are written: path and query stay percent-encoded.
struct Url {
    std::string scheme;       // "http" or "https"
    std::string host;         // lower case; an IPv6 address with its brackets
    std::uint16_t port = 0;   // 0: the scheme's own
    std::string path;         // begins with /
    std::string query;        // without ?

    std::uint16_t effective_port() const;
    std::string authority() const;   // "host" or "host:port"
    std::string target() const;      // "/path?query"
    std::string text() const;
};

// InvalidArgument for what is longer than kMaxUrlBytes, relative, of another scheme, has a user or
// password in it (they would end up in logs), or has characters that must be encoded. A fragment is
// dropped.
base::Result<Url> parse_url(std::string_view text);

// Whether both are URLs of one scheme, host and port.
bool have_same_origin(std::string_view a, std::string_view b);
// "localhost", or a loopback address in its usual notation.
bool is_this_machine(const Url& url);
// Whether nobody on the way can read what is sent there: https, or an address of this machine.
bool is_confidential(const Url& url);

// Everything but unreserved characters becomes %XX: fit for a path segment and for a query.
std::string percent_encode(std::string_view text);
// InvalidArgument for a % without two hexadecimal digits. A + stays what it is.
base::Result<std::string> percent_decode(std::string_view text);

using QueryFields = std::vector<std::pair<std::string, std::string>>;

// "a=1&a=2" for fields in their order; keys repeat.
std::string build_query(const QueryFields& fields);
// Decoded, + being a space. InvalidArgument for bad encoding or more than kMaxQueryFields.
base::Result<QueryFields> parse_query(std::string_view query);

}
