#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What the vendor documents of texts and ranges, looked at while planning: it would refuse them
// itself, but only when the change is made, perhaps after something was deleted for it. Unknown
// parts are let pass.
namespace providers::hetzner {

inline constexpr std::size_t kMostAliases = 5;   // of a server in a network

// "10.0.0.0/16": without bits behind the prefix.
struct Ipv4Range {
    std::uint32_t base = 0;
    int bits = 0;

    bool contains(const Ipv4Range& other) const;
    bool overlaps(const Ipv4Range& other) const { return contains(other) || other.contains(*this); }
    // Of RFC 1918.
    bool is_private() const;
    std::string text() const;
};
std::optional<std::uint32_t> ipv4_of(const std::string& text);

// Of an input that has to be one; an error that names it otherwise.
base::Result<std::optional<Ipv4Range>> read_range(const value::Value& inputs,
                                                  std::string_view input);
// As read_range; private, and with a prefix of this length at most.
base::Result<void> check_private_range(const value::Value& inputs, std::string_view input,
                                       int longest);
// A network or an address of either version, as firewalls take them.
base::Result<void> check_network(std::string_view input, const std::string& text);
base::Result<void> check_port(const std::string& text);
base::Result<void> check_labels(const value::Value& inputs);
base::Result<void> check_public_key(const value::Value& inputs);
base::Result<void> check_number(const value::Value& inputs, std::string_view input,
                                std::int64_t least, std::int64_t most, std::string_view unit);
// Of a list.
base::Result<void> check_count(const value::Value& record, std::string_view input,
                               std::size_t most);
base::Result<void> check_length(const value::Value& inputs, std::string_view input,
                                std::size_t most);
// The platform takes an id as well, and shows the name.
base::Result<void> check_is_name(const value::Value& inputs, std::string_view input);
base::Result<void> check_host_name(const value::Value& inputs, std::string_view input);

}
