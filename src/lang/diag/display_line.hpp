#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

// One source line as a terminal shows it: tabs expanded, control characters made visible, wide
// characters counted twice; and, when it is too long, only a window of it.
class DisplayLine {
public:
    explicit DisplayLine(std::string_view line);

    // Cuts to `width` columns, so that columns from `begin` to `end` are seen if they fit.
    void cut(std::size_t width, std::size_t begin, std::size_t end);

    const std::string& text() const { return text_; }
    std::size_t width() const { return width_; }

    // The column of a byte offset into the line. Offsets behind the end give the end.
    std::size_t column(std::size_t offset) const;
    // The column within the window.
    std::size_t shown_column(std::size_t offset) const;
    // The offset of the last character that begins before `offset`.
    std::size_t previous(std::size_t offset) const;

private:
    struct Glyph {
        std::size_t offset;
        std::size_t column;
        std::string text;
        std::size_t width;
    };

    std::vector<Glyph> glyphs_;
    std::string text_;
    std::size_t width_ = 0;
    std::size_t size_ = 0;
    std::size_t window_begin_ = 0;
    std::size_t window_end_ = 0;
};

}
