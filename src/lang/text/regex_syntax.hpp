#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace lang::text {

inline constexpr std::size_t kMaxPatternSize = 1 << 16;
inline constexpr std::size_t kMaxPatternDepth = 250;

// Checks a pattern of the Rust dialect and writes it in RE2's: `\d \w \s` become Unicode classes,
// sets (`[a&&[^b]]`, `--`, `~~`) are computed, `(?x)` is stripped. Word boundaries stay those of
// ASCII, the one thing RE2 cannot express. Errors say what is wrong and at which byte.
base::Result<std::string> to_re2(std::string_view pattern);

}
