#pragma once

#include "lang/syntax/arena.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

// What is wrong with an escape: where in the raw text, and what.
struct BadEscape {
    std::size_t offset = 0;
    std::size_t size = 0;
    const char* message = nullptr;   // null: nothing is wrong
};

// The text that `raw`, the inside of a double-quoted string, stands for: escapes resolved, \r\n
// made \n. A bad escape is left as it is; the first one is told.
std::string decode_string(std::string_view raw, BadEscape& bad);

// A piece of a multi-line string: text, or a hole when `is_hole`.
struct MultilinePiece {
    std::string_view text;
    bool is_hole = false;
    std::uint32_t indent = 0;   // of a hole that begins its line, once stripped
};

// Takes away the blank first and last line and the indentation all lines share. Blank lines do not
// count for what is shared. Texts may be left empty; new ones lie in the arena.
void strip_indentation(std::vector<MultilinePiece>& pieces, Arena& arena);

}
