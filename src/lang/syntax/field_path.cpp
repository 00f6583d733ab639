#include "lang/syntax/field_path.hpp"

#include "lang/syntax/parser_core.hpp"

namespace lang {

std::vector<Symbol> Parser::field_path() {
    std::vector<Symbol> result;
    do {
        std::vector<ast::PathElement> element;
        if (!path_element(element)) return {};
        if (element[0].dynamic) {
            report(element[0].span, "a path cannot hold interpolated text", "");
            return {};
        }
        result.push_back(element[0].name);
    } while (accept(TokenKind::Dot));
    return result;
}

std::vector<Symbol> Parser::whole_path() {
    std::vector<Symbol> result = field_path();
    if (!is(TokenKind::End)) unexpected("`.` or the end of the path");
    return diagnostics_.empty() ? result : std::vector<Symbol>();
}

std::optional<Assignment> Parser::assignment() {
    Assignment result;
    Pos begin = at_->begin;
    result.path = field_path();
    result.path_span = span_from(begin);
    if (result.path.empty()) return std::nullopt;
    if (!accept(TokenKind::Equal)) {
        unexpected("`=` and a value");
        return std::nullopt;
    }
    if (is(TokenKind::At)) return variable_assignment(std::move(result));
    result.value = term();
    if (!is(TokenKind::End)) unexpected("the end of the value");
    resolve_foralls();
    // A path alone is no program: the foralls of its value are resolved here, as program() would.
    if (!diagnostics_.empty()) return std::nullopt;
    return result;
}

// `@env:NAME`: the name is everything behind the colon, whatever the lexer made of it.
std::optional<Assignment> Parser::variable_assignment(Assignment result) {
    constexpr std::string_view kPrefix = "@env:";
    std::string_view value = std::string_view(source_.text).substr(at_->begin - source_.base);
    if (!value.starts_with(kPrefix) || value.size() == kPrefix.size()) {
        Span all{at_->begin, at_->begin + static_cast<Pos>(value.size())};
        // What the lexer made of it is not what is wrong.
        diagnostics_.clear();
        report(all, "not a value that can be assigned", "expected @env:NAME or an expression");
        return std::nullopt;
    }
    // The name of a variable may hold anything, so what the lexer found in it is no mistake; what
    // stands before it is.
    std::erase_if(diagnostics_, [this](const value::Diagnostic& found) {
        return found.labels.empty() || found.labels[0].span.begin >= at_->begin;
    });
    if (!diagnostics_.empty()) return std::nullopt;
    result.variable = value.substr(kPrefix.size());
    return result;
}

std::vector<Symbol> parse_field_path(const Source& source,
                                     std::vector<value::Diagnostic>& diagnostics) {
    Arena arena;
    std::vector<value::Diagnostic> found;
    std::vector<Symbol> path = Parser(source, arena, {}, found).whole_path();
    for (value::Diagnostic& diagnostic : found) diagnostics.push_back(std::move(diagnostic));
    return path;
}

std::optional<Assignment> parse_assignment(const Source& source, Arena& arena,
                                           std::vector<value::Diagnostic>& diagnostics) {
    std::vector<value::Diagnostic> found;
    std::optional<Assignment> result = Parser(source, arena, {}, found).assignment();
    for (value::Diagnostic& diagnostic : found) diagnostics.push_back(std::move(diagnostic));
    return result;
}

// Without a source to underline, the path is part of the message.
std::vector<Symbol> parse_field_path(std::string_view text,
                                     std::vector<value::Diagnostic>& diagnostics) {
    SourceMap sources;
    const Source* source = sources.add("<path>", std::string(text));
    if (!source) return {};
    std::vector<value::Diagnostic> found;
    std::vector<Symbol> path = parse_field_path(*source, found);
    for (value::Diagnostic& diagnostic : found) {
        diagnostic.message = "in the path `" + std::string(text) + "`: " + diagnostic.message;
        for (value::Label& label : diagnostic.labels) label.span = {};
        diagnostics.push_back(std::move(diagnostic));
    }
    return path;
}

}
