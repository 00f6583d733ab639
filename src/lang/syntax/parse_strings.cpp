#include "lang/syntax/parser_core.hpp"
#include "lang/syntax/string_text.hpp"

namespace lang {

using namespace ast;

// The text of a piece of a double-quoted string; reports a bad escape.
std::string_view Parser::decoded(Pos begin, std::string_view raw, bool needs_decoding) {
    if (!needs_decoding) return raw;
    BadEscape bad;
    std::string text = decode_string(raw, bad);
    if (bad.message) {
        Pos from = begin + static_cast<Pos>(bad.offset);
        value::Diagnostic* found = report({from, from + static_cast<Pos>(bad.size)},
                                          "invalid escape sequence", bad.message);
        if (found) {
            found->notes.emplace_back(
                "escapes are \\\" \\\\ \\' \\% \\n \\r \\t, \\xHH up to 7F and \\u{…}; "
                "there are none in m%\"…\"%");
        }
    }
    return arena_.copy(std::string_view(text));
}

// A string without holes that is to be known without evaluation.
bool Parser::static_text(std::string_view& result) {
    const Token& literal = *at_;
    Span inside{literal.begin + 1, literal.end - 1};
    result = decoded(inside.begin, text(inside), literal.needs_decoding);
    advance();
    return true;
}

ast::Node* Parser::string() {
    Pos begin = at_->begin;
    if (is(TokenKind::StringStart)) return string_with_holes();
    if (!is(TokenKind::StringLiteral)) return multiline_string();
    std::string_view written;
    static_text(written);
    return make<String>(Kind::String, begin, written);
}

const ast::Node* Parser::hole() {
    Token opened = *at_;
    advance();
    const Node* inner = term();
    if (!is(TokenKind::HoleEnd)) {
        expect(TokenKind::HoleEnd, &opened);
        recover();
        // A comma or `in` is nothing a hole could go on with.
        while (!is(TokenKind::HoleEnd) && !is(TokenKind::StringEnd) && !is(TokenKind::End)) {
            advance();
            recover();
        }
    }
    accept(TokenKind::HoleEnd);
    return inner;
}

ast::Node* Parser::string_with_holes() {
    Pos begin = at_->begin;
    advance();
    std::vector<Chunk> chunks;
    for (;;) {
        if (is(TokenKind::StringText)) {
            Token piece = *at_;
            advance();
            chunks.push_back({decoded(piece.begin, text(piece), piece.needs_decoding), nullptr, 0});
        } else if (is(TokenKind::HoleStart)) {
            chunks.push_back({{}, hole(), 0});
        } else {
            break;
        }
    }
    // Whatever else follows, the lexer has told of.
    if (!accept(TokenKind::StringEnd)) last_error_ = at_;
    // What had no hole is plain text, whatever tokens it came in.
    if (chunks.size() == 1 && !chunks[0].expr)
        return make<String>(Kind::String, begin, chunks[0].text);
    return make<Interpolation>(Kind::Interpolation, begin, arena_.copy(chunks), Symbol(), false);
}

// `m%"…"%` and `prefix-s%"…"%`.
ast::Node* Parser::multiline_string() {
    Token start = *at_;
    advance();
    std::vector<MultilinePiece> pieces;
    std::vector<const Node*> holes;
    for (;;) {
        if (is(TokenKind::StringText)) {
            pieces.push_back({text(*at_), false, 0});
            advance();
        } else if (is(TokenKind::HoleStart)) {
            pieces.push_back({{}, true, 0});
            holes.push_back(hole());
        } else {
            break;
        }
    }
    if (!accept(TokenKind::StringEnd)) last_error_ = at_;
    strip_indentation(pieces, arena_);
    const bool symbolic = start.kind == TokenKind::SymbolicStart;
    std::vector<Chunk> chunks;
    std::size_t next_hole = 0;
    for (const MultilinePiece& piece : pieces) {
        if (piece.is_hole) {
            chunks.push_back({{}, holes[next_hole++], piece.indent});
        } else if (symbolic || !piece.text.empty()) {
            // What reads the fragments of a symbolic string is told of each, as the source has
            // them.
            chunks.push_back({piece.text, nullptr, 0});
        }
    }
    // A symbolic string is never plain text: even without holes it is a record with a prefix and
    // fragments.
    if (!symbolic && holes.empty()) {
        return make<String>(Kind::String, start.begin,
                            chunks.empty() ? std::string_view() : chunks[0].text);
    }
    Symbol prefix;
    if (symbolic) {
        std::string_view written = text(start);
        // The prefix may itself hold `-s`, as in `a-s-s%"…"%`: the last one before the signs
        // counts.
        prefix = Symbol::of(written.substr(0, written.rfind("-s%", written.find('%'))));
    }
    return make<Interpolation>(Kind::Interpolation, start.begin, arena_.copy(chunks), prefix,
                               symbolic);
}

}
