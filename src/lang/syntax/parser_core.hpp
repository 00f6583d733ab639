#pragma once

#include "lang/syntax/field_path.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/token.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lang {

// Recursive descent with operator precedence. Internal to lang/syntax: users call parse().
// Every method returns a node and leaves the current token behind what it understood; after an
// error it returns an Invalid node, and the nearest enclosing list skips to its next element.
class Parser {
public:
    Parser(const Source& source, Arena& arena, const ParseLimits& limits,
           std::vector<value::Diagnostic>& diagnostics);

    const ast::Node* program();
    std::vector<Symbol> whole_path();
    std::optional<Assignment> assignment();

private:
    friend class Nested;
    friend class Steps;
    friend class Bracket;

    // What may stand behind `:` and `|` depends on where it stands.
    enum class AnnotationPlace : unsigned char { Term, Let, Field, Pattern };
    enum class PatternPlace : unsigned char { Whole, Argument };
    struct RecordParts {
        Pos begin = 0;
        Token opened;
        std::vector<ast::FieldDef> fields;
        std::vector<ast::IncludeDef> includes;
        Span ellipsis;
        Span tail_span;
        ast::Tail tail = ast::Tail::Closed;
        Symbol tail_variable;
    };

    // ---- tokens (parser.cpp)
    TokenKind kind() const { return at_->kind; }
    bool is(TokenKind wanted) const { return at_->kind == wanted; }
    const Token& ahead(std::size_t count) const;
    void advance();
    bool accept(TokenKind wanted);
    bool expect(TokenKind wanted, const Token* opened = nullptr);
    bool is_word(std::string_view word) const;
    bool is_field_word(const Token& token) const;
    std::string_view text(const Token& token) const;
    std::string_view text(Span span) const;
    Span span_from(Pos begin) const { return {begin, prev_end_}; }

    // ---- errors (parse_errors.cpp). They return null when the finding would only repeat another.
    value::Diagnostic* report(Span span, std::string message, std::string label,
                              std::string_view error_kind = "ParseError");
    value::Diagnostic* unexpected(std::string_view expected);
    ast::Node* expected_term();
    void add_advice(value::Diagnostic& found, std::string_view expected) const;
    std::string_view advice_for_operand() const;
    std::string describe(const Token& token) const;
    ast::Node* invalid(Pos begin);
    void recover();
    bool closes_something(TokenKind closer) const;
    void stop();
    bool go_deeper(std::size_t levels);
    bool grow_height();

    // ---- terms (parse_terms.cpp)
    ast::Node* term();
    ast::Node* let();
    void binding(std::vector<ast::Binding>& bindings);
    ast::Node* function();
    ast::Node* conditional();
    ast::Node* import();
    ast::Node* match();
    void branch(std::vector<ast::Branch>& branches);
    void check_bindings(const std::vector<ast::Binding>& bindings);

    // ---- operators and operands (parse_operators.cpp)
    ast::Node* annotated();
    ast::Node* infix(int loosest);
    ast::Node* arrow(ast::Node* left, Pos begin);
    ast::Node* prefix(int loosest, int& level);
    ast::Node* application();
    ast::Node* arguments(ast::Node* head, Pos begin);
    ast::Node* primitive_operation();
    ast::Node* operand();
    ast::Node* access(ast::Node* object, Pos begin);
    ast::Node* atom();
    ast::Node* parenthesised();
    ast::Node* section();
    ast::Node* array();
    ast::Node* enum_tag();
    Symbol tag_symbol(const Token& token);

    // ---- records (parse_records.cpp)
    ast::Node* record();
    ast::Node* dictionary(const Token& opened);
    void record_items(RecordParts& parts);
    void record_end(RecordParts& parts);
    bool starts_include() const;
    void include(RecordParts& parts);
    void field(RecordParts& parts);
    bool path_element(std::vector<ast::PathElement>& path);
    ast::Node* finish_record(RecordParts& parts);
    ast::Node* record_type(RecordParts& parts);
    void check_typed_fields(const RecordParts& parts);
    void check_includes(const RecordParts& parts);

    // ---- paths on the command line (field_path.cpp)
    std::vector<Symbol> field_path();
    std::optional<Assignment> variable_assignment(Assignment result);

    // ---- strings (parse_strings.cpp)
    ast::Node* string();
    ast::Node* string_with_holes();
    ast::Node* multiline_string();
    const ast::Node* hole();
    bool static_text(std::string_view& result);
    std::string_view decoded(Pos begin, std::string_view raw, bool needs_decoding);

    // ---- types and annotations (parse_types.cpp)
    const ast::Annotations* annotations(AnnotationPlace place);
    void metadata(ast::Annotations& result, AnnotationPlace place);
    void priority(ast::Annotations& result);
    void raise_priority(ast::Annotations& result, ast::PriorityKind kind, std::string_view number);
    const ast::Node* type();
    const ast::Node* as_type(ast::Node* node, Pos begin);
    ast::Node* forall();
    ast::Node* array_type();
    ast::Node* enum_type();
    bool type_tail(ast::Tail& tail, Symbol& variable, Span& span, bool may_be_dyn);
    void resolve_foralls();

    // ---- patterns (parse_patterns.cpp)
    const ast::Pattern* pattern();
    const ast::Pattern* alternative(PatternPlace place);
    ast::Pattern* plain_pattern(PatternPlace place);
    ast::Pattern* parenthesised_pattern();
    ast::Pattern* tag_pattern(PatternPlace place);
    ast::Pattern* record_pattern();
    ast::Pattern* array_pattern();
    ast::Pattern* number_pattern();
    ast::Pattern* invalid_pattern();
    ast::Pattern* or_pattern(std::vector<const ast::Pattern*>& alternatives, Pos begin);
    Symbol accept_alias();
    ast::Pattern* with_alias(Pos begin, Symbol alias, ast::Pattern* inner);
    bool field_pattern(std::vector<ast::FieldPattern>& fields);
    bool rest_pattern(ast::Rest& rest, TokenKind closer);
    bool is_or_operator() const;
    ast::Pattern* make_pattern(ast::PatternKind kind, Pos begin);

    template <typename T, typename... Args>
    T* make(ast::Kind kind, Pos begin, Args&&... args) {
        return arena_.make<T>(ast::Node{kind, span_from(begin)}, std::forward<Args>(args)...);
    }

    const Source& source_;
    Arena& arena_;
    ParseLimits limits_;
    std::vector<value::Diagnostic>& diagnostics_;
    std::vector<Token> tokens_;
    const Token* at_ = nullptr;
    const Token* last_ = nullptr;
    const Token* last_error_ = nullptr;
    Pos prev_end_ = 0;
    bool lexer_failed_ = false;
    std::uint32_t open_[4] = {};              // how many `)`, `}`, `]`, `|]` are waited for
    std::uint32_t depth_ = 0;                 // of the recursion
    std::uint32_t height_ = 0;                // of the highest tree made in the current nesting
    std::vector<ast::TypeForall*> foralls_;   // whose variables are still to be resolved
};

// Counts one level of nesting for as long as it lives. Not ok when that is one too many.
class Nested {
public:
    explicit Nested(Parser& parser);
    ~Nested();
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

    bool ok() const { return ok_; }

private:
    Parser& parser_;
    std::uint32_t outer_height_;
    bool ok_ = true;
};

// Counts the records that the steps of a field path stand for, as levels of nesting.
class Steps {
public:
    Steps(Parser& parser, std::size_t count);
    ~Steps();
    Steps(const Steps&) = delete;
    Steps& operator=(const Steps&) = delete;

    bool ok() const { return ok_; }

private:
    Parser& parser_;
    std::uint32_t count_;
    bool ok_;
};

// Tells, for as long as it lives, that a closing bracket of this kind is waited for.
class Bracket {
public:
    Bracket(Parser& parser, TokenKind closer);
    ~Bracket() { --count_; }
    Bracket(const Bracket&) = delete;
    Bracket& operator=(const Bracket&) = delete;

private:
    std::uint32_t& count_;
};

}
