#include "lang/text/regex_syntax.hpp"

#include "lang/text/char_set.hpp"
#include "lang/text/marked_text.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

namespace lang::text {
namespace {

// RE2's limit for {n}; the Rust dialect has none but the size.
constexpr unsigned kRe2Repeat = 1000;   // RE2 refuses larger counts
// A limit all the same: each repetition is a piece of a compiled program.
constexpr unsigned kMaxRepeat = 100'000;

bool is_word_ascii(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::string literal(char32_t c) {
    std::string out;
    // Letters and digits stand for themselves, also beyond ASCII; punctuation is escaped, so that
    // none of it is an operator; the rest is written as a number.
    if (is_word_ascii(c) || c >= 0xA0) {
        append(out, c);
    } else if (c > ' ' && c < 0x7F) {
        out = "\\";
        out += static_cast<char>(c);
    } else {
        std::array<char, 16> buffer;
        std::snprintf(buffer.data(), buffer.size(), "\\x{%X}", static_cast<unsigned>(c));
        out = buffer.data();
    }
    return out;
}

// The two beyond ASCII that are a letter of ASCII when case is ignored: k and s.
// Unicode's simple case folding: U+212A (Kelvin) folds to k, U+017F (long s) to s.
constexpr char32_t kKelvin = 0x212A;
constexpr char32_t kLongS = 0x17F;

class Translator {
public:
    Translator(std::string_view pattern, bool marked) : pattern_(pattern), marked_(marked) {}

    bool has_unicode_boundary() const { return has_unicode_boundary_; }

    base::Result<std::string> run() {
        std::string out = TRY(alternatives(0));
        if (at_ < pattern_.size()) return error(at_, "unopened group");
        return out;
    }

private:
    struct Flags {
        bool unicode = true;
        bool ignore_space = false;
        bool ignore_case = false;
        bool dot_all = false;
    };
    // What one escape stands for.
    struct Escaped {
        enum class Kind : unsigned char { Character, Set, Assertion } kind = Kind::Character;
        char32_t character = 0;
        CharSet set;
        bool negated = false;
        std::string assertion;
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
    void skip_ignored() {
        while (flags_.ignore_space && !at_end()) {
            auto [character, size] = decode(pattern_, at_);
            if (character == '#') {
                at_ = std::min(pattern_.find('\n', at_), pattern_.size());
            } else if (is_white_space(character)) {
                at_ += size;
            } else {
                return;
            }
        }
    }

    base::Result<std::string> alternatives(std::size_t depth) {
        // This and the classes recurse, and they only: 250 levels are some kilobytes of stack.
        if (depth > kMaxPatternDepth) return error(at_, "groups nested too deeply");
        std::string out;
        for (;;) {
            skip_ignored();
            if (at_end() || peek() == ')') return out;
            if (take("|")) {
                out += '|';
            } else {
                out += TRY(repeated(depth));
            }
            // Sets and counts grow a pattern; what is short may not become megabytes that RE2 then
            // has to read.
            if (out.size() > 16 * kMaxPatternSize) return error(at_, "the pattern is too large");
        }
    }

    // An atom and the repetitions behind it.
    base::Result<std::string> repeated(std::size_t depth) {
        std::size_t begin = at_;
        std::size_t groups = groups_;
        bool can_repeat = true;
        std::string out = TRY(atom(depth, can_repeat));
        bool has_groups = groups_ != groups;
        for (bool is_first = true;; is_first = false) {
            skip_ignored();
            char c = peek();
            if (at_end() || (c != '*' && c != '+' && c != '?' && c != '{')) return out;
            if (!can_repeat) return error(begin, "nothing to repeat");
            // "a**" is allowed in Rust and means what it says; RE2 refuses two operators in a row.
            if (!is_first) out = "(?:" + out + ")";
            if (c == '{') {
                Count count = TRY(counted());
                bool lazy = take("?");
                out = TRY(repeat(out, count, lazy ? "?" : "", has_groups));
                continue;
            }
            ++at_;
            out += c;
            if (take("?")) out += '?';
        }
    }

    base::Result<unsigned> repeat_number() {
        std::size_t begin = at_;
        unsigned value = 0;
        for (; peek() >= '0' && peek() <= '9'; ++at_) {
            value = std::min(value * 10 + static_cast<unsigned>(peek() - '0'), kMaxRepeat + 1);
        }
        if (at_ == begin) return error(begin, "expected a number of repetitions");
        if (value > kMaxRepeat) return error(begin, "too many repetitions");
        return value;
    }

    base::Result<Count> counted() {
        std::size_t begin = at_++;
        Count count;
        count.low = TRY(repeat_number());
        count.high = count.low;
        if (take(",")) {
            count.high.reset();
            if (peek() != '}') count.high = TRY(repeat_number());
        }
        if (!take("}")) return error(begin, "unclosed counted repetition");
        if (count.high && *count.high < count.low) return error(begin, "invalid repetition range");
        return count;
    }

    // In pieces of what RE2 allows at once.
    base::Result<std::string> repeat(const std::string& atom, Count count, std::string_view lazy,
                                     bool has_groups) {
        bool is_small = count.low <= kRe2Repeat && count.high.value_or(0) <= kRe2Repeat;
        // A group would be there several times, and its number would be another.
        if (!is_small && has_groups) return error(at_, "too many repetitions of a group");
        std::string out;
        auto add = [&](unsigned low, std::optional<unsigned> high) {
            out += atom + "{" + std::to_string(low);
            if (high != low) out += "," + (high ? std::to_string(*high) : std::string());
            out += "}";
            out += lazy;
        };
        if (is_small) {
            add(count.low, count.high);
            // Worked example: a{2500} becomes (?:a{1000}a{1000}a{500}), and a{0,1500}
            // (?:a{0,1000}a{0,500}).
            return out;
        }
        for (unsigned left = count.low; left > 0; left -= std::min(left, kRe2Repeat)) {
            add(std::min(left, kRe2Repeat), std::min(left, kRe2Repeat));
        }
        if (!count.high) {
            (out += atom + "*") += lazy;
        } else {
            for (unsigned left = *count.high - count.low; left > 0;
                 left -= std::min(left, kRe2Repeat)) {
                add(0, std::min(left, kRe2Repeat));
            }
        }
        return "(?:" + out + ")";
    }

    base::Result<std::string> atom(std::size_t depth, bool& can_repeat) {
        std::size_t begin = at_;
        switch (peek()) {
            case '(': return group(depth, can_repeat);
            case '[': {
                bool negated = false;
                CharSet set = TRY(bracket(depth, negated));
                return one_of(set, negated);
            }
            case '\\': {
                Escaped escaped = TRY(escape());
                switch (escaped.kind) {
                    // In a group, so that a repetition behind it is of the assertion.
                    case Escaped::Kind::Assertion: return "(?:" + escaped.assertion + ")";
                    case Escaped::Kind::Set: return one_of(escaped.set, escaped.negated);
                    case Escaped::Kind::Character: return one(escaped.character);
                }
                UNREACHABLE();
            }
            case '*':
            case '+':
            case '?':
            case '{': return error(begin, "nothing to repeat");
            case '.': ++at_; return any();
            case '^': ++at_; return std::string("(?:^)");
            case '$': ++at_; return std::string("(?:$)");
            default: return one(next());
        }
    }

    // ---- what matches one character, which in a marked text may stand between marks

    std::string one(char32_t character) const {
        if (!marked_) return literal(character);
        CharSet set;
        set.add(character, character);
        return one_of(std::move(set), false);
    }
    std::string any() const {
        if (!marked_) return ".";
        CharSet line_end;
        if (!flags_.dot_all) line_end.add('\n', '\n');
        return one_of(line_end, true);
    }
    std::string one_of(CharSet set, bool negated) const {
        if (!marked_) return set.to_re2(negated);
        // RE2 folds each half by itself; these two pairs have one letter in each.
        // An example: (?i)k must match the Kelvin sign, which stands between marks, and k, which
        // does not.
        if (flags_.ignore_case) {
            for (auto [ascii, other] : {std::pair{U'k', kKelvin}, std::pair{U's', kLongS}}) {
                if (!set.contains(ascii) && !set.contains(ascii - 32) && !set.contains(other))
                    continue;
                set.add(ascii, ascii);
                set.add(other, other);
            }
        }
        // Folded before the complement: (?i)[^k] must not match K.
        if (negated) set = (flags_.ignore_case ? set.with_cases() : set).complement();
        const CharSet& marked = marked_words();
        CharSet bare = set.subtract(marked);
        CharSet between = set.intersect(marked);
        if (between.contains('_')) between.add(kUnderscore, kUnderscore);
        CharSet underscore;
        underscore.add('_', '_');
        between = between.subtract(underscore);
        if (between.is_empty()) return bare.to_re2(false);
        std::string out = "(?:";
        if (!bare.is_empty()) out += bare.to_re2(false) + "|";
        // Between marks nothing may fold to a letter of ASCII: `_k_` is a letter between two
        // others.
        CharSet folding;
        folding.add(kKelvin, kKelvin);
        folding.add(kLongS, kLongS);
        CharSet alone = between.intersect(folding);
        if (!alone.is_empty()) out += "(?-i:_" + alone.to_re2(false) + "_)|";
        return out + "_" + between.subtract(folding).to_re2(false) + "_)";
    }

    base::Result<std::string> group(std::size_t depth, bool& can_repeat) {
        std::size_t begin = at_++;
        // Flags set inside a group end with it.
        Flags outer = flags_;
        std::string head = "(";
        // RE2 has none: they would need time that is not linear in the text.
        if (looking_at("?=") || looking_at("?!") || looking_at("?<=") || looking_at("?<!")) {
            return error(begin, "look-around is not supported");
        }
        if (take("?P<") || take("?<")) {
            head = TRY(group_name());
            ++groups_;
        } else if (take("?")) {
            head = TRY(group_flags());
            if (take(")")) {   // for the rest of the group around
                can_repeat = false;
                // Flags that RE2 need not know (u, x) leave nothing behind.
                return head.size() == 2 ? std::string() : head + ")";
            }
            head += ':';
            ++at_;
        } else {
            ++groups_;
        }
        std::string body = TRY(alternatives(depth + 1));
        if (!take(")")) return error(begin, "unclosed group");
        flags_ = outer;
        return head + body + ")";
    }

    base::Result<std::string> group_name() {
        std::size_t begin = at_;
        while (is_word_ascii(static_cast<unsigned char>(peek()))) ++at_;
        std::string name(pattern_.substr(begin, at_ - begin));
        if (name.empty() || (name[0] >= '0' && name[0] <= '9') || !take(">")) {
            return error(begin, "invalid name of a group");
        }
        if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
            return error(begin, "two groups of one name");
        }
        names_.push_back(name);
        return "(?P<" + name + ">";
    }

    // Up to the colon or bracket behind the flags; the letters that RE2 knows too.
    base::Result<std::string> group_flags() {
        std::string head = "(?";
        std::string off;
        bool negated = false;
        for (std::size_t begin = at_; peek() != ':' && peek() != ')'; ++at_) {
            char c = peek();
            std::string& kept = negated ? off : head;
            switch (c) {
                case '-':
                    if (negated) return error(at_, "repeated negation of flags");
                    negated = true;
                    break;
                case 'i':
                case 's':
                    (c == 'i' ? flags_.ignore_case : flags_.dot_all) = !negated;
                    kept += c;
                    break;
                case 'm':
                case 'U': kept += c; break;
                case 'u': flags_.unicode = !negated; break;
                case 'x': flags_.ignore_space = !negated; break;
                case 'R': return error(at_, "the flag R is not supported");
                default: return error(at_end() ? begin : at_, "unknown flag of a group");
            }
        }
        if (peek() == ')' && head.size() == 2 && pattern_[at_ - 1] == '?') {
            return error(at_, "nothing to repeat");
        }
        if (pattern_[at_ - 1] == '-') return error(at_, "a negation of no flags");
        if (!off.empty()) head += "-" + off;
        return head;
    }

    base::Result<char32_t> hex(std::size_t width) {
        std::size_t begin = at_;
        bool braced = take("{");
        std::uint32_t value = 0;
        std::size_t digits = 0;
        for (; braced || digits < width; ++digits, ++at_) {
            char c = peek();
            char lower = static_cast<char>(c | 0x20);
            bool is_digit = c >= '0' && c <= '9';
            if (!is_digit && (lower < 'a' || lower > 'f')) break;
            value = value * 16 + static_cast<std::uint32_t>(is_digit ? c - '0' : lower - 87);
            if (value > 0x10FFFF) return error(begin, "the escape is no character");
        }
        if (digits == 0 || (braced && !take("}")) || (!braced && digits != width)) {
            return error(begin, "invalid hexadecimal escape");
        }
        if (value >= 0xD800 && value < 0xE000) return error(begin, "the escape is no character");
        return static_cast<char32_t>(value);
    }

    static Escaped of_character(char32_t character) {
        Escaped escaped;
        escaped.character = character;
        return escaped;
    }
    static Escaped of_set(CharSet set, bool negated) {
        Escaped escaped;
        escaped.kind = Escaped::Kind::Set;
        escaped.set = std::move(set);
        escaped.negated = negated;
        return escaped;
    }
    static Escaped of_assertion(std::string text) {
        Escaped escaped;
        escaped.kind = Escaped::Kind::Assertion;
        escaped.assertion = std::move(text);
        return escaped;
    }

    base::Result<Escaped> property(bool negated, std::size_t begin) {
        std::string_view name;
        if (take("{")) {
            std::size_t end = pattern_.find('}', at_);
            if (end == std::string_view::npos) return error(begin, "unclosed property");
            name = pattern_.substr(at_, end - at_);
            at_ = end + 1;
        } else {
            std::size_t from = at_;
            if (!at_end()) next();
            name = pattern_.substr(from, at_ - from);
        }
        auto set = CharSet::property(name);
        if (!set) return error(begin, "unknown property of characters");
        return of_set(*std::move(set), negated);
    }

    Escaped boundary(std::string text) {
        has_unicode_boundary_ = has_unicode_boundary_ || flags_.unicode;
        return of_assertion(std::move(text));
    }

    base::Result<Escaped> word_boundary(std::size_t begin) {
        if (!looking_at("{")) return boundary("\\b");
        return error(begin, "half word boundaries are not supported");
    }

    base::Result<Escaped> escape() {
        std::size_t begin = at_++;
        if (at_end()) return error(begin, "incomplete escape");
        char32_t c = next();
        switch (c) {
            case 'd':
            case 'D': return of_set(CharSet::digits(flags_.unicode), c == 'D');
            case 'w':
            case 'W': return of_set(CharSet::word(flags_.unicode), c == 'W');
            case 's':
            case 'S': return of_set(CharSet::space(flags_.unicode), c == 'S');
            case 'p':
            case 'P': return property(c == 'P', begin);
            case 'b': return word_boundary(begin);
            case 'B': return boundary("\\B");
            case 'A': return of_assertion("\\A");
            case 'z': return of_assertion("\\z");
            case 'a': return of_character('\a');
            case 'f': return of_character('\f');
            case 't': return of_character('\t');
            case 'n': return of_character('\n');
            case 'r': return of_character('\r');
            case 'v': return of_character('\v');
            case 'x': return of_character(TRY(hex(2)));
            case 'u': return of_character(TRY(hex(4)));
            case 'U': return of_character(TRY(hex(8)));
            case '<':
            case '>': return error(begin, "half word boundaries are not supported");
            default: break;
        }
        // As look-around: not in linear time.
        if (c >= '0' && c <= '9') return error(begin, "backreferences are not supported");
        bool is_punctuation = c >= ' ' && c < 0x7F && (!is_word_ascii(c) || c == '_');
        bool is_ignorable = flags_.ignore_space && is_white_space(c);
        if (!is_punctuation && !is_ignorable) return error(begin, "unknown escape");
        return of_character(c);
    }

    // What a bracket expression holds, up to its end; `negated` if it begins with a caret.
    base::Result<CharSet> bracket(std::size_t depth, bool& negated) {
        std::size_t begin = at_++;
        if (depth > kMaxPatternDepth) return error(begin, "classes nested too deeply");
        negated = take("^");
        CharSet result;
        CharSet operand;
        char operation = 0;   // pending between result and operand
        auto combine = [&] {
            if (operation == 0) {
                result = operand;
            } else if (operation == '&') {
                result = result.intersect(operand);
            } else if (operation == '-') {
                result = result.subtract(operand);
            } else {
                CharSet common = result.intersect(operand);
                result.add(operand);
                result = result.subtract(common);
            }
            operand = CharSet();
        };
        // Hyphens at the beginning stand for themselves, and so does a bracket there: "[]a]".
        while (take("-")) operand.add('-', '-');
        skip_ignored();
        if (take("]")) operand.add(']', ']');
        for (;;) {
            skip_ignored();
            if (at_end()) return error(begin, "unclosed class");
            if (take("]")) break;
            // From left to right and all of the same rank, as in Rust: [a-z&&[^x]--[b]].
            if (looking_at("&&") || looking_at("--") || looking_at("~~")) {
                combine();
                operation = peek();
                at_ += 2;
            } else if (peek() == '[') {
                operand.add(TRY(nested(depth)));
            } else {
                TRY(range(operand));
            }
        }
        combine();
        return result;
    }

    base::Result<CharSet> nested(std::size_t depth) {
        bool negated = false;
        // "[[:alpha:]]": only a known name makes it a class of POSIX; otherwise it is a set that
        // begins with a colon.
        if (looking_at("[:")) {
            std::size_t end = pattern_.find(":]", at_ + 2);
            if (end != std::string_view::npos) {
                std::string_view name = pattern_.substr(at_ + 2, end - at_ - 2);
                negated = name.starts_with('^');
                if (negated) name.remove_prefix(1);
                if (auto set = CharSet::posix(name)) {
                    at_ = end + 2;
                    return negated ? set->complement() : *set;
                }
            }
        }
        CharSet set = TRY(bracket(depth + 1, negated));
        return negated ? set.complement() : set;
    }

    base::Result<Escaped> class_item() {
        std::size_t begin = at_;
        if (peek() != '\\') return of_character(next());
        Escaped escaped = TRY(escape());
        if (escaped.kind == Escaped::Kind::Assertion) {
            return error(begin, "an assertion cannot be part of a class");
        }
        return escaped;
    }

    base::Result<void> range(CharSet& into) {
        std::size_t begin = at_;
        Escaped first = TRY(class_item());
        skip_ignored();
        bool is_range =
            // "[a-]" and "[a--b]" have no range: a hyphen, and a difference.
            peek() == '-' && peek(1) != ']' && peek(1) != '-' && at_ + 1 < pattern_.size();
        if (first.kind == Escaped::Kind::Set) {
            if (is_range) return error(begin, "a class cannot begin a range");
            into.add(first.negated ? first.set.complement() : first.set);
            return {};
        }
        if (!is_range) {
            into.add(first.character, first.character);
            return {};
        }
        ++at_;
        skip_ignored();
        Escaped last = TRY(class_item());
        if (last.kind == Escaped::Kind::Set) return error(begin, "a class cannot end a range");
        if (last.character < first.character) return error(begin, "invalid range of characters");
        into.add(first.character, last.character);
        return {};
    }

    std::string_view pattern_;
    bool marked_;
    bool has_unicode_boundary_ = false;
    std::size_t at_ = 0;
    std::size_t groups_ = 0;
    Flags flags_;
    std::vector<std::string> names_;
};

}

base::Result<Translation> to_re2(std::string_view pattern, bool for_marked_text) {
    if (pattern.size() > kMaxPatternSize) {
        return base::Error(base::Code::Exhausted, "the regular expression is too long");
    }
    Translator translator(pattern, for_marked_text);
    Translation translation;
    translation.pattern = TRY(translator.run());
    translation.needs_marks = translator.has_unicode_boundary();
    return translation;
}

}
