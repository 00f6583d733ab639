#pragma once

#include "base/result.hpp"
#include "lang/text/char_set.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lang::text {

inline constexpr std::size_t kMaxPatternSize = 1 << 16;
inline constexpr std::size_t kMaxPatternDepth = 250;

// What an expression asks of a place between two characters.
enum class Look : unsigned char {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    CrlfLineStart,   // lines that end with "\r\n", "\r" or "\n": flag R
    CrlfLineEnd,
    WordBoundary,
    NotWordBoundary,
    WordStart,
    WordEnd,
    WordStartHalf,
    WordEndHalf,
};

// A regular expression of the Rust dialect, read. Flags are gone: each node has what they say.
struct RegexNode {
    enum class Kind : unsigned char { Empty, Set, Look, Group, Concat, Alternate, Repeat };
    Kind kind = Kind::Empty;
    // Set: one character
    CharSet set;
    bool negated = false;
    bool any_case = false;   // folded before it is negated
    // Look
    Look look = Look::TextStart;
    bool unicode = true;   // whether words are those of Unicode
    // Group: whether what it matched is kept. Groups are numbered in the order of their brackets.
    bool captures = false;
    // Repeat
    unsigned low = 0;
    std::optional<unsigned> high;
    bool greedy = true;

    std::vector<RegexNode> parts;
    unsigned height = 0;
};

struct RegexTree {
    RegexNode root;
    unsigned groups = 0;
    bool has_unicode_boundary = false;   // RE2's boundaries are those of ASCII
    bool is_beyond_re2 = false;          // half boundaries, lines that end with "\r\n"
};

// Reads a pattern. Errors say what is wrong and at which byte.
base::Result<RegexTree> read_regex(std::string_view pattern);

// The same in RE2's dialect. Boundaries become those of ASCII.
base::Result<std::string> to_re2(const RegexTree& tree);

}
