#include "json/writer.hpp"

#include "base/check.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace json {

namespace {

// Which bytes of a string need an escape: 0 none, 'u' a hexadecimal one, else the letter.
// Section 7 of RFC 8259. `/` needs none, DEL neither.
constexpr std::array<char, 256> make_escapes() {
    std::array<char, 256> escapes{};
    for (std::size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
    escapes['\b'] = 'b';
    escapes['\f'] = 'f';
    escapes['\n'] = 'n';
    escapes['\r'] = 'r';
    escapes['\t'] = 't';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

struct Shortest {
    bool negative = false;
    std::string digits;   // without trailing zeros
    int point = 0;        // where the decimal point stands, counted from the first digit
};

// std::to_chars() without a precision gives the fewest digits that read back as the same double.
Shortest shortest(double value) {
    std::array<char, 64> buffer;
    auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value),
                                     std::chars_format::scientific);
    CHECK(code == std::errc());
    std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    std::size_t e = text.find('e');
    Shortest result;
    result.negative = std::signbit(value);
    for (char c : text.substr(0, e)) {
        if (c != '.') result.digits += c;
    }
    const char* exponent = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(exponent, end, result.point);
    ++result.point;
    if (value == 0) result.point = 1;
    return result;
}

std::string plain(const Shortest& number) {
    std::string out = number.negative ? "-" : "";
    auto count = static_cast<int>(number.digits.size());
    // Worked examples, digits and point: 0.05 is "5" and -1, 0.5 is "5" and 0, 1.5 is "15" and 1,
    // 100 is "1" and 3.
    if (number.point <= 0) {
        return out + "0." + std::string(static_cast<std::size_t>(-number.point), '0') +
               number.digits;
    }
    if (number.point >= count) {
        // ".0" says that it is no integer: who reads it back as a number keeps the kind.
        return out + number.digits +
               std::string(static_cast<std::size_t>(number.point - count), '0') + ".0";
    }
    auto point = static_cast<std::size_t>(number.point);
    return out + number.digits.substr(0, point) + "." + number.digits.substr(point);
}

std::string format(double value, std::string_view plus) {
    Shortest number = shortest(value);
    // From 1e-5 to below 1e16 without an exponent.
    if (number.point > -5 && number.point <= 16) return plain(number);
    std::string out = number.negative ? "-" : "";
    out += number.digits[0];
    if (number.digits.size() > 1) out += "." + number.digits.substr(1);
    out += "e";
    if (number.point > 0) out += plus;
    return out + std::to_string(number.point - 1);
}

}

std::string format_double(double value) { return format(value, "+"); }
std::string format_double_yaml(double value) { return format(value, ""); }
std::string format_double_plain(double value) { return plain(shortest(value)); }

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain_from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        char escape = kEscapes[byte];
        if (escape == 0) continue;
        // What needs no escape is copied in runs.
        out.append(text, plain_from, i - plain_from);
        plain_from = i + 1;
        out += '\\';
        out += escape;
        if (escape != 'u') continue;
        constexpr std::string_view kHex = "0123456789abcdef";
        out += "00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    out.append(text, plain_from);
    out += '"';
}

void TextWriter::new_line() {
    if (style_ == Style::Compact) return;
    out_ += '\n';
    out_.append(has_members_.size() * 2, ' ');
}

void TextWriter::before_value() {
    if (after_key_) {
        after_key_ = false;
    } else if (!has_members_.empty()) {
        if (has_members_.back()) out_ += ',';
        has_members_.back() = true;
        new_line();
    }
}

void TextWriter::open(char bracket) {
    before_value();
    out_ += bracket;
    has_members_.push_back(false);
}

void TextWriter::close(char bracket) {
    // Empty brackets stay on one line.
    CHECK(!has_members_.empty());
    bool has_members = has_members_.back();
    has_members_.pop_back();
    if (has_members) new_line();
    out_ += bracket;
}

void TextWriter::key(std::string_view name) {
    before_value();
    append_quoted(out_, name);
    out_ += style_ == Style::Compact ? ":" : ": ";
    after_key_ = true;
}

void TextWriter::null() { number_text("null"); }
void TextWriter::boolean(bool value) { number_text(value ? "true" : "false"); }
void TextWriter::number(std::int64_t value) { number_text(std::to_string(value)); }
void TextWriter::number(std::uint64_t value) { number_text(std::to_string(value)); }
void TextWriter::number(double value) { number_text(format_double(value)); }

void TextWriter::number_text(std::string_view text) {
    before_value();
    out_ += text;
}

void TextWriter::string(std::string_view value) {
    before_value();
    append_quoted(out_, value);
}

base::Result<void> TextWriter::finish() {
    CHECK(has_members_.empty());
    return {};
}

}
