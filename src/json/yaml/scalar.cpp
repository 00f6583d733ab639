#include "json/yaml/scalar.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace json::yaml {

using Kind = Scalar::Kind;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <std::size_t size>
bool is_one_of(std::string_view text, const std::array<std::string_view, size>& words) {
    for (std::string_view word : words) {
        if (text == word) return true;
    }
    return false;
}

bool is_not_finite(std::string_view text) {
    constexpr std::array<std::string_view, 12> kWords = {".inf",  ".Inf",  ".INF",  "+.inf",
                                                         "+.Inf", "+.INF", "-.inf", "-.Inf",
                                                         "-.INF", ".nan",  ".NaN",  ".NAN"};
    return is_one_of(text, kWords);
}

// A sign may follow the prefix; the value must fit 64 bits, or the scalar is a string.
// i64, as the official implementation has it: 0xFFFFFFFFFFFFFFFF is a string.
bool read_radix(std::string_view digits, int radix, std::int64_t& value) {
    if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
    if (digits.empty() || digits[0] == '+') return false;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
    return code == std::errc() && end == digits.data() + digits.size();
}

// [-+] digits [. digits] [e [-+] digits] with digits on one side of the point, as JSON writes it.
bool read_decimal(std::string_view text, std::string& number) {
    std::size_t at = 0;
    auto take_digits = [&] {
        std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return text.substr(begin, at - begin);
    };
    bool minus = text[0] == '-';
    if (minus || text[0] == '+') ++at;
    std::string_view whole = take_digits();
    std::string_view fraction;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction = take_digits();
    }
    if (whole.empty() && fraction.empty()) return false;
    std::string_view exponent;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::size_t begin = at++;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (take_digits().empty()) return false;
        exponent = text.substr(begin, at - begin);
    }
    if (at != text.size()) return false;
    // JSON has no leading zeros; in the core schema "010" is ten.
    while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
    number = minus ? "-" : "";
    number += whole.empty() ? "0" : whole;
    if (!fraction.empty()) (number += '.') += fraction;
    number += exponent;
    return true;
}

Scalar of(Kind kind, std::string number = {}) { return {kind, std::move(number)}; }

}

// Section 10.3.2, the core schema. The first byte decides in most cases: nearly all scalars are
// words.
Scalar resolve(std::string_view text) {
    if (text.empty()) return of(Kind::String);
    switch (text[0]) {
        case '~':
        case 'n':
        case 'N':
            if (text == "~" || text == "null" || text == "Null" || text == "NULL") {
                return of(Kind::Null);
            }
            return of(Kind::String);
        case 't':
        case 'T':
            if (text == "true" || text == "True" || text == "TRUE") return of(Kind::True);
            return of(Kind::String);
        case 'f':
        case 'F':
            if (text == "false" || text == "False" || text == "FALSE") return of(Kind::False);
            return of(Kind::String);
        case '+':
        case '-':
        case '.': break;
        default:
            if (!is_digit(text[0])) return of(Kind::String);
    }
    if (is_not_finite(text)) return of(Kind::NotFinite);
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
        std::int64_t value = 0;
        if (!read_radix(text.substr(2), text[1] == 'x' ? 16 : 8, value)) return of(Kind::String);
        return of(Kind::Number, std::to_string(value));
    }
    std::string number;
    if (read_decimal(text, number)) return of(Kind::Number, std::move(number));
    return of(Kind::String);
}

Scalar resolve_tagged(std::string_view text, std::string_view tag, std::string& problem) {
    problem.clear();
    if (tag == "str") return of(Kind::String);
    // With a tag fewer spellings count: `!!bool True` is an error.
    if (tag == "null") {
        if (text == "~" || text == "null") return of(Kind::Null);
    } else if (tag == "bool") {
        if (text == "true") return of(Kind::True);
        if (text == "false") return of(Kind::False);
    } else if (tag == "int") {
        std::int64_t value = 0;
        if (read_radix(text, 10, value)) return of(Kind::Number, std::to_string(value));
    } else if (tag == "float") {
        if (is_not_finite(text)) return of(Kind::NotFinite);
        std::string number;
        if (!text.empty() && read_decimal(text, number)) {
            return of(Kind::Number, std::move(number));
        }
    } else {
        problem = "unknown tag '!!" + std::string(tag.substr(0, 60)) + "'";
        return {};
    }
    problem = "this is no " + std::string(tag) + ", as its tag says";
    return {};
}

}
