#include "cli/views/names.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace cli {
namespace {

// More digits are dates or ids, which nobody counts through.
constexpr std::size_t kMaxDigits = 9;
constexpr std::size_t kShortestRange = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// An address around its last number, if there is one.
struct Name {
    std::string_view head;
    std::string_view digits;
    std::string_view tail;
    std::uint64_t number = 0;
    std::string_view whole;
};

// "web.vm07.disk" is "web.vm", 07, ".disk": the last number, as that is what loops count.
Name part(std::string_view address) {
    Name name{.head = address, .digits = {}, .tail = {}, .number = 0, .whole = address};
    std::size_t end = address.size();
    while (end > 0 && !is_digit(address[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && is_digit(address[begin - 1])) --begin;
    if (begin == end || end - begin > kMaxDigits) return name;
    name.head = address.substr(0, begin);
    name.digits = address.substr(begin, end - begin);
    name.tail = address.substr(end);
    for (const char c : name.digits) {
        name.number = name.number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return name;
}

bool follows(const Name& before, const Name& after) {
    if (before.digits.empty() || after.digits.empty()) return false;
    if (before.head != after.head || before.tail != after.tail) return false;
    // 09 and 10 count up; 9 and 010 do not.
    const bool is_padded = before.digits.front() == '0' || after.digits.front() == '0';
    if (is_padded && before.digits.size() != after.digits.size()) return false;
    return before.number + 1 == after.number;
}

}

std::vector<std::string> name_pieces(std::vector<std::string_view> addresses) {
    std::vector<Name> names;
    names.reserve(addresses.size());
    for (const std::string_view address : addresses) names.push_back(part(address));
    std::ranges::sort(names, [](const Name& a, const Name& b) {
        if (a.head != b.head) return a.head < b.head;
        if (a.tail != b.tail) return a.tail < b.tail;
        if (a.number != b.number) return a.number < b.number;
        return a.digits.size() < b.digits.size();
    });
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < names.size();) {
        std::size_t end = i + 1;
        while (end < names.size() && follows(names[end - 1], names[end])) ++end;
        // Two are shorter written out.
        if (end - i >= kShortestRange) {
            pieces.push_back(fmt::format("{}{{{}..{}}}{}", names[i].head, names[i].digits,
                                         names[end - 1].digits, names[i].tail));
            i = end;
        } else {
            pieces.emplace_back(names[i].whole);
            ++i;
        }
    }
    return pieces;
}

std::string addresses_text(const std::vector<std::string_view>& addresses, std::size_t width) {
    if (addresses.size() == 1) return std::string(addresses.front());
    const std::vector<std::string> pieces = name_pieces(addresses);
    const std::string count = fmt::format(" ({})", base::format_count(addresses.size()));
    // The last one is always shown: "a, b, … z (26)" tells the range.
    const std::string tail = fmt::format(", … {}{}", pieces.back(), count);
    const std::size_t room = std::max<std::size_t>(width, 40);
    std::string out = pieces.front();
    for (std::size_t shown = 1; shown < pieces.size(); ++shown) {
        const std::string next = fmt::format("{}, {}", out, pieces[shown]);
        const bool is_last = shown + 1 == pieces.size();
        if (base::display_width(next) + base::display_width(is_last ? count : tail) > room) {
            return out + tail;
        }
        out = next;
    }
    return out + count;
}

}
