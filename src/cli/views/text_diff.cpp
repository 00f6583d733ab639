#include "cli/views/text_diff.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace cli {
namespace {

// 16 MB of table, as numbers of four bytes. Beyond that the texts are shown as all gone and all
// new.
constexpr std::size_t kMaxCells = 4'000'000;

using Lines = std::vector<std::string_view>;

// The longest common subsequence, walked from the front.
void diff_middle(const Lines& a, const Lines& b, std::size_t from, std::size_t a_end,
                 std::size_t b_end, std::vector<DiffLine>& out) {
    std::size_t rows = a_end - from;
    std::size_t columns = b_end - from;
    // Equal beginnings and ends are off already, so this is about what lies between.
    if ((rows + 1) * (columns + 1) > kMaxCells) {
        for (std::size_t i = from; i < a_end; ++i) out.push_back({.mark = '-', .text = a[i]});
        for (std::size_t j = from; j < b_end; ++j) out.push_back({.mark = '+', .text = b[j]});
        return;
    }
    std::vector<std::uint32_t> common((rows + 1) * (columns + 1), 0);
    auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
        return common[i * (columns + 1) + j];
    };
    for (std::size_t i = rows; i-- > 0;) {
        for (std::size_t j = columns; j-- > 0;) {
            at(i, j) = a[from + i] == b[from + j] ? at(i + 1, j + 1) + 1
                                                  : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows || j < columns) {
        if (i < rows && j < columns && a[from + i] == b[from + j]) {
            out.push_back({.mark = ' ', .text = a[from + i++]});
            ++j;
            // Removed lines before added ones, as diffs have them.
        } else if (i < rows && (j == columns || at(i + 1, j) >= at(i, j + 1))) {
            out.push_back({.mark = '-', .text = a[from + i++]});
        } else {
            out.push_back({.mark = '+', .text = b[from + j++]});
        }
    }
}

std::vector<DiffLine> with_context(const std::vector<DiffLine>& all, std::size_t context) {
    std::vector<bool> keep(all.size(), false);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].mark == ' ') continue;
        std::size_t first = i > context ? i - context : 0;
        for (std::size_t j = first; j < std::min(all.size(), i + context + 1); ++j) keep[j] = true;
    }
    std::vector<DiffLine> out;
    for (std::size_t i = 0; i < all.size();) {
        if (keep[i]) {
            out.push_back(all[i++]);
            continue;
        }
        std::size_t end = i;
        while (end < all.size() && !keep[end]) ++end;
        out.push_back({.mark = '.', .text = {}, .left_out = end - i});
        i = end;
    }
    return out;
}

}

std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after,
                                 std::size_t context) {
    Lines a = base::split_lines(before);
    Lines b = base::split_lines(after);
    std::size_t from = 0;
    // Most changes are a few lines in the middle.
    while (from < a.size() && from < b.size() && a[from] == b[from]) ++from;
    std::size_t a_end = a.size();
    std::size_t b_end = b.size();
    while (a_end > from && b_end > from && a[a_end - 1] == b[b_end - 1]) {
        --a_end;
        --b_end;
    }
    std::vector<DiffLine> all;
    for (std::size_t i = 0; i < from; ++i) all.push_back({.mark = ' ', .text = a[i]});
    diff_middle(a, b, from, a_end, b_end, all);
    for (std::size_t i = a_end; i < a.size(); ++i) all.push_back({.mark = ' ', .text = a[i]});
    return with_context(all, context);
}

}
