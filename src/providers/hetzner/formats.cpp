#include "providers/hetzner/formats.hpp"

#include "base/text.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

namespace providers::hetzner {
namespace {

using rest::about;
using rest::field_of;
using rest::text_of;
using value::Value;

constexpr std::size_t kLongestName = 63;      // of a label, its value, a part of a host name
constexpr std::size_t kLongestPrefix = 253;   // of a label, and a host name

// ASCII alone: the locale of the program is never set.
bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::optional<int> number_in(std::string_view text) {
    int out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

// A shift by 32 is undefined, so 0 bits are a case of their own.
std::uint32_t mask_of(int bits) {
    return bits <= 0 ? 0 : ~std::uint32_t{0} << (32 - std::min(bits, 32));
}

std::string text_of_address(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24U, (address >> 16U) & 255U,
                       (address >> 8U) & 255U, address & 255U);
}

base::Error wrong(std::string_view input, std::string message, std::string help) {
    base::Error error = base::invalid_argument(std::move(message));
    if (!help.empty()) error = std::move(error).with_help(std::move(help));
    return about(input, std::move(error));
}

// Letters, digits, and between them also these.
bool is_name(std::string_view text, std::string_view between) {
    return !text.empty() && text.size() <= kLongestName && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) && std::ranges::all_of(text, [&](char c) {
               return is_alphanumeric(c) || between.find(c) != std::string_view::npos;
           });
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > kLongestPrefix) return false;
    const auto parts = base::split(text, '.');
    return std::ranges::all_of(parts, [](std::string_view part) { return is_name(part, "-"); });
}

bool is_ipv6(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

// Whether nothing is set behind the prefix.
bool is_ipv6_network(const std::string& text, int bits) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (::inet_pton(AF_INET6, text.c_str(), address.data()) != 1) return false;
    for (int bit = bits; bit < 128; ++bit) {
        const auto at = static_cast<std::size_t>(bit / 8);
        if ((address[at] >> (7 - bit % 8)) & 1) return false;
    }
    return true;
}

// Base64 of at least a word, as keys have it.
bool is_key_data(std::string_view text) {
    return text.size() >= 16 && std::ranges::all_of(text, [](char c) {
               return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
           });
}

}

// A range within another has more bits fixed, and the same ones as far as that goes.
bool Ipv4Range::contains(const Ipv4Range& other) const {
    return bits <= other.bits && (other.base & mask_of(bits)) == base;
}

bool Ipv4Range::is_private() const {
    static constexpr std::array<Ipv4Range, 3> kPrivate{
        Ipv4Range{.base = 10U << 24U, .bits = 8},
        Ipv4Range{.base = (172U << 24U) | (16U << 16U), .bits = 12},
        Ipv4Range{.base = (192U << 24U) | (168U << 16U), .bits = 16}};
    return std::ranges::any_of(kPrivate, [&](const Ipv4Range& one) { return one.contains(*this); });
}

std::string Ipv4Range::text() const { return fmt::format("{}/{}", text_of_address(base), bits); }

std::optional<std::uint32_t> ipv4_of(const std::string& text) {
    in_addr address{};
    if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

base::Result<std::optional<Ipv4Range>> read_range(const Value& inputs, std::string_view input) {
    const std::string& text = text_of(inputs, input);
    if (text.empty()) return std::optional<Ipv4Range>();   // unknown, or a contract has told
    const std::size_t slash = text.find('/');
    const auto address = ipv4_of(text.substr(0, slash));
    const auto bits = slash == std::string::npos
                          ? std::nullopt
                          : number_in(std::string_view(text).substr(slash + 1));
    if (!address || !bits || *bits < 0 || *bits > 32) {
        return wrong(input, fmt::format("`{}`: \"{}\" is no range of addresses", input, text),
                     "an address and how many of its bits are fixed: \"10.0.0.0/16\"");
    }
    const Ipv4Range out{.base = *address & mask_of(*bits), .bits = *bits};
    // 10.0.0.5/16 is refused by the platform, and the reader is told what was probably meant.
    if (out.base != *address) {
        return wrong(input, fmt::format("`{}`: \"{}\" is an address within a range", input, text),
                     fmt::format("the range is \"{}\"", out.text()));
    }
    return std::optional(out);
}

base::Result<void> check_private_range(const Value& inputs, std::string_view input, int longest) {
    const std::optional<Ipv4Range> range = TRY(read_range(inputs, input));
    if (!range) return {};
    if (!range->is_private()) {
        return wrong(input, fmt::format("`{}`: {} is no private range", input, range->text()),
                     "private are those within 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16");
    }
    if (range->bits <= longest) return {};
    return wrong(input, fmt::format("`{}`: {} is too small", input, range->text()),
                 fmt::format("it is a /{} at least", longest));
}

base::Result<void> check_network(std::string_view input, const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    const bool is_v6 = address.find(':') != std::string::npos;
    const auto bits = slash == std::string::npos
                          // A lone address is a network of itself, as the platform takes it.
                          ? std::optional(is_v6 ? 128 : 32)
                          : number_in(std::string_view(text).substr(slash + 1));
    const bool is_address = is_v6 ? is_ipv6(address) : ipv4_of(address).has_value();
    if (!is_address || !bits || *bits < 0 || *bits > (is_v6 ? 128 : 32)) {
        return wrong(input, fmt::format("\"{}\" is no network", text),
                     "networks are written \"10.0.0.0/8\", \"2001:db8::/32\"; all addresses are "
                     "\"0.0.0.0/0\" and \"::/0\"");
    }
    const bool has_host_bits =
        is_v6 ? !is_ipv6_network(address, *bits) : (*ipv4_of(address) & ~mask_of(*bits)) != 0;
    if (!has_host_bits) return {};
    return wrong(
        input, fmt::format("\"{}\" is an address within a network", text),
        is_v6 ? "all bits behind the prefix have to be 0"
              : fmt::format(
                    "the network is \"{}\"",
                    Ipv4Range{.base = *ipv4_of(address) & mask_of(*bits), .bits = *bits}.text()));
}

base::Result<void> check_port(const std::string& text) {
    // The platform knows the word, and shows it for a rule without ports.
    if (text.empty() || text == "any") return {};
    const std::size_t dash = text.find('-');
    const auto first = number_in(std::string_view(text).substr(0, dash));
    const auto last =
        dash == std::string::npos ? first : number_in(std::string_view(text).substr(dash + 1));
    const bool is_range = first && last && *first >= 1 && *last <= 65535 && *first <= *last;
    if (is_range) return {};
    return wrong("rules", fmt::format("\"{}\" is no port and no range of ports", text),
                 "write one port of 1 to 65535, \"443\", or a range, \"8000-8010\"");
}

base::Result<void> check_labels(const Value& inputs) {
    for (const auto& [name, text] : provider::text_map_of(inputs, "labels")) {
        // The rules of Kubernetes, which the vendor has taken over: a prefix is a domain.
        const std::size_t slash = name.rfind('/');
        const std::string_view key =
            std::string_view(name).substr(slash == std::string::npos ? 0 : slash + 1);
        const bool has_prefix = slash != std::string::npos;
        if (!is_name(key, "-_.") ||
            (has_prefix && !is_host_name(std::string_view(name).substr(0, slash)))) {
            return wrong(
                "labels", fmt::format("`labels`: \"{}\" is no name of a label", name),
                "it has up to 63 letters, digits, `-`, `_` and `.`, begins and ends with a "
                "letter or a digit, and may have a domain and a slash before it");
        }
        if (text.empty() || is_name(text, "-_.")) continue;
        return wrong("labels", fmt::format("`labels`: \"{}\" is no value of a label", text),
                     fmt::format("`{}` may have up to 63 letters, digits, `-`, `_` and `.`, and "
                                 "begins and ends with a letter or a digit",
                                 name));
    }
    return {};
}

base::Result<void> check_public_key(const Value& inputs) {
    const std::string& key = text_of(inputs, "public_key");
    if (key.empty()) return {};
    const auto words = base::split(base::trim(key), ' ');
    const bool has_kind =
        words.size() >= 2 && (words[0].starts_with("ssh-") || words[0].starts_with("ecdsa-") ||
                              words[0].starts_with("sk-"));
    // One new line at the end is as `ssh-keygen` writes the file.
    if (has_kind && is_key_data(words[1]) && key.find('\n') >= key.size() - 1) return {};
    const bool has_gap = words.size() >= 3 && words[1].empty();
    return wrong("public_key", "`public_key` is no public key of OpenSSH",
                 has_gap ? "there is a second space behind its type"
                         : "it is one line: a type, a space, the key, and perhaps a comment: "
                           "\"ssh-ed25519 AAAA… anna@home\"");
}

base::Result<void> check_number(const Value& inputs, std::string_view input, std::int64_t least,
                                std::int64_t most, std::string_view unit) {
    const std::int64_t* number = field_of(inputs, input).as_integer();
    if (number == nullptr || (*number >= least && *number <= most)) return {};
    return wrong(input, fmt::format("`{}` is {}", input, *number),
                 fmt::format("it may be {} to {} {}", least, most, unit));
}

base::Result<void> check_length(const Value& inputs, std::string_view input, std::size_t most) {
    const std::string& text = text_of(inputs, input);
    if (text.size() <= most) return {};
    return wrong(input, fmt::format("`{}` has {} characters", input, text.size()),
                 fmt::format("it may have {}", most));
}

base::Result<void> check_count(const Value& record, std::string_view input, std::size_t most) {
    const std::size_t count = rest::items_of(record, input).size();
    if (count <= most) return {};
    return rest::about(input, base::invalid_argument(fmt::format(
                                  "`{}` has {} entries, and may have {}", input, count, most)));
}

base::Result<void> check_is_name(const Value& inputs, std::string_view input) {
    const std::string& text = text_of(inputs, input);
    // Locations and the like have ids, which the API takes as well and shows as names: then each
    // plan would have a difference.
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return {};
    return rest::about(input,
                       base::invalid_argument(fmt::format("`{}`: \"{}\" is an id", input, text))
                           .with_help("write the name, as the platform shows it"));
}

base::Result<void> check_host_name(const Value& inputs, std::string_view input) {
    const std::string& text = text_of(inputs, input);
    if (text.empty() || is_host_name(text)) return {};
    return wrong(input, fmt::format("`{}`: \"{}\" is no host name", input, text),
                 "between dots are up to 63 letters, digits and dashes, with no dash at an end");
}

}
