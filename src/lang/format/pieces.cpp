#include "lang/format/pieces.hpp"

#include <algorithm>

namespace lang::format {

namespace {

class Taker {
public:
    explicit Taker(const Source& source) : text_(source.text) {}

    void gap(std::size_t end);
    void piece(TokenKind kind, std::size_t begin, std::size_t end);

    Pieces result;

private:
    std::size_t count_lines(std::size_t end);

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
    std::size_t empty_lines_ = 0;   // since the last comment or piece: line feeds, in truth
    std::size_t comments_ = 0;      // of the piece that comes
};

// Moves to `end`; how many line feeds lie between.
std::size_t Taker::count_lines(std::size_t end) {
    const auto lines =
        static_cast<std::size_t>(std::ranges::count(text_.substr(at_, end - at_), '\n'));
    at_ = end;
    line_ += lines;
    return lines;
}

// Blanks and comments up to the next token.
void Taker::gap(std::size_t end) {
    while (at_ < end) {
        const std::size_t hash = std::min(text_.find('#', at_), end);
        empty_lines_ += count_lines(hash);
        if (hash == end) return;
        const std::size_t stop = std::min(text_.find('\n', hash), end);
        std::string_view comment = text_.substr(hash, stop - hash);
        comment = comment.substr(0, comment.find_last_not_of(" \t\r\f\v") + 1);
        const bool first = result.list.empty() && comments_ == 0;
        result.comments.push_back({comment, empty_lines_ == 0 && !first, empty_lines_ > 1});
        ++comments_;
        empty_lines_ = 0;
        at_ = stop;
    }
}

void Taker::piece(TokenKind kind, std::size_t begin, std::size_t end) {
    gap(begin);
    Piece& piece = result.list.emplace_back();
    piece.kind = kind;
    piece.text = text_.substr(begin, end - begin);
    piece.line = line_;
    piece.blank_before = empty_lines_ > 1;
    piece.comments = comments_;
    piece.first_comment = result.comments.size() - comments_;
    count_lines(end);
    piece.last_line = line_;
    empty_lines_ = 0;
    comments_ = 0;
}

bool starts_string(TokenKind kind) {
    return kind == TokenKind::StringStart || kind == TokenKind::MultilineStart ||
           kind == TokenKind::SymbolicStart;
}

}

Pieces take_apart(const Source& source, const std::vector<Token>& tokens) {
    Taker taker(source);
    taker.result.list.reserve(tokens.size());
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (const Token& token : tokens) {
        const std::size_t end = token.end - source.base;
        if (starts_string(token.kind) && depth++ == 0) begin = token.begin - source.base;
        if (depth == 0) {
            // The lexer lets the end of the text lie where the last token ends.
            const bool last = token.kind == TokenKind::End;
            taker.piece(token.kind, last ? source.text.size() : token.begin - source.base,
                        last ? source.text.size() : end);
        } else if (token.kind == TokenKind::StringEnd && --depth == 0) {
            taker.piece(TokenKind::StringLiteral, begin, end);
        }
    }
    return std::move(taker.result);
}

}
