#include "net/http/url.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace net {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_unreserved(char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
// What may stand in a path or query without being encoded.
// Wider than RFC 3986 by `|` and brackets, which services put into their links unencoded.
bool is_target_char(char c) {
    return is_unreserved(c) || std::string_view("!$&'()*+,;=:@/?%[]|").contains(c);
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

base::Error no_url(std::string_view text, std::string_view why) {
    const std::string shown = base::escape_controls(
        text.size() > 100 ? std::string(text.substr(0, 100)) + "…" : std::string(text));
    return base::invalid_argument(fmt::format("\"{}\" is no usable URL: {}", shown, why));
}

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        return host.size() > 2 && host.ends_with(']') &&
               std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
                   return hex_value(c) >= 0 || c == ':' || c == '.';
               });
    }
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
    });
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (code != std::errc() || end != digits.data() + digits.size() || port == 0)
        return std::nullopt;
    return port;
}

}

std::uint16_t Url::effective_port() const {
    if (port != 0) return port;
    return scheme == "https" ? 443 : 80;
}

std::string Url::authority() const { return port == 0 ? host : fmt::format("{}:{}", host, port); }

std::string Url::target() const { return query.empty() ? path : path + "?" + query; }

std::string Url::text() const { return scheme + "://" + authority() + target(); }

base::Result<Url> parse_url(std::string_view text) {
    if (text.size() > kMaxUrlBytes)
        return no_url(text, fmt::format("it is longer than {} bytes", kMaxUrlBytes));
    Url url;
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos)
        return no_url(text, "it does not begin with http:// or https://");
    url.scheme = base::to_lower_ascii(text.substr(0, colon));
    if (url.scheme != "http" && url.scheme != "https")
        return no_url(text, "only http and https are spoken");
    std::string_view rest = text.substr(colon + 3);
    // A fragment is never sent (RFC 3986, 3.5).
    rest = rest.substr(0, rest.find('#'));
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view authority = rest.substr(0, authority_end);
    rest.remove_prefix(authority_end);
    // Not shown: the text may hold a password.
    if (authority.contains('@'))
        return base::invalid_argument("a URL with a user or a password in it is not accepted")
            .with_help("give credentials in the connection's own settings");
    // The last colon, unless it belongs to an IPv6 address in brackets.
    const std::size_t port_at = authority.rfind(':');
    if (port_at != std::string_view::npos &&
        authority.find(']', port_at) == std::string_view::npos) {
        const auto port = parse_port(authority.substr(port_at + 1));
        if (!port) return no_url(text, "the port is no number from 1 to 65535");
        url.port = *port;
        authority = authority.substr(0, port_at);
    }
    if (!is_host(authority)) return no_url(text, "the host is no name or address");
    url.host = base::to_lower_ascii(authority);
    if (!std::ranges::all_of(rest, is_target_char))
        return no_url(text, "a character in it has to be written as %XX");
    const std::size_t mark = rest.find('?');
    url.path = rest.substr(0, mark);
    if (mark != std::string_view::npos) url.query = rest.substr(mark + 1);
    if (url.path.empty()) url.path = "/";
    return url;
}

bool have_same_origin(std::string_view a, std::string_view b) {
    const auto one = parse_url(a);
    const auto other = parse_url(b);
    return one.ok() && other.ok() && one->scheme == other->scheme && one->host == other->host &&
           one->effective_port() == other->effective_port();
}

bool is_confidential(const Url& url) { return url.scheme == "https" || is_this_machine(url); }

bool is_this_machine(const Url& url) {
    if (url.host == "localhost") return true;
    // Only the usual notation: what a resolver makes of "0x7f.1" is not to be guessed here. A name
    // other than "localhost" may lead anywhere, whatever it leads to today.
    in_addr four{};
    if (::inet_pton(AF_INET, url.host.c_str(), &four) == 1) {
        return (ntohl(four.s_addr) >> 24U) == 127;
    }
    in6_addr six{};
    if (!url.host.starts_with('[')) return false;
    const std::string inner = url.host.substr(1, url.host.size() - 2);
    return ::inet_pton(AF_INET6, inner.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

base::Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return base::invalid_argument("a % is not followed by two hexadecimal digits");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string build_query(const QueryFields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encode(name) + '=' + percent_encode(value);
    }
    return out;
}

base::Result<QueryFields> parse_query(std::string_view query) {
    QueryFields fields;
    if (query.empty()) return fields;
    const auto decode = [](std::string_view text) {
        // Of forms (HTML, application/x-www-form-urlencoded) a plus is a blank; in paths it is
        // itself.
        return percent_decode(base::replace_all(text, "+", " "));
    };
    if (query.size() > kMaxUrlBytes)
        return base::invalid_argument(fmt::format("a query is longer than {} bytes", kMaxUrlBytes));
    for (const std::string_view part : base::split(query, '&')) {
        if (part.empty()) continue;
        if (fields.size() == kMaxQueryFields)
            return base::invalid_argument(
                fmt::format("a query has more than {} fields", kMaxQueryFields));
        const std::size_t equals = part.find('=');
        std::string name = TRY(decode(part.substr(0, equals)));
        std::string value;
        if (equals != std::string_view::npos) value = TRY(decode(part.substr(equals + 1)));
        fields.emplace_back(std::move(name), std::move(value));
    }
    return fields;
}

}
