#include "lang/format/writer.hpp"

namespace lang::format {

void Writer::start_line(bool blank) {
    if (!at_line_start_) out_ += '\n';
    if (blank && !out_.empty()) out_ += '\n';
    at_line_start_ = true;
}

void Writer::text(std::string_view text) {
    if (at_line_start_) out_.append(indent_, ' ');
    out_ += text;
    at_line_start_ = false;
    opened_ = false;
}

void Writer::comment(const Comment& comment) {
    if (comment.trailing && !at_line_start_ && !opened_) {
        out_ += ' ';
    } else {
        start_line(comment.blank_before);
    }
    text(comment.text);
    start_line(false);
}

void Writer::comments(const Piece& piece) {
    for (const Comment& one : carried_) comment(one);
    carried_.clear();
    for (std::size_t i = 0; i < piece.comments; ++i) {
        comment(pieces_.comments[piece.first_comment + i]);
    }
}

void Writer::put(std::size_t index) {
    const Piece& piece = pieces_.list[index];
    comments(piece);
    const bool blank = gap_ == Gap::LineOrBlank && piece.blank_before;
    if (gap_ == Gap::Line || gap_ == Gap::LineOrBlank) {
        start_line(blank);
    } else if (gap_ == Gap::Space && !at_line_start_) {
        out_ += ' ';
    }
    text(piece.text);
    gap_ = Gap::None;
}

void Writer::put_comma(std::size_t index) {
    const Piece& piece = pieces_.list[index];
    text(piece.text);
    for (std::size_t i = 0; i < piece.comments; ++i) {
        carried_.push_back(pieces_.comments[piece.first_comment + i]);
    }
}

void Writer::put_dedented(std::size_t index, Gap before) {
    comments(pieces_.list[index]);
    dedent();
    if (before == Gap::Line) start_line(false);
    if (before == Gap::Space && !at_line_start_) out_ += ' ';
    text(pieces_.list[index].text);
    gap_ = Gap::None;
}

std::string Writer::finish(std::size_t end_piece) {
    comments(pieces_.list[end_piece]);
    start_line(false);
    return std::move(out_);
}

}
