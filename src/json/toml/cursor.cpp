#include "json/toml/cursor.hpp"

#include "json/error.hpp"

#include <algorithm>
#include <utility>

namespace json::toml {

bool Cursor::is_at_control() const {
    if (is_at_end()) return false;
    const auto byte = static_cast<unsigned char>(peek());
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

bool Cursor::take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
}

void Cursor::skip_space() {
    while (peek() == ' ' || peek() == '\t') ++at_;
}

base::Result<void> Cursor::skip_comment() {
    if (peek() != '#') return {};
    for (; !is_at_end() && peek() != '\n' && !text_.substr(at_).starts_with("\r\n"); ++at_) {
        if (is_at_control()) return error("invalid character in a comment");
    }
    return {};
}

base::Result<void> Cursor::skip_blank_lines() {
    do {
        skip_space();
        TRY(skip_comment());
    } while (take_newline());
    return {};
}

base::Result<void> Cursor::end_of_line() {
    skip_space();
    TRY(skip_comment());
    if (!is_at_end() && !take_newline()) return error("expected the end of the line");
    return {};
}

base::Error Cursor::error(std::string message) const {
    const auto at = static_cast<std::uint32_t>(at_);
    return error_at({at, at + (is_at_end() ? 0U : 1U)}, std::move(message));
}

std::size_t Cursor::line_of(Span span) const {
    const auto before = text_.substr(0, span.begin);
    return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

base::Error Cursor::error_at(Span span, std::string message) const {
    if (span.begin == text_.size()) message += ", found the end of the text";
    return syntax_error(text_, span, std::move(message));
}

}
