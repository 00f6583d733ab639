#pragma once

#include <string_view>
#include <vector>

namespace cli {

// A line of a comparison: ' ' in both, '-' in the first, '+' in the second, '…' for lines left out.
struct DiffLine {
    char mark = ' ';
    std::string_view text;
    std::size_t left_out = 0;   // of a '…' line: mark is '.', this many
};

// What turns one text into the other, by lines, with `context` unchanged lines around. Texts that
// differ in very many lines are told as all removed and all added.
std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after,
                                 std::size_t context = 2);

}
