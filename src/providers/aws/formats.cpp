#include "providers/aws/formats.hpp"

#include "base/text.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

namespace providers::aws {
namespace {

using rest::field_of;
using rest::text_of;
using value::Value;

constexpr std::size_t kLongestKey = 128;   // of a tag
constexpr std::size_t kLongestValue = 256;
constexpr std::size_t kMostTags = 50;   // of which four are ours
constexpr std::size_t kOurTags = 4;

std::optional<int> number_in(std::string_view text) {
    int out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

// The vendor lets tags have letters and digits of all scripts, blanks and some signs.
bool is_tag_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || std::isalnum(byte) != 0 ||
               std::string_view(" +-=._:/@").find(c) != std::string_view::npos;
    });
}

}

base::Error wrong(std::string_view input, std::string message, std::string help) {
    base::Error error = base::invalid_argument(std::move(message));
    if (!help.empty()) error = std::move(error).with_help(std::move(help));
    return rest::about(input, std::move(error));
}

std::optional<Network> read_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string address(text.substr(0, slash));
    const auto bits = number_in(text.substr(slash + 1));
    Network out;
    out.is_v6 = address.find(':') != std::string::npos;
    const int most = out.is_v6 ? 128 : 32;
    const int family = out.is_v6 ? AF_INET6 : AF_INET;
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (!bits || *bits < 0 || *bits > most ||
        ::inet_pton(family, address.c_str(), bytes.data()) != 1)
        return std::nullopt;
    out.bits = *bits;
    for (int bit = out.bits; bit < most; ++bit) {
        unsigned char& byte = bytes[static_cast<std::size_t>(bit / 8)];
        const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
        out.has_host_bits = out.has_host_bits || (byte & mask) != 0;
        byte = static_cast<unsigned char>(byte & ~mask);
    }
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (::inet_ntop(family, bytes.data(), shown.data(), shown.size()) == nullptr)
        return std::nullopt;
    out.text = fmt::format("{}/{}", shown.data(), out.bits);
    return out;
}

std::string canonical_network(std::string_view text) {
    const auto network = read_network(text);
    return network ? network->text : std::string(text);
}

base::Result<void> check_network(std::string_view input, const std::string& text) {
    const auto network = read_network(text);
    if (!network) {
        return wrong(input, fmt::format("`{}`: \"{}\" is no network", input, text),
                     "networks are written \"10.0.0.0/8\" or \"2001:db8::/32\"; all addresses are "
                     "\"0.0.0.0/0\" and \"::/0\"");
    }
    if (!network->has_host_bits) return {};
    return wrong(input, fmt::format("`{}`: \"{}\" is an address within a network", input, text),
                 fmt::format("the network is \"{}\"", network->text));
}

base::Result<void> check_range(const Value& inputs, std::string_view input, int least, int most) {
    const std::string& text = text_of(inputs, input);
    if (text.empty()) return {};   // unknown, or a contract has told
    TRY(check_network(input, text));
    const auto network = read_network(text);
    if (network->is_v6) {
        return wrong(input, fmt::format("`{}`: \"{}\" is no range of IPv4", input, text), "");
    }
    if (network->bits >= least && network->bits <= most) return {};
    return wrong(input, fmt::format("`{}`: \"{}\" is a /{}", input, text, network->bits),
                 fmt::format("it may be a /{} to a /{}", least, most));
}

base::Result<void> check_number(const Value& inputs, std::string_view input, std::int64_t least,
                                std::int64_t most, std::string_view unit) {
    const std::int64_t* number = field_of(inputs, input).as_integer();
    if (number == nullptr || (*number >= least && *number <= most)) return {};
    return wrong(input, fmt::format("`{}` is {}", input, *number),
                 fmt::format("it may be {} to {} {}", least, most, unit));
}

base::Result<void> check_id(const Value& inputs, std::string_view input, std::string_view prefix) {
    const std::string& text = text_of(inputs, input);
    if (text.empty()) return {};
    const std::string head = std::string(prefix) + "-";
    const std::string_view digits =
        std::string_view(text).substr(std::min(head.size(), text.size()));
    const bool is_id = text.starts_with(head) && digits.size() >= 8 && digits.size() <= 17 &&
                       std::ranges::all_of(digits, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
    if (is_id) return {};
    return wrong(input,
                 fmt::format("`{}`: \"{}\" is no id as \"{}0123456789abcdef0\"", input, text, head),
                 "ids are outputs of other resources, as `vpc.id`");
}

base::Result<void> check_tags(const Value& inputs) {
    const auto tags = provider::text_map_of(inputs, "tags");
    for (const auto& [name, text] : tags) {
        if (name.starts_with("aws:") || name.empty() || name.size() > kLongestKey ||
            !is_tag_text(name)) {
            return wrong("tags", fmt::format("`tags`: \"{}\" is no name of a tag", name),
                         "it has up to 128 letters, digits, blanks and + - = . _ : / @, and does "
                         "not begin with aws:");
        }
        if (text.size() <= kLongestValue && is_tag_text(text)) continue;
        return wrong(
            "tags", fmt::format("`tags`: \"{}\" is no value of a tag", text),
            fmt::format("`{}` may have up to 256 letters, digits, blanks and + - = . _ : / "
                        "@",
                        name));
    }
    if (tags.size() <= kMostTags - kOurTags) return {};
    return wrong("tags", fmt::format("`tags` has {} entries", tags.size()),
                 fmt::format("there may be {} beside our own", kMostTags - kOurTags));
}

}
