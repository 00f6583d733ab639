#pragma once

#include "lang/syntax/source.hpp"

#include <cstdint>
#include <string_view>

namespace lang {

enum class TokenKind : std::uint8_t {
    End,
    Invalid,
    Identifier,
    Number,
    PrimOp,
    EnumTag,
    QuotedEnumTag,   // 'foo and '"foo bar"
    // strings: a whole literal without holes, or its pieces
    StringLiteral,   // "…" in one piece
    StringStart,
    MultilineStart,
    SymbolicStart,
    StringText,
    HoleStart,
    HoleEnd,
    StringEnd,
    // reserved words
    If,
    Then,
    Else,
    Forall,
    In,
    Let,
    Rec,
    Match,
    Null,
    True,
    False,
    Fun,
    Import,
    Dyn,
    NumberType,
    BoolType,
    StringType,
    ArrayType,
    // words of field metadata, which are field names as well
    Default,
    Doc,
    Optional,
    Priority,
    Force,
    NotExported,
    // punctuation
    Underscore,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    LeftEnum,
    RightEnum,   // [| and |]
    Comma,
    Semicolon,
    Colon,
    Bar,
    Question,
    Equal,
    FatArrow,
    Arrow,
    Dot,
    Ellipsis,
    // operators
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    PlusPlus,
    At,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    EqualEqual,
    NotEqual,
    Bang,
    AndAnd,
    OrOr,
    Ampersand,
    Pipe,
};

struct Token {
    TokenKind kind = TokenKind::End;
    bool needs_decoding = false;   // string text with escapes or carriage returns
    std::uint16_t primop = 0;      // for PrimOp: index into the table
    Pos begin = 0;
    Pos end = 0;

    Span span() const { return {begin, end}; }
};

inline bool is_metadata_word(TokenKind kind) {
    return kind >= TokenKind::Default && kind <= TokenKind::NotExported;
}

inline bool is_reserved_word(TokenKind kind) {
    return kind >= TokenKind::If && kind <= TokenKind::ArrayType;
}

inline bool is_operator(TokenKind kind) {
    return kind >= TokenKind::Plus && kind <= TokenKind::Pipe;
}

// Whether a term that stands by itself, an argument for one, or a pattern can begin so.
bool begins_atom(TokenKind kind);
bool begins_pattern(TokenKind kind);

// How messages call a token whose text does not vary, with back quotes: "`in`"; "" if it does.
std::string_view fixed_name(TokenKind kind);

// The keyword or metadata word spelled so, or Identifier.
TokenKind word_kind(std::string_view word);

}
