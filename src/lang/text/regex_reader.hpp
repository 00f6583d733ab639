#pragma once

#include "lang/text/regex_tree.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <string>

namespace lang::text {

inline bool is_ascii_word(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Reads a pattern from left to right: what repeats and groups in regex_reader.cpp, what stands for
// characters in regex_classes.cpp.
class RegexReader {
public:
    explicit RegexReader(std::string_view pattern) : pattern_(pattern) {}

    base::Result<RegexTree> run();

private:
    struct Flags {
        bool unicode = true;
        bool ignore_space = false;
        bool ignore_case = false;
        bool dot_all = false;
        bool multi_line = false;
        bool crlf = false;
        bool swap_greed = false;
    };
    // What one escape stands for.
    struct Escaped {
        enum class Kind : unsigned char { Character, Set, Assertion } kind = Kind::Character;
        char32_t character = 0;
        CharSet set;
        bool negated = false;
        Look look = Look::TextStart;
    };
    struct Count {
        unsigned low = 0;
        std::optional<unsigned> high;
    };

    base::Error error(std::size_t at, std::string_view problem) const {
        return base::invalid_argument("invalid regular expression: " + std::string(problem) +
                                      " at byte " + std::to_string(at));
    }
    bool at_end() const { return at_ == pattern_.size(); }
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
    }
    bool looking_at(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }
    bool take(std::string_view text) {
        if (!looking_at(text)) return false;
        at_ += text.size();
        return true;
    }
    char32_t next() {
        auto [character, size] = decode(pattern_, at_);
        at_ += size;
        return character;
    }
    void skip_ignored();

    base::Result<RegexNode> alternatives(std::size_t depth);
    base::Result<RegexNode> repeated(std::size_t depth);
    base::Result<unsigned> repeat_number();
    base::Result<Count> counted();
    base::Result<RegexNode> atom(std::size_t depth, bool& can_repeat);
    base::Result<RegexNode> group(std::size_t depth, bool& can_repeat);
    base::Result<void> group_name();
    base::Result<void> group_flags();

    base::Result<void> check_bytes(const CharSet& set, bool negated) const;
    base::Result<RegexNode> one_of(CharSet set, bool negated);
    RegexNode look_at(Look look);
    RegexNode line_edge(bool is_start);

    base::Result<char32_t> hex(std::size_t width);
    base::Result<Escaped> property(bool negated, std::size_t begin);
    base::Result<Escaped> word_boundary();
    base::Result<Escaped> escape();
    base::Result<CharSet> bracket(std::size_t depth, bool& negated);
    base::Result<CharSet> nested(std::size_t depth);
    base::Result<Escaped> class_item();
    base::Result<void> range(CharSet& into);

    std::string_view pattern_;
    std::size_t at_ = 0;
    Flags flags_;
    std::vector<std::string> names_;
    RegexTree tree_;
    std::size_t ranges_ = 0;   // in all sets together
};

}
