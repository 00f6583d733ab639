#pragma once

#include "lang/text/regex_tree.hpp"

#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>

namespace lang::text {

// Matches what RE2 has no words for: the words of Unicode at a boundary, half boundaries, lines
// that end with "\r\n". All ways through the expression go through the text together, character by
// character, in the order in which backtracking would try them: time is linear in the text.
// Immutable: may be used from several threads.
class RegexMachine {
public:
    static base::Result<RegexMachine> create(const RegexTree& tree);

private:
    friend class RegexRun;

    struct Instruction {
        enum class Op : unsigned char { Set, Look, Split, Save, Match } op = Op::Match;
        bool unicode = true;           // Look
        Look look = Look::TextStart;   // Look
        std::uint32_t next = 0;
        std::uint32_t other = 0;   // Split: the way that is tried second
        std::uint32_t index = 0;   // Set: of sets_; Save: the offset that is kept
    };
    struct Set {
        std::bitset<128> ascii;
        std::vector<CharSet::Range> ranges;   // beyond ASCII
        bool has(char32_t c) const { return c < 128 ? ascii[c] : holds(ranges, c); }
    };
    bool emit(const RegexNode& node);
    bool emit_repeat(const RegexNode& node);
    std::uint32_t add(Instruction instruction);
    std::uint32_t set_of(const RegexNode& node);
    bool is_full() const;

    std::vector<Instruction> code_;
    std::vector<Set> sets_;
    // While it is made: a repetition emits its parts several times, with their sets and groups.
    std::map<const RegexNode*, std::uint32_t> known_sets_;
    std::map<const RegexNode*, std::uint32_t> known_groups_;
    unsigned groups_ = 0;
};

// Looks for matches in one text; keeps its memory from one to the next. What it is given must
// outlive it.
class RegexRun {
public:
    static constexpr std::size_t npos = ~std::size_t{0};

    RegexRun(const RegexMachine& machine, std::string_view text);
    ~RegexRun();

    // The first match that begins at `from` or behind it: the offsets of its groups, two each, and
    // those of the whole in front. npos: the group took no part.
    std::optional<std::vector<std::size_t>> match(std::size_t from, const std::stop_token& stop);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
