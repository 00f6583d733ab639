#pragma once

#include "lang/format/pieces.hpp"

#include <string>
#include <vector>

namespace lang::format {

// What stands between two pieces.
enum class Gap : unsigned char {
    None,
    Space,
    Line,
    LineOrBlank,   // an empty line of the source is kept
};

// Puts pieces into lines, with the comments before them. One that goes to the end of its line
// forces a new line, whatever the gap was to be.
class Writer {
public:
    explicit Writer(const Pieces& pieces) : pieces_(pieces) {}

    void gap(Gap next) { gap_ = next; }
    void put(std::size_t piece);
    // Comments before a comma go behind it, as they speak of what it ends.
    void put_comma(std::size_t piece);
    // What comes before this piece is told at the indentation that holds until now.
    void put_dedented(std::size_t piece, Gap before);
    // A comment behind what was just put goes to a line of its own: behind an opening bracket.
    void open() { opened_ = true; }
    void indent() { indent_ += 2; }
    void dedent() { indent_ -= 2; }

    std::string finish(std::size_t end_piece);

private:
    void comments(const Piece& piece);
    void comment(const Comment& comment);
    void start_line(bool blank);
    void text(std::string_view text);

    const Pieces& pieces_;
    std::string out_;
    std::vector<Comment> carried_;
    std::size_t indent_ = 0;
    Gap gap_ = Gap::LineOrBlank;
    bool at_line_start_ = true;
    bool opened_ = false;
};

}
