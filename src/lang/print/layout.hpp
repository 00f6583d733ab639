#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace lang::print {

// A text with groups, as a flat list: so that neither making nor laying it out needs recursion.
// A group stands on one line if the whole rest of its line does, else each of its lines breaks.
class Layout {
public:
    void text(std::string text) { parts_.push_back({Kind::Text, 0, std::move(text)}); }
    void line() { parts_.push_back({Kind::Line, 0, {}}); }   // a space, or a new line
    void hard_line() { parts_.push_back({Kind::HardLine, 0, {}}); }
    void begin() { parts_.push_back({Kind::Begin, 0, {}}); }
    void end() { parts_.push_back({Kind::End, 0, {}}); }
    void indent(int by) { parts_.push_back({Kind::Indent, by, {}}); }

    // Deep nesting makes much text of little: more than max_bytes is refused.
    static constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
    base::Result<std::string> render(std::size_t width = 80,
                                     std::size_t max_bytes = kMaxBytes) const;

private:
    enum class Kind : unsigned char { Text, Line, HardLine, Begin, End, Indent };
    struct Part {
        Kind kind;
        int indent;
        std::string text;
    };
    bool fits(std::size_t begin, std::size_t column, std::size_t width) const;

    std::vector<Part> parts_;
};

}
