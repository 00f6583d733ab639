#include "lang/syntax/parser.hpp"

#include "lang/syntax/lexer.hpp"
#include "lang/syntax/parser_core.hpp"

#include <algorithm>

namespace lang {

ParseResult parse(const Source& source, Arena& arena, const ParseLimits& limits) {
    ParseResult result;
    Parser parser(source, arena, limits, result.diagnostics);
    result.root = parser.program();
    return result;
}

Parser::Parser(const Source& source, Arena& arena, const ParseLimits& limits,
               std::vector<value::Diagnostic>& diagnostics)
    : source_(source), arena_(arena), limits_(limits), diagnostics_(diagnostics),
      tokens_(limits.only.empty() ? Lexer(source, diagnostics, limits.stop).run()
                                  : Lexer(source, diagnostics, limits.stop).run(limits.only)),
      at_(tokens_.data()), last_(tokens_.data() + tokens_.size() - 1), prev_end_(source.base),
      lexer_failed_(!diagnostics.empty()) {
    if (diagnostics_.size() > limits_.max_errors) diagnostics_.resize(limits_.max_errors);
}

const ast::Node* Parser::program() {
    const ast::Node* root = term();
    if (!is(TokenKind::End)) unexpected("the end of the file");
    resolve_foralls();
    // The lexer told all of its own before the parser began; sorting puts them among each other by
    // place.
    std::ranges::sort(diagnostics_, {}, [](const value::Diagnostic& found) {
        Pos begin = found.labels.empty() ? 0 : found.labels.front().span.begin;
        return std::pair(begin, std::string_view(found.message));
    });
    return root;
}

const Token& Parser::ahead(std::size_t count) const {
    return static_cast<std::size_t>(last_ - at_) < count ? *last_ : at_[count];
}

void Parser::advance() {
    prev_end_ = at_->end;
    if (at_ != last_) ++at_;
    // Looked at here, since every loop of the parser comes by.
    if (limits_.stop.stop_requested()) [[unlikely]]
        stop();
}

bool Parser::accept(TokenKind wanted) {
    if (!is(wanted)) return false;
    advance();
    return true;
}

bool Parser::expect(TokenKind wanted, const Token* opened) {
    if (accept(wanted)) return true;
    value::Diagnostic* found = unexpected(fixed_name(wanted));
    if (found && opened) found->labels.push_back({opened->span(), "opened here", false});
    return false;
}

bool Parser::is_word(std::string_view word) const {
    return is(TokenKind::Identifier) && text(*at_) == word;
}

// Identifiers and the words of field metadata name fields.
bool Parser::is_field_word(const Token& token) const {
    return token.kind == TokenKind::Identifier || is_metadata_word(token.kind);
}

std::string_view Parser::text(const Token& token) const { return text(token.span()); }

std::string_view Parser::text(Span span) const {
    return std::string_view(source_.text).substr(span.begin - source_.base, span.end - span.begin);
}

// A tree can be high without recursion in the parser: `a + b + c` nests to the left.
bool Parser::grow_height() {
    // Those who walk the tree later do recurse. With this its height is bounded by the nesting,
    // and so is their stack.
    if (++height_ <= 2 * limits_.max_depth) return true;
    report(at_->span(), "this chain of operators or fields is too long", "");
    stop();
    return false;
}

Nested::Nested(Parser& parser) : parser_(parser), outer_height_(parser.height_) {
    // Counting begins anew inside; the destructor adds one for the nesting itself.
    parser_.height_ = 0;
    ok_ = parser_.go_deeper(1);
}

bool Parser::go_deeper(std::size_t levels) {
    depth_ += static_cast<std::uint32_t>(levels);
    if (depth_ <= limits_.max_depth) return true;
    report(at_->span(), "the program is nested too deeply",
           "more than " + std::to_string(limits_.max_depth) + " levels here");
    stop();
    return false;
}

Steps::Steps(Parser& parser, std::size_t count)
    : parser_(parser), count_(static_cast<std::uint32_t>(count)), ok_(parser.go_deeper(count)) {}

Steps::~Steps() { parser_.depth_ -= count_; }

Nested::~Nested() {
    --parser_.depth_;
    parser_.height_ = std::max(outer_height_, parser_.height_ + 1);
}

}
