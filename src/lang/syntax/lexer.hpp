#pragma once

#include "lang/syntax/source.hpp"
#include "lang/syntax/token.hpp"
#include "value/diagnostic.hpp"

#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace lang {

// Splits a whole source into tokens, the last of them End. Strings come out in pieces, because a
// hole inside one is again a sequence of tokens; the lexer keeps a stack of what it is inside of.
// Problems are reported to `diagnostics` and leave an Invalid token.
class Lexer {
public:
    Lexer(const Source& source, std::vector<value::Diagnostic>& diagnostics,
          std::stop_token stop = {});

    std::vector<Token> run();
    // See ParseLimits::only.
    std::vector<Token> run(std::span<const std::pair<std::size_t, std::size_t>> only);

private:
    enum class Mode : unsigned char { Code, String, Multiline };
    // For Code: how many braces are open since the hole began. For Multiline: how many `%`.
    struct Frame {
        Mode mode;
        std::uint32_t count;
        Pos opened;
    };

    void lex_to_end();
    void lex_code();
    void lex_string();
    void lex_multiline();
    void lex_word();
    void lex_number();
    void lex_tag();
    void lex_quote(const char* start, TokenKind whole);
    void lex_percent();
    void lex_punctuation();
    void lex_close_brace();
    void lex_stray_character();
    bool skip_blanks();
    bool validate_text();
    void report_open_hole();
    void report_open_string(Span where, std::string note = {});

    Pos pos(const char* at) const { return base_ + static_cast<Pos>(at - begin_); }
    void push(TokenKind kind, const char* from, const char* to, bool needs_decoding = false);
    void report(Span span, std::string message, std::string label, std::string note = {});

    const char* begin_;
    const char* end_;
    const char* at_;
    Pos base_;
    std::stop_token stop_;
    std::vector<Frame> frames_;
    std::vector<Token> tokens_;
    std::vector<value::Diagnostic>& diagnostics_;
};

}
