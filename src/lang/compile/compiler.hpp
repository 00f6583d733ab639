#pragma once

#include "lang/eval/code.hpp"
#include "lang/eval/heap.hpp"
#include "lang/eval/shape.hpp"
#include "lang/resolve/resolution.hpp"
#include "lang/syntax/arena.hpp"
#include "lang/syntax/ast.hpp"
#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <optional>
#include <stop_token>
#include <unordered_map>
#include <vector>

namespace lang {

// Where code is compiled to, and what names it may use from outside.
struct CompileTarget {
    Arena& arena;
    Heap& heap;
    Shapes& shapes;
    const std::unordered_map<Symbol, Word, SymbolHash>& globals;
    // Static types of this source may be trusted: their contracts shrink to what callers can break.
    bool trusted = false;
    // Once it is asked to stop, what is left of the tree is taken for null.
    std::stop_token stop = {};
};

using Globals = std::unordered_map<Symbol, Word, SymbolHash>;

namespace compile {

struct BlockBuilder;
struct Entry;

struct FreeVariables;

// Turns a syntax tree whose names are resolved into code (README.md of this folder). One use each.
// Findings (numbers that are too large and the like) are collected, not fatal; unbound names were
// told by who resolved them.
class Compiler {
public:
    Compiler(const CompileTarget& target, const resolve::Resolution& names,
             std::vector<value::Diagnostic>& diagnostics)
        : target_(target), names_(names), diagnostics_(diagnostics) {}

    const Block* program(const ast::Node* root);

    // Every import of the program; one that is written once may be here twice. Whoever compiles
    // sets what they loaded.
    std::vector<const ImportCode*> imports;

private:
    // Terms (compiler.cpp)
    const Code* strict(const ast::Node* term);    // to be run in the current block
    const Code* delayed(const ast::Node* term);   // to be delayed in the current block
    const Code* number(const ast::Number& literal);
    const Code* array(const ast::Array& literal);
    const Code* variable(const ast::Var& var);
    const Code* unary(const ast::Unary& unary);
    const Code* apply(const ast::Apply& apply);
    const Code* binary(const ast::Binary& binary);
    const Code* binary_of(ast::BinaryOp op, const Code* left, const Code* right, Span span,
                          Span op_span);
    const Code* section(const ast::Section& section);
    const Code* primop(const ast::PrimOp& op, std::span<const ast::Node* const> more, Span span);
    const Code* interpolation(const ast::Interpolation& text);
    const Code* symbolic(const ast::Interpolation& text);
    const Code* annotated(const ast::Node* term, const ast::Annotations& annotations, Symbol name);
    const Code* constant(Word word, Span span);
    const BlockCode* closure(const ast::Node* term, const ast::Annotations* annotations,
                             Symbol name);

    // What binds names (bindings.cpp)
    const Code* let(const ast::Let& let);
    const Code* let_rec(const ast::Let& let);
    const BlockCode* picker(const ast::Pattern& pattern, const Entry* matched,
                            ast::BindingId variable);
    const BlockCode* lambda(const ast::Fun& function, Symbol name);
    const BlockCode* lambda(const ast::Match& match, Symbol name);

    // Records (records.cpp)
    const Code* record(const ast::Record& record);
    Field field(const ast::FieldDef& definition, BlockBuilder& literal);
    const Block* field_block(BlockBuilder& literal, const ast::Node* value,
                             const ast::Annotations* annotations, Symbol name);
    const ContractList* field_contracts(const ast::Annotations& annotations, BlockBuilder& literal,
                                        Symbol name);
    const Meta* meta(const ast::Annotations& annotations, Span span);

    // Types (types.cpp)
    const Code* type_literal(const ast::Node* type);
    void exclude_rows(const TypeCode& body, Symbol name);
    const TypeCode* type(const ast::Node* node, std::vector<const Code*>& terms);
    const TypeCode* elide(const TypeCode* code, bool positive, const FreeVariables* free);
    bool is_type(const ast::Node* node) const;
    std::span<const AnnotationCode> contracts(const ast::Annotations& annotations, Symbol name);
    const BlameLabel* root_label(const ast::Node* annotation, const TypeCode* type, Symbol name);

    // Patterns (patterns.cpp)
    const Code* branches(std::span<const ast::Branch> branches, std::uint32_t slot, Span span);
    const Code* test(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                     const Code* otherwise);
    const Code* test_record(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                            const Code* otherwise);
    const Code* test_array(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                           const Code* otherwise);
    void declare(const ast::Pattern& pattern);
    const Code* destructure(const ast::Pattern& pattern, std::uint32_t slot, const Code* next);
    const Code* annotate_slot(const ast::Annotations& annotations, std::uint32_t from,
                              std::uint32_t to, const Code* next);
    const Code* raise(RaiseCode::What what, std::uint32_t slot, Span span);

    // Scopes (scope.cpp)
    const Entry* bind(ast::BindingId binding, std::uint32_t slot);
    std::uint32_t new_slot();
    VarRef resolve(const Entry* entry, BlockBuilder& block);
    const Code* reference(VarRef where, Span span);
    const Block* finish(BlockBuilder& block, const Code* body, Symbol name, Span span);
    void report(std::string kind, std::string message, Span span, std::string help = {});

    template <typename T, typename... Args>
    const T* make(Op op, Span span, Args&&... args) {
        T* code = target_.arena.make<T>();
        code->op = op;
        code->span = span;
        *code = T{Code{op, 0, 0, span}, std::forward<Args>(args)...};
        return code;
    }

    CompileTarget target_;
    const resolve::Resolution& names_;
    std::vector<value::Diagnostic>& diagnostics_;
    BlockBuilder* block_ = nullptr;
    const Entry* scope_ = nullptr;
    const Entry* pattern_scope_ = nullptr;   // what defaults of the pattern at hand see

    friend struct BlockScope;
};

}
}
