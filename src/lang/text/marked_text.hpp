#pragma once

#include "lang/text/char_set.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Texts with marks, by which word boundaries of Unicode are found with those of ASCII alone
// (regex_syntax.hpp).
namespace lang::text {

// What is marked; an underscore itself gives way to a character that is never in a word.
const CharSet& marked_words();
inline constexpr char32_t kUnderscore = 0x10FFFE;

// The text with its marks, and the offset in it of each byte of `text` and of its end. Nothing if
// there is no word character beyond ASCII, so that the plain form will do.
struct MarkedText {
    std::string text;
    std::vector<std::size_t> original;   // offsets in `text` of this by those of the marked one
};
std::optional<MarkedText> mark_words(std::string_view text);

}
