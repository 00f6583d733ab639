#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the vendor documents of texts, ranges and numbers. Errors name the input.
namespace providers::aws {

// A network of either version, in the form that the platform shows: "10.0.0.0/8", "2001:db8::/32".
struct Network {
    std::string text;   // canonical
    int bits = 0;
    bool is_v6 = false;
    bool has_host_bits = false;   // as it was written; `text` has none
};
std::optional<Network> read_network(std::string_view text);
// The canonical form of a network; what is none stays as it is.
std::string canonical_network(std::string_view text);

// Of an input that is one of IPv4, its prefix between these.
base::Result<void> check_range(const value::Value& inputs, std::string_view input, int least,
                               int most);
base::Result<void> check_network(std::string_view input, const std::string& text);
base::Result<void> check_number(const value::Value& inputs, std::string_view input,
                                std::int64_t least, std::int64_t most, std::string_view unit);
// "vpc-0123456789abcdef0": a prefix, a dash and 8 to 17 hexadecimal digits.
base::Result<void> check_id(const value::Value& inputs, std::string_view input,
                            std::string_view prefix);
base::Result<void> check_tags(const value::Value& inputs);
base::Error wrong(std::string_view input, std::string message, std::string help);

}
