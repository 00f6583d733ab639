#pragma once

#include "lang/syntax/source.hpp"
#include "lang/syntax/token.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace lang::format {

struct Comment {
    std::string_view text;       // from the `#` on, without blanks at its end
    bool trailing = false;       // behind something on its line
    bool blank_before = false;   // an empty line parts it from what stands before
};

// A token as it is written, with the comments before it. A string with all of its holes is one
// piece: what it says depends on its blanks, so that nothing in it is touched.
struct Piece {
    TokenKind kind = TokenKind::End;
    std::string_view text;
    std::size_t line = 0;   // of its first and of its last character
    std::size_t last_line = 0;
    std::size_t first_comment = 0;
    std::size_t comments = 0;
    bool blank_before = false;   // an empty line parts it from its last comment or the piece before
};

struct Pieces {
    std::vector<Piece> list;   // the last one is the end of the file
    std::vector<Comment> comments;
};

// Of a text that the lexer has nothing to say against.
Pieces take_apart(const Source& source, const std::vector<Token>& tokens);

}
