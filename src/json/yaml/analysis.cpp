#include "json/yaml/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace json::yaml {

// Of valid UTF-8, so the first byte tells; min() is for a text that was cut.
std::size_t character_size(std::string_view text) {
    auto first = static_cast<unsigned char>(text[0]);
    std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::min(size, text.size());
}

bool is_printable(std::string_view character) {
    auto first = static_cast<unsigned char>(character[0]);
    // YAML 1.2.2, section 5.1. A tab is printable there, but is escaped here: at the wrong place
    // it is taken for indentation.
    if (first < 0x80) return first == '\n' || (first >= 0x20 && first < 0x7F);
    if (first == 0xC2) return static_cast<unsigned char>(character[1]) >= 0xA0;
    return character != "\u2028" && character != "\u2029" && character != "\uFEFF" &&
           character != "\uFFFE" && character != "\uFFFF";
}

namespace {

// What only YAML 1.1 takes for a line break: it is escaped, but still makes a key no simple one.
// YAML 1.1 readers are still common. What they would read otherwise is written so that both agree.
bool is_old_break(std::string_view character) {
    return character == "\r" || character == "\u0085" || character == "\u2028" ||
           character == "\u2029";
}

bool is_blank_at(std::string_view text, std::size_t at) {
    return at >= text.size() || text[at] == '\0' || text[at] == ' ' || text[at] == '\t' ||
           text[at] == '\n';
}

// A character that means something else where it stands.
// Section 7.3.3, plain scalars: ": " and " #" end one anywhere; the rest matters only at its
// beginning. "-1" and "?x" are fine there, "- x" is not.
bool is_indicator(std::string_view text, std::size_t at, std::size_t size, bool after_blank) {
    char c = text[at];
    bool before_blank = is_blank_at(text, at + size);
    if (c == ':') return before_blank;
    // Behind the beginning only `:` and ` #` mean something. Flow context ([a, b]) is not written
    // with plain scalars in it, so `,` and brackets may stand.
    if (at != 0) return c == '#' && after_blank;
    if (c == '?' || c == '-') return before_blank;
    return std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos;
}

}

Analysis analyze(std::string_view text) {
    Analysis result;
    if (text.empty()) {
        result.literal_allowed = false;
        return result;
    }
    // Document markers count at the beginning of a line, and a scalar may come to stand there.
    bool indicators = text.starts_with("---") || text.starts_with("...");
    bool outer_blank = false;   // a space or break at either end
    bool trailing_space = false;
    bool break_space = false;
    bool unquotable = false;   // only double quotes will do
    bool previous_space = false;
    bool previous_break = false;
    bool after_blank = true;
    for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
        size = character_size(text.substr(at));
        bool is_break = text[at] == '\n';
        bool is_space = text[at] == ' ';
        bool is_last = at + size == text.size();
        indicators |= is_indicator(text, at, size, after_blank);
        unquotable |= !is_printable(text.substr(at, size)) || (is_break && previous_space);
        result.is_multiline |= is_break || is_old_break(text.substr(at, size));
        outer_blank |= (is_break || is_space) && (at == 0 || is_last);
        trailing_space |= is_space && is_last;
        break_space |= is_space && previous_break;
        previous_space = is_space;
        previous_break = is_break;
        after_blank = is_blank_at(text, at);
    }
    // Blanks at either end are lost in a plain scalar, and a line break is folded.
    result.plain_allowed =
        !(outer_blank || break_space || unquotable || result.is_multiline || indicators);
    // In single quotes a break with spaces around it is folded too.
    result.single_quoted_allowed = !break_space && !unquotable;
    // In a literal block lines may begin with spaces; only those of the first would be taken for
    // its indentation, see write_literal().
    result.literal_allowed = !trailing_space && !unquotable;
    return result;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Digits with a radix prefix, of at most 128 bits, with `-` only before the prefix.
// More than YAML 1.2 calls a number: some readers take 0b and 128 bits, and a string that looks so
// is quoted for them.
bool is_radix_integer(std::string_view text, bool negative) {
    if (text.size() < 3 || text[0] != '0') return false;
    int bits = text[1] == 'x' ? 4 : text[1] == 'o' ? 3 : text[1] == 'b' ? 1 : 0;
    if (bits == 0) return false;
    unsigned __int128 value = 0;
    for (char c : text.substr(2)) {
        char lower = static_cast<char>(c | 0x20);
        int digit = is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
        if (digit >= 1 << bits || (value >> (128 - bits)) != 0) return false;
        value = (value << bits) | static_cast<unsigned>(digit);
    }
    return !negative || value <= static_cast<unsigned __int128>(1) << 127;
}

enum class Finite : unsigned char { Wanted, Any };

// [digits] [. digits] [e [-+] digits], finite as a double.
bool is_decimal(std::string_view text, Finite finite = Finite::Wanted) {
    std::size_t at = 0;
    auto skip_digits = [&] {
        std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - begin;
    };
    std::size_t digits = skip_digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        digits += skip_digits();
    }
    if (digits == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (skip_digits() == 0) return false;
    }
    if (at != text.size()) return false;
    return finite == Finite::Any || std::isfinite(std::strtod(std::string(text).c_str(), nullptr));
}

}

namespace {

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// As YAML 1.1 has them (yaml.org/type): "no" is a boolean there, "22:22" and "1_000" are integers,
// a date is a time, `<<` merges and `=` is a default. Many readers still are of 1.1; none of them
// takes the single letters "y" and "n" for booleans, as the page does.
bool is_word_of_1_1(std::string_view text) {
    if (text == "<<" || text == "=") return true;
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (std::string_view word : {"yes", "no", "on", "off"}) {
        if (lower == word) return true;
    }
    return false;
}

// Integers and floats with underscores, in base sixty, of any size.
bool is_number_of_1_1(std::string_view text) {
    if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return false;
    std::string digits(text);
    std::erase(digits, '_');
    if (digits.size() > 2 && digits[0] == '0' && is_one_of(digits[1], "xXoObB"))
        return digits.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
    if (is_decimal(digits, Finite::Any)) return true;
    const std::size_t colon = digits.find(':');
    if (colon == std::string::npos || !all_digits(std::string_view(digits).substr(0, colon)))
        return false;
    return is_digit(digits.back()) &&
           digits.find_first_not_of("0123456789:.", colon) == std::string::npos &&
           std::ranges::count(digits, '.') <= 1;
}

// A year, or more of a date and a time.
bool is_time_of_1_1(std::string_view text) {
    if (text.size() < 8 || text[4] != '-') return false;
    for (const std::size_t i : {0U, 1U, 2U, 3U}) {
        if (!is_digit(text[i])) return false;
    }
    return text.find_first_not_of("0123456789-:.+Tt Zz") == std::string_view::npos;
}

}

bool is_ambiguous(std::string_view text) {
    // Words that a reader of the core schema takes for something else (section 10.3.2).
    for (std::string_view word : {"", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false",
                                  "False", "FALSE", ".nan", ".NaN", ".NAN"}) {
        if (text == word) return true;
    }
    bool minus = text[0] == '-';
    std::string_view rest = minus || text[0] == '+' ? text.substr(1) : text;
    if (rest == ".inf" || rest == ".Inf" || rest == ".INF") return true;
    // "007": an integer in the core schema, octal in YAML 1.1. As a string it needs quotes for
    // both.
    bool leading_zero = rest.size() > 1 && rest[0] == '0' && all_digits(rest);
    return leading_zero || is_radix_integer(rest, minus) || is_decimal(rest) ||
           is_word_of_1_1(text) || is_number_of_1_1(rest) || is_time_of_1_1(text);
}

}
