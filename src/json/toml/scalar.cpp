#include "json/toml/scalar.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace json::toml {

using Kind = Scalar::Kind;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Scalar invalid(const char* problem) { return {Kind::Invalid, {}, problem}; }

int value_of(char c) {
    if (is_digit(c)) return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

// Takes one digit or underscore after another; underscores only between digits.
// TOML 1.0, Integer: an underscore has a digit on both sides.
bool take_digits(std::string_view text, std::size_t& at, int radix, std::string& digits) {
    std::size_t begin = at;
    while (at < text.size() && (text[at] == '_' || value_of(text[at]) < radix)) {
        bool between = at > begin && text[at - 1] != '_' && at + 1 < text.size() &&
                       value_of(text[at + 1]) < radix;
        if (text[at] == '_' && !between) return false;
        if (text[at] != '_') digits += text[at];
        ++at;
    }
    return at > begin;
}

// Any number of digits of a radix as decimal digits.
// Schoolbook, and quadratic; read_radix() bounds the digits. The number goes on as a decimal text,
// which is what all readers hand out.
std::string to_decimal(std::string_view digits, int radix) {
    std::string decimal = "0";   // least significant first
    for (char c : digits) {
        int carry = value_of(c);
        for (char& digit : decimal) {
            int value = (digit - '0') * radix + carry;
            digit = static_cast<char>('0' + value % 10);
            carry = value / 10;
        }
        for (; carry != 0; carry /= 10) decimal += static_cast<char>('0' + carry % 10);
    }
    std::reverse(decimal.begin(), decimal.end());
    std::size_t zeros = std::min(decimal.find_first_not_of('0'), decimal.size() - 1);
    return decimal.substr(zeros);
}

Scalar read_radix(std::string_view text, int radix) {
    std::string digits;
    std::size_t at = 2;
    // Making it decimal takes time with the square of its length; no good number is as long.
    if (text.size() > 300) return invalid("the number is too long");
    if (!take_digits(text, at, radix, digits) || at != text.size()) {
        return invalid("invalid digits in a number");
    }
    return {Kind::Number, to_decimal(digits, radix), ""};
}

Scalar read_decimal(std::string_view text) {
    std::string number;
    std::size_t at = 0;
    if (text[0] == '+' || text[0] == '-') {
        if (text[0] == '-') number = "-";
        ++at;
    }
    std::string whole;
    if (!take_digits(text, at, 10, whole)) return invalid("invalid number");
    // "01" is refused, as TOML has it; in an exponent zeros may lead.
    if (whole.size() > 1 && whole[0] == '0') return invalid("a number may not start with a zero");
    number += whole;
    if (at < text.size() && text[at] == '.') {
        number += text[at++];
        if (!take_digits(text, at, 10, number)) return invalid("expected digits after the point");
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        number += text[at++];
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) number += text[at++];
        if (!take_digits(text, at, 10, number)) return invalid("expected digits in the exponent");
    }
    if (at != text.size()) return invalid("invalid number");
    return {Kind::Number, std::move(number), ""};
}

// A cursor over the parts of a time, which have fixed widths.
class Clock {
public:
    explicit Clock(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    // So many digits, of a value within the bounds.
    bool number(std::size_t width, int low, int high, int* value = nullptr) {
        int result = 0;
        for (std::size_t i = 0; i < width; ++i, ++at_) {
            if (!is_digit(peek())) return false;
            result = result * 10 + (peek() - '0');
        }
        if (value != nullptr) *value = result;
        return result >= low && result <= high;
    }
    // As RFC 3339 has dates, with the days of the month checked: 2023-02-29 is no date.
    bool date() {
        int year = 0;
        int month = 0;
        if (!number(4, 0, 9999, &year) || !take('-') || !number(2, 1, 12, &month) || !take('-')) {
            return false;
        }
        constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return number(2, 1, kDays[static_cast<std::size_t>(month - 1)] + (leap ? 1 : 0));
    }
    // Appends the canonical form; a fraction keeps nine digits at most and no zeros at its end.
    bool time(std::string& out) {
        std::size_t begin = at_;
        if (!number(2, 0, 23) || !take(':') || !number(2, 0, 59)) return false;
        // 60 for leap seconds (RFC 3339, section 5.7). TOML 1.1 lets the seconds be left out.
        if (take(':') && !number(2, 0, 60)) return false;
        out += text_.substr(begin, at_ - begin);
        if (peek() != '.') return true;
        std::size_t fraction = ++at_;
        while (is_digit(peek())) ++at_;
        if (at_ == fraction) return false;
        // Nine: nanoseconds. TOML lets a reader cut what is finer, and not round it.
        std::string digits(text_.substr(fraction, std::min<std::size_t>(at_ - fraction, 9)));
        digits.erase(std::max<std::size_t>(digits.find_last_not_of('0') + 1, 1));
        out += "." + digits;
        return true;
    }
    bool offset(std::string& out) {
        if (take('Z') || take('z')) {
            out += 'Z';
            return true;
        }
        std::size_t begin = at_;
        if (!take('+') && !take('-')) return false;
        if (!number(2, 0, 23) || !take(':') || !number(2, 0, 59)) return false;
        std::string_view text = text_.substr(begin, at_ - begin);
        // -00:00 is "the offset is not known" in RFC 3339; nobody asks for the difference, and one
        // form compares as one.
        out += text == "-00:00" ? "+00:00" : text;
        return true;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

Scalar read_time(std::string_view text) {
    Clock clock(text);
    std::string out;
    if (text.size() > 2 && text[2] == ':') {
        if (!clock.time(out) || !clock.at_end()) return invalid("invalid time");
        return {Kind::Time, std::move(out), ""};
    }
    if (!clock.date()) return invalid("invalid date");
    out = text.substr(0, 10);
    if (clock.at_end()) return {Kind::Time, std::move(out), ""};
    if (!clock.take('T') && !clock.take('t') && !clock.take(' ')) return invalid("invalid date");
    out += 'T';
    if (!clock.time(out)) return invalid("invalid time");
    if (!clock.at_end() && !clock.offset(out)) return invalid("invalid offset of a time");
    if (!clock.at_end()) return invalid("invalid time");
    return {Kind::Time, std::move(out), ""};
}

}

Scalar read_scalar(std::string_view text) {
    std::string_view unsigned_text = text;
    if (text.starts_with('+') || text.starts_with('-')) unsigned_text.remove_prefix(1);
    // TOML's inf and nan: no number of the language can be one.
    if (unsigned_text == "inf" || unsigned_text == "nan") return {Kind::NotFinite, {}, ""};
    if (unsigned_text.empty() || !is_digit(unsigned_text[0])) return invalid("invalid value");
    if (text.starts_with("0x")) return read_radix(text, 16);
    if (text.starts_with("0o")) return read_radix(text, 8);
    if (text.starts_with("0b")) return read_radix(text, 2);
    // By the place of the first separator: 1979-05-27 and 07:32:00 against numbers, which never
    // have `-` or `:` there.
    bool four_digits = text.size() > 4 && std::all_of(text.begin(), text.begin() + 4, is_digit);
    if ((four_digits && text[4] == '-') || (text.size() > 2 && text[2] == ':')) {
        return read_time(text);
    }
    return read_decimal(text);
}

}
