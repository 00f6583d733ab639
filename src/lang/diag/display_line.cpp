#include "lang/diag/display_line.hpp"

#include "base/text.hpp"
#include "lang/syntax/utf8.hpp"

#include <algorithm>

namespace lang {

namespace {

// Terminals go to every eighth column; four keeps code narrow, and since we write blanks the
// terminal has no say.
constexpr std::size_t kTab = 4;

// A picture for a control character, a replacement for a stray byte.
std::string shown(std::string_view character) {
    auto byte = static_cast<unsigned char>(character[0]);
    std::string text;
    // U+2400 and on are the pictures of the control characters, in their order; U+2421 is that of
    // DEL, which does not follow them.
    if (byte < 0x20) {
        append_utf8(text, 0x2400U + byte);
    } else if (byte == 0x7F) {
        append_utf8(text, 0x2421);
    } else if (byte >= 0x80 &&
               find_invalid_utf8(character.data(), character.data() + character.size())) {
        append_utf8(text, 0xFFFD);
    } else {
        // C1 controls and the marks that reorder text: shown raw, they would make a line look like
        // another program.
        text = base::escape_controls(character);
    }
    return text;
}

}

DisplayLine::DisplayLine(std::string_view line) : size_(line.size()) {
    for (std::size_t at = 0; at < line.size();) {
        auto length = std::min(static_cast<std::size_t>(utf8_length(line[at])), line.size() - at);
        Glyph glyph{at, width_, {}, 0};
        if (line[at] == '\t') {
            // To the next multiple: a tab is as wide as what stands before it leaves.
            glyph.width = kTab - width_ % kTab;
            glyph.text.assign(glyph.width, ' ');
        } else {
            std::string_view character = line.substr(at, length);
            glyph.text = shown(character);
            // Only the stray byte itself is replaced; what follows it may be sound.
            if (glyph.text == "\uFFFD") length = 1;
            glyph.width = base::display_width(glyph.text);
        }
        width_ += glyph.width;
        text_ += glyph.text;
        at += length;
        glyphs_.push_back(std::move(glyph));
    }
    window_end_ = width_;
}

void DisplayLine::cut(std::size_t width, std::size_t begin, std::size_t end) {
    if (width_ <= width) return;
    std::size_t from = 0;
    // A quarter of the width stays before what is shown: a mark at the very left says nothing of
    // where it stands.
    if (end + 1 > width) from = begin > width / 4 ? begin - width / 4 : 0;
    // The window never reaches past the end of the line, where it would show nothing.
    from = std::min(from, width_ - width);
    window_begin_ = from;
    window_end_ = from + width;
    text_.clear();
    std::size_t column = 0;
    auto put = [&](std::string_view text, std::size_t text_width) {
        text_ += text;
        column += text_width;
    };
    bool cut_before = from > 0;
    bool cut_after = window_end_ < width_;
    if (cut_before) put("…", 1);
    std::size_t limit = width - (cut_after ? 1 : 0);
    for (const Glyph& glyph : glyphs_) {
        // A wide character that lies under the mark of the cut is left out whole; half of it
        // cannot be shown.
        if (glyph.column < from + column || glyph.column < from + (cut_before ? 1 : 0)) continue;
        std::size_t wanted = glyph.column - from;
        if (wanted + glyph.width > limit) break;
        while (column < wanted) put(" ", 1);
        put(glyph.text, glyph.width);
    }
    if (cut_after) put("…", 1);
}

std::size_t DisplayLine::column(std::size_t offset) const {
    if (offset >= size_) return width_;
    auto after = std::ranges::upper_bound(glyphs_, offset, {}, &Glyph::offset);
    return after == glyphs_.begin() ? 0 : std::prev(after)->column;
}

std::size_t DisplayLine::shown_column(std::size_t offset) const {
    std::size_t at = column(offset);
    return std::clamp(at, window_begin_, window_end_) - window_begin_;
}

std::size_t DisplayLine::previous(std::size_t offset) const {
    auto at = std::ranges::lower_bound(glyphs_, offset, {}, &Glyph::offset);
    return at == glyphs_.begin() ? 0 : std::prev(at)->offset;
}

}
