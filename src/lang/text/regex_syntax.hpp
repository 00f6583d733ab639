#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace lang::text {

inline constexpr std::size_t kMaxPatternSize = 1 << 16;
inline constexpr std::size_t kMaxPatternDepth = 250;

// Checks a pattern of the Rust dialect and writes it in RE2's: `\d \w \s` become Unicode classes,
// sets (`[a&&[^b]]`, `--`, `~~`) are computed, `(?x)` is stripped. Errors say what is wrong and at
// which byte.
//
// RE2 knows the word boundaries of ASCII only. A pattern with Unicode's is translated in another
// way for a text in which mark_words put an underscore before and behind each word character
// beyond ASCII, and each underscore: there both kinds of boundaries are the same.
struct Translation {
    std::string pattern;
    bool needs_marks = false;   // there are word boundaries of Unicode
};
base::Result<Translation> to_re2(std::string_view pattern, bool for_marked_text = false);

}
