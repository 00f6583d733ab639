#include "sandbox/kit/address.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace sandbox {
namespace {

constexpr std::size_t kLongest = 64;

std::optional<int> parse_bits(std::string_view text, int most) {
    int bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool plain =
        // "08" and "+8" are not taken: from_chars() would accept the first.
        !text.empty() && text[0] >= '0' && text[0] <= '9' && (text.size() == 1 || text[0] != '0');
    if (!plain || error != std::errc() || end != text.data() + text.size() || bits > most) {
        return std::nullopt;
    }
    return bits;
}

std::optional<in6_addr> parse_ipv6(std::string_view text) {
    in6_addr address{};
    if (text.size() > kLongest) return std::nullopt;
    if (::inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return std::nullopt;
    return address;
}

std::string format_ipv6(const in6_addr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &address, text.data(), text.size());
    return text.data();
}

// A shift by 32 bits has no meaning in C++.
std::uint32_t mask_of(int bits) { return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits); }

}

std::string Net4::text() const { return fmt::format("{}/{}", format_ipv4(base), bits); }

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
    in_addr address{};
    if (text.size() > kLongest) return std::nullopt;
    if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

std::string format_ipv4(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24U, (address >> 16U) & 255U,
                       (address >> 8U) & 255U, address & 255U);
}

std::optional<Net4> parse_net4(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = parse_ipv4(text.substr(0, slash));
    const auto bits = parse_bits(text.substr(slash + 1), 32);
    // Host bits have to be zero.
    if (!address || !bits || (*address & ~mask_of(*bits)) != 0) return std::nullopt;
    return Net4{*address, *bits};
}

bool is_private(const Net4& net) {
    for (const std::string_view range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}) {
        if (parse_net4(range)->contains(net)) return true;
    }
    return false;
}

std::optional<std::string> canonical_cidr(std::string_view text) {
    if (const auto net = parse_net4(text)) return net->text();
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = parse_ipv6(text.substr(0, slash));
    const auto bits = parse_bits(text.substr(slash + 1), 128);
    if (!address || !bits) return std::nullopt;
    // The same for IPv6, bit by bit.
    for (int bit = *bits; bit < 128; ++bit) {
        if ((address->s6_addr[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
    }
    return fmt::format("{}/{}", format_ipv6(*address), *bits);
}

std::optional<std::string> canonical_address(std::string_view text) {
    if (const auto address = parse_ipv4(text)) return format_ipv4(*address);
    if (const auto address = parse_ipv6(text)) return format_ipv6(*address);
    return std::nullopt;
}

bool is_in_ipv6_64(std::string_view address, std::string_view prefix) {
    const auto a = parse_ipv6(address);
    const auto b = parse_ipv6(prefix);
    // The first eight bytes are the /64.
    return a && b && std::memcmp(a->s6_addr, b->s6_addr, 8) == 0;
}

}
