#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <string_view>

// What the vendor documents of texts, ranges and numbers, looked at while planning. Unknown parts
// are let pass.
namespace providers::upcloud {

inline constexpr std::int64_t kLargestStorage = 4096;   // GiB

base::Result<void> check_labels(const value::Value& inputs);
// "10.0.0.0/24"; host bits are the platform's business. Of a list, of each.
base::Result<void> check_range(const value::Value& record, std::string_view input);
base::Result<void> check_address(const value::Value& record, std::string_view input);
base::Result<void> check_length(const value::Value& inputs, std::string_view input,
                                std::size_t least, std::size_t most);
base::Result<void> check_number(const value::Value& inputs, std::string_view input,
                                std::int64_t least, std::int64_t most);
// Letters, digits, dashes and underscores, up to `most`.
base::Result<void> check_name(const value::Value& inputs, std::string_view input, std::size_t most);

}
