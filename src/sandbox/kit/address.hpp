#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

// An IPv4 network; an address is one of 32 bits.
struct Net4 {
    std::uint32_t base = 0;   // host bits are zero
    int bits = 32;

    std::uint64_t size() const { return std::uint64_t{1} << (32 - bits); }
    std::uint32_t last() const { return static_cast<std::uint32_t>(base + size() - 1); }
    bool contains(std::uint32_t address) const { return address >= base && address <= last(); }
    bool contains(const Net4& other) const {
        return contains(other.base) && contains(other.last());
    }
    bool overlaps(const Net4& other) const { return contains(other.base) || other.contains(base); }
    std::string text() const;
};

std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::string format_ipv4(std::uint32_t address);
// "10.0.0.0/16"; not when host bits are set.
std::optional<Net4> parse_net4(std::string_view text);
// Within 10/8, 172.16/12 or 192.168/16.
bool is_private(const Net4& net);

// A CIDR of either family without host bits, in its canonical form (RFC 5952), or nothing.
std::optional<std::string> canonical_cidr(std::string_view text);
// An address of either family in its canonical form.
std::optional<std::string> canonical_address(std::string_view text);
// Whether an IPv6 address lies in the /64 that begins with `prefix` ("2001:db8::").
bool is_in_ipv6_64(std::string_view address, std::string_view prefix);

}
