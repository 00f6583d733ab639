#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lsp {

// Zero-based; the character counts UTF-16 units, or bytes where the client agreed to that.
struct Position {
    std::uint32_t line = 0;
    std::uint32_t character = 0;
};

// A text by lines, to turn positions of the protocol into offsets and back.
class Text {
public:
    explicit Text(std::string text, bool counts_bytes = false);

    const std::string& text() const { return text_; }
    // Positions behind the end of a line or of the text are its end.
    std::size_t offset(Position position) const;
    Position position(std::size_t offset) const;
    // Of a place as messages name it: from 1, in characters.
    std::size_t offset_of(std::int64_t line, std::int64_t column) const;
    void replace(Position begin, Position end, std::string_view with);

private:
    void find_lines();

    std::string text_;
    bool counts_bytes_;
    std::vector<std::size_t> lines_;   // where each begins
};

Position position_from(const json::Value* value);
json::Value to_json(Position position);
json::Value range_json(Position begin, Position end);

std::string path_of_uri(std::string_view uri);   // empty: of no file
std::string uri_of_path(std::string_view path);

}
