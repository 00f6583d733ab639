#pragma once

#include "value/diagnostic.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

using value::Pos;
using value::Span;

// One immutable source text. Its first byte is at position `base`.
struct Source {
    std::string name;   // as shown to people: a path, "<stdin>", "<std/array>"
    std::string text;
    Pos base = 0;
    mutable std::vector<std::uint32_t> line_starts;   // made by the first SourceMap::place
};

// Where a position lies: 1-based line and column (in code points).
struct Place {
    const Source* source = nullptr;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

// All sources of one evaluation. Append-only; sources never move. Not thread-safe.
class SourceMap {
public:
    SourceMap();

    // Total text is limited to 4 GiB - 1; null when it would be exceeded.
    const Source* add(std::string name, std::string text);

    const Source* find(Pos pos) const;   // binary search; null for 0
    Place place(Pos pos) const;
    std::string_view text(Span span) const;

private:
    std::vector<std::unique_ptr<Source>> sources_;
    Pos next_ = 1;
};

}
