#include "lang/text/regex_reader.hpp"

// What stands for characters: escapes, properties and bracket expressions.
namespace lang::text {

base::Result<char32_t> RegexReader::hex(std::size_t width) {
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

base::Result<RegexReader::Escaped> RegexReader::property(bool negated, std::size_t begin) {
    if (!flags_.unicode) return error(begin, "properties of characters need the flag u");
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
    return Escaped{.kind = Escaped::Kind::Set, .set = *std::move(set), .negated = negated};
}

// Behind `\b`: alone, or with what it asks for in braces.
base::Result<RegexReader::Escaped> RegexReader::word_boundary() {
    Escaped found{.kind = Escaped::Kind::Assertion, .look = Look::WordBoundary};
    if (!looking_at("{")) return found;
    const std::size_t begin = at_;
    struct Named {
        std::string_view name;
        Look look;
    };
    static constexpr Named kNamed[] = {{"{start}", Look::WordStart},
                                       {"{end}", Look::WordEnd},
                                       {"{start-half}", Look::WordStartHalf},
                                       {"{end-half}", Look::WordEndHalf}};
    for (const Named& named : kNamed) {
        if (!take(named.name)) continue;
        found.look = named.look;
        return found;
    }
    // `\b{2}` is a boundary that repeats.
    const char behind = peek(1);
    if (behind >= '0' && behind <= '9') return found;
    return error(begin, "unknown kind of word boundary");
}

base::Result<RegexReader::Escaped> RegexReader::escape() {
    std::size_t begin = at_++;
    if (at_end()) return error(begin, "incomplete escape");
    char32_t c = next();
    const auto set = [](CharSet all, bool negated) {
        return Escaped{.kind = Escaped::Kind::Set, .set = std::move(all), .negated = negated};
    };
    const auto assertion = [](Look look) {
        return Escaped{.kind = Escaped::Kind::Assertion, .look = look};
    };
    const auto character = [](char32_t one) { return Escaped{.character = one}; };
    switch (c) {
        case 'd':
        case 'D': return set(CharSet::digits(flags_.unicode), c == 'D');
        case 'w':
        case 'W': return set(CharSet::word(flags_.unicode), c == 'W');
        case 's':
        case 'S': return set(CharSet::space(flags_.unicode), c == 'S');
        case 'p':
        case 'P': return property(c == 'P', begin);
        case 'b': return word_boundary();
        case 'B': return assertion(Look::NotWordBoundary);
        case 'A': return assertion(Look::TextStart);
        case 'z': return assertion(Look::TextEnd);
        case 'a': return character('\a');
        case 'f': return character('\f');
        case 't': return character('\t');
        case 'n': return character('\n');
        case 'r': return character('\r');
        case 'v': return character('\v');
        case 'x': {
            const bool is_byte = peek() != '{';
            const char32_t value = TRY(hex(2));
            if (is_byte && value >= 0x80 && !flags_.unicode)
                return error(begin, "without the flag u this matches what is no character");
            return character(value);
        }
        case 'u': return character(TRY(hex(4)));
        case 'U': return character(TRY(hex(8)));
        case '<': return assertion(Look::WordStart);
        case '>': return assertion(Look::WordEnd);
        default: break;
    }
    // As look-around: not in linear time.
    if (c >= '0' && c <= '9') return error(begin, "backreferences are not supported");
    bool is_punctuation = c >= ' ' && c < 0x7F && (!is_ascii_word(c) || c == '_');
    bool is_ignorable = flags_.ignore_space && is_white_space(c);
    if (!is_punctuation && !is_ignorable) return error(begin, "unknown escape");
    return character(c);
}

// What a bracket expression holds, up to its end; `negated` if it begins with a caret.
base::Result<CharSet> RegexReader::bracket(std::size_t depth, bool& negated) {
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

base::Result<CharSet> RegexReader::nested(std::size_t depth) {
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
                TRY(check_bytes(*set, negated));
                return negated ? set->complement() : *set;
            }
        }
    }
    CharSet set = TRY(bracket(depth + 1, negated));
    TRY(check_bytes(set, negated));
    return negated ? set.complement() : set;
}

base::Result<RegexReader::Escaped> RegexReader::class_item() {
    std::size_t begin = at_;
    if (peek() != '\\') return Escaped{.character = next()};
    Escaped escaped = TRY(escape());
    if (escaped.kind == Escaped::Kind::Assertion) {
        return error(begin, "an assertion cannot be part of a class");
    }
    return escaped;
}

base::Result<void> RegexReader::range(CharSet& into) {
    std::size_t begin = at_;
    Escaped first = TRY(class_item());
    skip_ignored();
    bool is_range =
        // "[a-]" and "[a--b]" have no range: a hyphen, and a difference.
        peek() == '-' && peek(1) != ']' && peek(1) != '-' && at_ + 1 < pattern_.size();
    if (first.kind == Escaped::Kind::Set) {
        if (is_range) return error(begin, "a class cannot begin a range");
        TRY(check_bytes(first.set, first.negated));
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

}
