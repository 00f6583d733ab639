#pragma once

#include "base/error.hpp"
#include "json/events.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace json {

// Counted from 1; a column is a character, not a byte.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

Position position_of(std::string_view text, std::size_t offset);

// The detail of the errors of every reader of this folder: what a caller needs to underline it.
struct SyntaxError final : base::ErrorDetail {
    std::string message;   // without the position
    Span span;
    Position position;
};

// "line 3, column 7: expected a comma", with a SyntaxError as detail.
base::Error syntax_error(std::string_view text, Span span, std::string message);

// The offset of the first byte that is not part of valid UTF-8, or the size if all of it is valid.
std::size_t find_invalid_utf8(std::string_view text);
// Size, UTF-8; what every reader asks first.
base::Result<void> check_text(std::string_view text, const Limits& limits);

void append_utf8(std::string& out, std::uint32_t code_point);

}
