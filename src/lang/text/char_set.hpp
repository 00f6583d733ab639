#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lang::text {

// A set of characters as regular expressions write them.
class CharSet {
public:
    using Range = std::pair<char32_t, char32_t>;

    static CharSet everything();
    static CharSet digits(bool unicode);
    static CharSet word(bool unicode);
    static CharSet space(bool unicode);
    // [:alpha:] and the like; nothing for an unknown name.
    static std::optional<CharSet> posix(std::string_view name);
    // What stands in \p{…}; nothing for an unknown property.
    static std::optional<CharSet> property(std::string_view name);

    void add(char32_t first, char32_t last) { ranges_.push_back({first, last}); }
    void add(const CharSet& other);
    std::vector<Range> ranges() const { return resolved(); }   // sorted, disjoint
    bool contains(char32_t character) const;
    bool is_empty() const { return ranges_.empty(); }
    bool has_beyond_ascii() const {
        for (const Range& range : ranges_) {
            if (range.second >= 0x80) return true;
        }
        return false;
    }
    std::size_t size() const { return ranges_.size(); }
    CharSet complement() const;
    // With all cases of what it holds, as RE2 has them when case is ignored.
    CharSet with_cases() const;
    CharSet intersect(const CharSet& other) const;
    CharSet subtract(const CharSet& other) const { return intersect(other.complement()); }

    // The class in RE2's syntax, with its brackets.
    std::string to_re2(bool negated) const;

private:
    std::vector<Range> resolved() const;

    std::vector<Range> ranges_;
};

// Whether sorted, disjoint ranges hold a character.
bool holds(const std::vector<CharSet::Range>& ranges, char32_t character);

inline bool CharSet::contains(char32_t character) const { return holds(resolved(), character); }

}
