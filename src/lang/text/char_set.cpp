#include "lang/text/char_set.hpp"

#include "lang/text/properties.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace lang::text {

static constexpr char32_t kLast = 0x10FFFF;

namespace {

using Range = CharSet::Range;

std::vector<Range> normalize(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<Range> out;
    for (const Range& range : ranges) {
        // Neighbours become one range too: ("a" to "c") and ("d" to "f").
        if (!out.empty() && range.first <= out.back().second + 1) {
            out.back().second = std::max(out.back().second, range.second);
        } else {
            out.push_back(range);
        }
    }
    return out;
}

// As it stands where that is shorter; surrogates are no characters, and UTF-8 cannot hold them.
void append_escaped(std::string& out, char32_t c) {
    if (c >= 0xA0 && (c < 0xD800 || c > 0xDFFF)) return append(out, c);
    std::array<char, 16> buffer;
    std::snprintf(buffer.data(), buffer.size(), "\\x{%X}", static_cast<unsigned>(c));
    out += buffer.data();
}

}

CharSet CharSet::everything() {
    CharSet set;
    set.add(0, kLast);
    return set;
}

static CharSet of_ranges(const std::vector<Range>& ranges) {
    CharSet set;
    for (const Range& range : ranges) set.add(range.first, range.second);
    return set;
}

CharSet CharSet::digits(bool unicode) {
    if (unicode) return of_ranges(*property_ranges("Nd"));
    CharSet set;
    set.add('0', '9');
    return set;
}

CharSet CharSet::word(bool unicode) {
    if (!unicode) return *posix("word");
    // UTS #18, annex C.
    static const CharSet set = [] {
        CharSet all;
        for (std::string_view part : {"Alphabetic", "M", "Nd", "Pc", "Join_Control"})
            all.add(of_ranges(*property_ranges(part)));
        return of_ranges(all.ranges());
    }();
    return set;
}

CharSet CharSet::space(bool unicode) {
    return unicode ? of_ranges(*property_ranges("White_Space")) : *posix("space");
}

std::optional<CharSet> CharSet::posix(std::string_view name) {
    struct Named {
        std::string_view name;
        std::vector<Range> ranges;
    };
    const std::array<Named, 14> kNamed = {{
        {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
        {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
        {"ascii", {{0, 0x7F}}},
        {"blank", {{'\t', '\t'}, {' ', ' '}}},
        {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
        {"digit", {{'0', '9'}}},
        {"graph", {{'!', '~'}}},
        {"lower", {{'a', 'z'}}},
        {"print", {{' ', '~'}}},
        {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
        {"space", {{9, 13}, {' ', ' '}}},
        {"upper", {{'A', 'Z'}}},
        {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
        {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
    }};
    for (const Named& named : kNamed) {
        if (named.name != name) continue;
        CharSet set;
        set.ranges_ = named.ranges;
        return set;
    }
    return std::nullopt;
}

std::optional<CharSet> CharSet::property(std::string_view name) {
    auto ranges = property_ranges(name);
    if (!ranges) return std::nullopt;
    return of_ranges(*ranges);
}

void CharSet::add(const CharSet& other) {
    ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
}

std::vector<Range> CharSet::resolved() const { return normalize(ranges_); }

bool holds(const std::vector<Range>& ranges, char32_t character) {
    auto behind = std::ranges::upper_bound(ranges, character, {}, &Range::first);
    return behind != ranges.begin() && std::prev(behind)->second >= character;
}

CharSet CharSet::with_cases() const {
    // The cased characters all lie below: a loop over the rest would be time for nothing.
    constexpr char32_t kLastCased = 0x1FFFF;
    std::vector<Range> known = resolved();
    // Unicode has letters of three forms: K, k and the Kelvin sign. The first pass finds the lower
    // form, the second what else has it.
    for (int pass = 0; pass < 2; ++pass) {   // twice for letters of more than two forms
        std::vector<Range> all = known;
        for (char32_t c = 0; c <= kLastCased; ++c) {
            const char32_t lower = simple_lower(c);
            const char32_t upper = simple_upper(c);
            if (lower == upper) continue;
            if (!holds(known, c) && !holds(known, lower) && !holds(known, upper)) continue;
            for (char32_t form : {c, lower, upper}) all.push_back({form, form});
        }
        known = normalize(std::move(all));
    }
    CharSet out;
    out.ranges_ = std::move(known);
    return out;
}

CharSet CharSet::complement() const {
    CharSet out;
    char32_t next = 0;
    for (const Range& range : resolved()) {
        if (range.first > next) out.add(next, range.first - 1);
        next = range.second + 1;
    }
    if (next <= kLast) out.add(next, kLast);
    return out;
}

CharSet CharSet::intersect(const CharSet& other) const {
    CharSet out;
    std::vector<Range> mine = resolved();
    std::vector<Range> theirs = other.resolved();
    for (std::size_t i = 0, j = 0; i < mine.size() && j < theirs.size();) {
        char32_t first = std::max(mine[i].first, theirs[j].first);
        char32_t last = std::min(mine[i].second, theirs[j].second);
        if (first <= last) out.add(first, last);
        if (mine[i].second < theirs[j].second) {
            ++i;
        } else {
            ++j;
        }
    }
    return out;
}

std::string CharSet::to_re2(bool negated) const {
    if (ranges_.empty()) {
        // An empty class matches nothing; RE2 has no `[]`. Its opposite is any character, line
        // ends included.
        return negated ? "(?s:.)" : "[^\\x{0}-\\x{10FFFF}]";
    }
    std::string out = negated ? "[^" : "[";
    for (const Range& range : normalize(ranges_)) {
        append_escaped(out, range.first);
        if (range.second == range.first) continue;
        out += '-';
        append_escaped(out, range.second);
    }
    return out + ']';
}

}
