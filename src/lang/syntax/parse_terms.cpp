#include "lang/syntax/binders.hpp"
#include "lang/syntax/parser_core.hpp"

#include <algorithm>

namespace lang {

using namespace ast;

ast::Node* Parser::term() {
    // Each term is a call deeper: brackets without end must end in a message, not in a crash.
    Nested nested(*this);
    if (!nested.ok()) return invalid(at_->begin);
    switch (kind()) {
        case TokenKind::Let: return let();
        case TokenKind::Fun: return function();
        case TokenKind::If: return conditional();
        case TokenKind::Forall: return forall();
        case TokenKind::Import: return import();
        default: return annotated();
    }
}

ast::Node* Parser::let() {
    Pos begin = at_->begin;
    Token opened = *at_;
    advance();
    bool recursive = accept(TokenKind::Rec);
    std::vector<Binding> bindings;
    do {
        // A comma before `in` is allowed.
        if (is(TokenKind::In) && !bindings.empty()) break;
        binding(bindings);
        if (is(TokenKind::Comma) || is(TokenKind::In)) continue;
        if (value::Diagnostic* found = unexpected("`in` or `,`")) {
            found->labels.push_back({opened.span(), "for this `let`", false});
        }
        recover();
    } while (accept(TokenKind::Comma));
    accept(TokenKind::In);
    const Node* body = term();
    // Last, so that what is wrong in the bindings themselves is told first.
    check_bindings(bindings);
    return make<Let>(Kind::Let, begin, arena_.copy(bindings), body, recursive);
}

void Parser::binding(std::vector<Binding>& bindings) {
    Pos begin = at_->begin;
    Binding result;
    result.pattern = pattern();
    result.annotations = annotations(AnnotationPlace::Let);
    if (accept(TokenKind::Equal)) {
        result.value = term();
    } else {
        unexpected(result.annotations ? "`=`" : "`=` or an annotation");
        result.value = invalid(at_->begin);
    }
    result.span = span_from(begin);
    bindings.push_back(result);
}

void Parser::check_bindings(const std::vector<Binding>& bindings) {
    if (bindings.size() < 2) return;
    auto key = [](const Binder& binder) { return std::pair(binder.name.id, binder.span.begin); };
    std::vector<Binder> binders;
    for (const Binding& binding : bindings) {
        // Within one pattern a later binder hides an earlier one; between patterns it is an error.
        std::size_t first = binders.size();
        collect_binders(*binding.pattern, binders);
        auto own = binders.begin() + static_cast<std::ptrdiff_t>(first);
        // By the symbol's number, which only brings equal names together, and then by place.
        std::ranges::sort(own, binders.end(), {}, key);
        binders.erase(
            std::unique(own, binders.end(), [](auto& a, auto& b) { return a.name == b.name; }),
            binders.end());
    }
    std::ranges::sort(binders, {}, key);
    for (std::size_t i = 1; i < binders.size(); ++i) {
        if (binders[i].name != binders[i - 1].name) continue;
        std::string name(binders[i].name.text());
        value::Diagnostic* found = report(
            binders[i].span, "`" + name + "` is bound twice in one `let`", "bound again here");
        if (!found) return;
        found->labels.push_back({binders[i - 1].span, "first bound here", false});
    }
}

ast::Node* Parser::function() {
    Pos begin = at_->begin;
    advance();
    std::vector<const Pattern*> parameters;
    // Patterns follow one another, so those with an argument need parentheses here.
    while (begins_pattern(kind())) parameters.push_back(alternative(PatternPlace::Argument));
    if (parameters.empty()) {
        unexpected("a parameter");
    } else if (!is(TokenKind::FatArrow)) {
        unexpected("`=>` or another parameter");
    }
    if (!accept(TokenKind::FatArrow)) return invalid(begin);
    const Node* body = term();
    return make<Fun>(Kind::Fun, begin, arena_.copy(parameters), body);
}

ast::Node* Parser::conditional() {
    Pos begin = at_->begin;
    Token opened = *at_;
    advance();
    const Node* condition = term();
    // Without it nobody knows where the condition was to end: the rest is not guessed at.
    if (!expect(TokenKind::Then)) return invalid(begin);
    const Node* then_branch = term();
    if (!accept(TokenKind::Else)) {
        if (value::Diagnostic* found = unexpected("`else`")) {
            found->labels.push_back({opened.span(), "this `if` has no `else` yet", false});
        }
        return invalid(begin);
    }
    const Node* else_branch = term();
    return make<If>(Kind::If, begin, condition, then_branch, else_branch);
}

ast::Node* Parser::import() {
    Pos begin = at_->begin;
    advance();
    // A bare name is a package of the manifest; a path is always in quotes.
    if (is(TokenKind::Identifier)) {
        std::string_view package = text(*at_);
        advance();
        return make<Import>(Kind::Import, begin, package, ImportFormat::Auto, true);
    }
    std::string_view path;
    if (!is(TokenKind::StringLiteral)) {
        if (value::Diagnostic* found =
                unexpected("a path in double quotes or the name of a package")) {
            // What a program imports is known before it runs: files are read and checked first.
            bool has_holes = is(TokenKind::StringStart);
            if (has_holes) found->notes.emplace_back("a path is fixed text: it cannot be computed");
        }
        return invalid(begin);
    }
    static_text(path);
    ImportFormat format = ImportFormat::Auto;
    if (is_word("as")) {
        advance();
        if (!is(TokenKind::EnumTag) && !is(TokenKind::QuotedEnumTag)) {
            unexpected("a format such as 'Json");
            return invalid(begin);
        }
        std::string_view tag = tag_symbol(*at_).text();
        if (tag == "Nickel")
            format = ImportFormat::Nickel;
        else if (tag == "Json")
            format = ImportFormat::Json;
        else if (tag == "Yaml")
            format = ImportFormat::Yaml;
        else if (tag == "Toml")
            format = ImportFormat::Toml;
        else if (tag == "Text")
            format = ImportFormat::Text;
        else if (value::Diagnostic* found = report(at_->span(), "unknown import format", "")) {
            found->notes.emplace_back("formats are 'Nickel, 'Json, 'Yaml, 'Toml and 'Text");
        }
        advance();
    }
    return make<Import>(Kind::Import, begin, path, format, false);
}

ast::Node* Parser::match() {
    Pos begin = at_->begin;
    advance();
    if (!is(TokenKind::LeftBrace)) {
        value::Diagnostic* found = unexpected("`{`");
        if (found)
            found->notes.emplace_back("a match is a function of what it matches: x |> match { … }");
        // `match x { … }`, as others write it: `x` is read and thrown away so that the branches
        // are looked at.
        operand();
        if (!is(TokenKind::LeftBrace)) return invalid(begin);
    }
    Token opened = *at_;
    advance();
    Bracket bracket(*this, TokenKind::RightBrace);
    std::vector<Branch> branches;
    while (!is(TokenKind::RightBrace)) {
        branch(branches);
        if (accept(TokenKind::Comma)) continue;
        if (is(TokenKind::RightBrace)) break;
        if (value::Diagnostic* found = unexpected("`,` or `}`")) {
            found->labels.push_back({opened.span(), "opened here", false});
        }
        recover();
        if (!accept(TokenKind::Comma)) break;
    }
    expect(TokenKind::RightBrace, &opened);
    return make<Match>(Kind::Match, begin, arena_.copy(branches));
}

void Parser::branch(std::vector<Branch>& branches) {
    Pos begin = at_->begin;
    Branch result;
    result.pattern = pattern();
    if (accept(TokenKind::If)) result.guard = term();
    if (accept(TokenKind::FatArrow)) {
        result.body = term();
    } else {
        unexpected(result.guard ? "`=>`" : "`=>` or `if`");
        result.body = invalid(at_->begin);
    }
    result.span = span_from(begin);
    branches.push_back(result);
}

}
