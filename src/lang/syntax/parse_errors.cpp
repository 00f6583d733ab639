#include "lang/syntax/parser_core.hpp"

namespace lang {

namespace {

// Nested brackets and strings are skipped as a whole.
int bracket_step(TokenKind kind) {
    using enum TokenKind;
    switch (kind) {
        case LeftParen:
        case LeftBrace:
        case LeftBracket:
        case LeftEnum:
        case HoleStart:
        case StringStart:
        case MultilineStart:
        case SymbolicStart: return 1;
        case RightParen:
        case RightBrace:
        case RightBracket:
        case RightEnum:
        case HoleEnd:
        case StringEnd: return -1;
        default: return 0;
    }
}

// What is an expression, but not an argument.
bool needs_parentheses(TokenKind kind) {
    using enum TokenKind;
    return kind == Fun || kind == Let || kind == If || kind == Forall || kind == Import ||
           kind == Match || kind == ArrayType || kind == PrimOp;
}

bool starts_definition(TokenKind kind) {
    return kind == TokenKind::Equal || kind == TokenKind::Bar || kind == TokenKind::Colon;
}

}

value::Diagnostic* Parser::report(Span span, std::string message, std::string label,
                                  std::string_view error_kind) {
    // After so many, most repeat what one slip did to the rest of the file.
    if (diagnostics_.size() >= limits_.max_errors) {
        stop();
        return nullptr;
    }
    value::Diagnostic& found = diagnostics_.emplace_back();
    found.kind = "ParseError::" + std::string(error_kind);
    found.message = std::move(message);
    found.labels.push_back({span, std::move(label), true});
    return &found;
}

// What is wrong once is said once: not again at the same token, not where the lexer already spoke.
value::Diagnostic* Parser::unexpected(std::string_view expected) {
    bool repeated = last_error_ == at_;
    last_error_ = at_;
    // When the lexer found a mistake, an end that comes too early is most likely its consequence.
    if (repeated || is(TokenKind::Invalid) || (is(TokenKind::End) && lexer_failed_)) return nullptr;
    std::string label;
    if (!expected.empty()) label = "expected " + std::string(expected);
    value::Diagnostic* found =
        report(at_->span(), "unexpected " + describe(*at_), std::move(label));
    if (found) add_advice(*found, expected);
    return found;
}

ast::Node* Parser::expected_term() {
    Pos begin = at_->begin;
    value::Diagnostic* found = unexpected("an expression");
    if (found) {
        std::string_view advice = advice_for_operand();
        if (!advice.empty()) found->notes.emplace_back(advice);
    }
    return invalid(begin);
}

std::string_view Parser::advice_for_operand() const {
    using enum TokenKind;
    switch (kind()) {
        case Fun:
        case Let:
        case If:
        case Forall:
        case Import:
        case Match:
        case ArrayType:
        case PrimOp:
        case Bang: return at_ == tokens_.data() ? "" : "here it must stand in parentheses";
        case Slash:
            return ahead(1).kind == Slash || (at_ != tokens_.data() && at_[-1].kind == Slash)
                       ? "comments begin with `#`"
                       : "";
        case Percent: {
            const Token& name = ahead(1);
            bool looks_like_one = name.kind == Identifier && name.begin == at_->end;
            return looks_like_one ? "there is no primitive operation of this name" : "";
        }
        case Default:
        case Doc:
        case Optional:
        case Priority:
        case Force:
        case NotExported: return "this word annotates record fields and cannot name a variable";
        case Rec: return "`rec` stands behind `let`";
        default: return {};
    }
}

void Parser::add_advice(value::Diagnostic& found, std::string_view expected) const {
    using enum TokenKind;
    auto note = [&found](std::string text) { found.notes.push_back(std::move(text)); };
    const Token* before = at_ == tokens_.data() ? nullptr : at_ - 1;
    // The slips of those who come from other languages, told by what was found and what was
    // expected there. One note at the most.
    if (is(EqualEqual) && expected.find("`=`") != expected.npos) {
        note("a definition is written with one `=`");
    } else if (is(Semicolon) && expected.find("`,`") != expected.npos) {
        note("elements are separated by `,`");
    } else if (is(Arrow) && expected.find("`=>`") != expected.npos) {
        note("functions and branches are written with `=>`; `->` is for types");
    } else if (is(FatArrow) && expected == "the end of the file") {
        note("a function begins with `fun`: fun x => …");
    } else if (is(Comma) && expected.find("`=>`") != expected.npos) {
        note("parameters are separated by blanks: fun x y => …");
    } else if (starts_definition(kind()) && before && is_field_word(*before) &&
               expected == "`,` or `}`") {
        note("if a new field begins at `" + std::string(text(*before)) +
             "`, a `,` is missing before it");
    } else if (is(Identifier) && expected == "`=` or an annotation") {
        note("functions are bound as values: let f = fun x => … in …");
    } else if (is(Equal) && expected == "the end of the file") {
        note("a name is bound by `let x = … in …`, a field within `{ }`");
    } else if (is(FatArrow) && before && expected == "`,` or `}`") {
        note("if a new branch begins at `" + std::string(text(*before)) +
             "`, a `,` is missing before it");
    } else if (is(Bar) && before && before != tokens_.data() && before[-1].kind == Import) {
        note("an import stands alone; to annotate it put it in parentheses");
    } else if (bracket_step(kind()) < 0 && !closes_something(kind())) {
        note("no bracket is open that it would close");
    } else if (needs_parentheses(kind()) && expected != "an expression") {
        note("as an argument it must stand in parentheses");
    } else if (is_reserved_word(kind()) && expected.find("name") != expected.npos) {
        std::string word(text(*at_));
        note(word + " is a reserved word; as the name of a field it must be quoted: \"" + word +
             "\"");
    } else if (is_metadata_word(kind()) && expected.find("contract") != expected.npos) {
        note("this word annotates record fields, before their `=`: { field | default = value }");
    }
}

std::string Parser::describe(const Token& token) const {
    using enum TokenKind;
    if (token.kind == End) return "end of the file";
    if (std::string_view fixed = fixed_name(token.kind); !fixed.empty()) return std::string(fixed);
    switch (token.kind) {
        case StringLiteral:
        case StringStart:
        case MultilineStart:
        case SymbolicStart:
        case StringText:
        case StringEnd: return "string";
        case HoleStart: return "interpolation `%{`";
        case Invalid: return "character";
        default: break;
    }
    std::string_view written = text(token);
    // A name may be a megabyte long, and stands in the middle of a sentence.
    if (written.size() > 40) return "`" + std::string(written.substr(0, 37)) + "…`";
    return "`" + std::string(written) + "`";
}

ast::Node* Parser::invalid(Pos begin) {
    return arena_.make<ast::Node>(
        // Where nothing was read, `begin` lies behind the last token and the span would be upside
        // down.
        ast::Node{ast::Kind::Invalid, span_from(begin < prev_end_ ? begin : prev_end_)});
}

// Skips to what ends an element of a list: `,`, a closing bracket or the `in` of a let.
void Parser::recover() {
    int brackets = 0;
    int lets = 0;
    for (; !is(TokenKind::End); advance()) {
        int step = bracket_step(kind());
        if (brackets == 0) {
            // A bracket that closes nothing is only a slip.
            // `f(a))` goes on as if the second were not there.
            if (step < 0 && !closes_something(kind())) continue;
            if (step < 0 || is(TokenKind::Comma)) return;
            // The `in` of an outer let ends this element; one whose `let` was skipped does not.
            if (is(TokenKind::In) && lets == 0) return;
            if (is(TokenKind::In)) --lets;
            if (is(TokenKind::Let)) ++lets;
        }
        brackets += step;
    }
}

bool Parser::closes_something(TokenKind closer) const {
    switch (closer) {
        case TokenKind::RightParen: return open_[0] != 0;
        case TokenKind::RightBrace: return open_[1] != 0;
        case TokenKind::RightBracket: return open_[2] != 0;
        case TokenKind::RightEnum: return open_[3] != 0;
        default: return true;
    }
}

Bracket::Bracket(Parser& parser, TokenKind closer)
    : count_(parser.open_[closer == TokenKind::RightParen     ? 0
                          : closer == TokenKind::RightBrace   ? 1
                          : closer == TokenKind::RightBracket ? 2
                                                              : 3]) {
    ++count_;
}

// Gives up: nothing that follows would make sense.
void Parser::stop() {
    // At the end, and as if its error were told: whoever comes back up the recursion finds nothing
    // to read and says nothing more.
    at_ = last_;
    last_error_ = last_;
}

}
