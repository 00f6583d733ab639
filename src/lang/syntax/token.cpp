#include "lang/syntax/token.hpp"

namespace lang {

std::string_view fixed_name(TokenKind kind) {
    using enum TokenKind;
    switch (kind) {
        case End: return "the end of the file";
        case If: return "`if`";
        case Then: return "`then`";
        case Else: return "`else`";
        case Forall: return "`forall`";
        case In: return "`in`";
        case Let: return "`let`";
        case Rec: return "`rec`";
        case Match: return "`match`";
        case Null: return "`null`";
        case True: return "`true`";
        case False: return "`false`";
        case Fun: return "`fun`";
        case Import: return "`import`";
        case Dyn: return "`Dyn`";
        case NumberType: return "`Number`";
        case BoolType: return "`Bool`";
        case StringType: return "`String`";
        case ArrayType: return "`Array`";
        case Default: return "`default`";
        case Doc: return "`doc`";
        case Optional: return "`optional`";
        case Priority: return "`priority`";
        case Force: return "`force`";
        case NotExported: return "`not_exported`";
        case Underscore: return "`_`";
        case LeftParen: return "`(`";
        case RightParen: return "`)`";
        case LeftBrace: return "`{`";
        case RightBrace: return "`}`";
        case LeftBracket: return "`[`";
        case RightBracket: return "`]`";
        case LeftEnum: return "`[|`";
        case RightEnum: return "`|]`";
        case Comma: return "`,`";
        case Semicolon: return "`;`";
        case Colon: return "`:`";
        case Bar: return "`|`";
        case Question: return "`?`";
        case Equal: return "`=`";
        case FatArrow: return "`=>`";
        case Arrow: return "`->`";
        case Dot: return "`.`";
        case Ellipsis: return "`..`";
        case Plus: return "`+`";
        case Minus: return "`-`";
        case Star: return "`*`";
        case Slash: return "`/`";
        case Percent: return "`%`";
        case PlusPlus: return "`++`";
        case At: return "`@`";
        case Less: return "`<`";
        case LessEqual: return "`<=`";
        case Greater: return "`>`";
        case GreaterEqual: return "`>=`";
        case EqualEqual: return "`==`";
        case NotEqual: return "`!=`";
        case Bang: return "`!`";
        case AndAnd: return "`&&`";
        case OrOr: return "`||`";
        case Ampersand: return "`&`";
        case Pipe: return "`|>`";
        case HoleEnd: return "`}`";
        default: return {};
    }
}

TokenKind word_kind(std::string_view word) {
    using enum TokenKind;
    struct Word {
        std::string_view text;
        TokenKind kind;
    };
    // Sorted by length: the search is over once words are longer than this one.
    static constexpr Word words[] = {
        {"if", If},
        {"in", In},
        {"let", Let},
        {"rec", Rec},
        {"fun", Fun},
        {"Dyn", Dyn},
        {"doc", Doc},
        {"then", Then},
        {"else", Else},
        {"null", Null},
        {"true", True},
        {"Bool", BoolType},
        {"match", Match},
        {"false", False},
        {"Array", ArrayType},
        {"force", Force},
        {"forall", Forall},
        {"import", Import},
        {"Number", NumberType},
        {"String", StringType},
        {"default", Default},
        {"optional", Optional},
        {"priority", Priority},
        {"not_exported", NotExported},
    };
    // The shortest word has two letters, the longest, `not_exported`, twelve. Most names of a
    // program end here or below.
    if (word.size() < 2 || word.size() > 12) return Identifier;
    // Only words starting like a keyword are compared.
    switch (word[0]) {
        case 'i':
        case 't':
        case 'e':
        case 'f':
        case 'l':
        case 'r':
        case 'm':
        case 'n':
        case 'D':
        case 'N':
        case 'B':
        case 'S':
        case 'A':
        case 'd':
        case 'o':
        case 'p': break;
        default: return Identifier;
    }
    for (const Word& entry : words) {
        if (entry.text.size() < word.size()) continue;
        if (entry.text.size() > word.size()) return Identifier;
        if (entry.text == word) return entry.kind;
    }
    return Identifier;
}

bool begins_atom(TokenKind kind) {
    using enum TokenKind;
    switch (kind) {
        case Identifier:
        case Number:
        case EnumTag:
        case QuotedEnumTag:
        case StringLiteral:
        case StringStart:
        case MultilineStart:
        case SymbolicStart:
        case Null:
        case True:
        case False:
        case Dyn:
        case NumberType:
        case BoolType:
        case StringType:
        case Underscore:
        case LeftParen:
        case LeftBrace:
        case LeftBracket:
        case LeftEnum: return true;
        default: return false;
    }
}

bool begins_pattern(TokenKind kind) {
    using enum TokenKind;
    switch (kind) {
        case Identifier:
        case Underscore:
        case Number:
        case Minus:
        case StringLiteral:
        case Null:
        case True:
        case False:
        case EnumTag:
        case QuotedEnumTag:
        case LeftBrace:
        case LeftBracket:
        case LeftParen: return true;
        default: return false;
    }
}

}
