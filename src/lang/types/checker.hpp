#pragma once

#include "lang/types/print.hpp"
#include "lang/types/typecheck.hpp"
#include "lang/types/unify.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lang::types {

// What is nested deeper is left to the contracts that annotations are when the program runs: so
// much of the stack a level of each may cost.
constexpr int kMaxCheckDepth = 500;
constexpr int kMaxWalkDepth = 1'000;

// What is known of a file's names.
struct FileNames {
    std::vector<TypeId> types;              // by binding; 0: nothing known yet
    std::vector<const ast::Node*> values;   // by binding, where it stands for a term
    std::vector<ast::BindingId> fields;     // by scope: the first of its fields
    TypeId apparent = 0;                    // of the file itself
    bool is_typing = false;                 // its apparent type is being made
};

// A contract that stands where a type could: opaque, but for equality.
struct ContractTerm {
    const ast::Node* term = nullptr;
    const File* file = nullptr;
};

// All definitions of one field of a record literal, in the order of the text. Within a path
// `a.b = 1` the next record begins at the next depth.
struct FieldParts {
    Symbol name;
    const ast::Node* dynamic = nullptr;
    Span span{};
    ast::BindingId binding = 0;
    std::vector<std::pair<const ast::FieldDef*, std::size_t>> parts;
};

// A record literal, or the part of one that stands behind a path.
struct RecordView {
    std::vector<FieldParts> fields;
    ast::List<ast::IncludeDef> includes{};
    ast::BindingId first_include = 0;   // theirs follow each other
    Span span{};
};

// How the variables of a pattern come by their types, and which rows of tags are to be closed.
struct PatternTails {
    struct Tail {
        std::string path;
        TypeId tail;
    };
    std::vector<Tail> tails;
    std::vector<std::string> open;               // where a pattern takes everything
    std::unordered_set<ast::BindingId> shared;   // variables that have their types
    bool failed = false;                         // parts of it do not fit, as the unifier tells
};

// One walk over one file. `walk` goes through untyped code looking for annotations; `check` holds
// a term against a type. Each family of rules is a file: check.cpp, calls.cpp, operators.cpp,
// records.cpp, patterns.cpp, walk.cpp, apparent.cpp, annotations.cpp, contracts.cpp, library.cpp.
class Checker final : public ContractEquality, public ContractText {
public:
    Checker(Files& files, const SourceMap& sources, std::stop_token stop);

    void run(const File& file, Mode mode, std::vector<value::Diagnostic>& diagnostics);
    std::uint64_t allocated() const { return store_.size() * sizeof(Type); }

    // ContractEquality, ContractText
    bool same_contract(std::uint32_t left, std::uint32_t right) override;
    TypeId make_lazy(std::uint32_t what) override;
    std::string text_of(std::uint32_t contract) override;

private:
    // Untyped code (walk.cpp)
    void walk(const ast::Node* node);
    void walk_term(const ast::Node* node);
    void walk_binary(const ast::Binary* node);
    void walk_let(const ast::Let& let);
    void walk_function(const ast::Fun& function);
    void walk_match(const ast::Match& match);
    void walk_record(const RecordView& record);
    void walk_field(const FieldParts& field);
    void walk_annotated(const ast::Annotations& annotations, const ast::Node* value);
    void walk_contracts(const ast::Annotations* annotations);
    void walk_type(const ast::Node* type);
    // A block of its own: what is wrong in it is told once, and what follows is looked at too.
    void block(const ast::Node* value, TypeId type, const ast::Node* annotation);

    // Typed code: what is wrong was told where false comes back (check.cpp, calls.cpp, …)
    bool check(const ast::Node* node, TypeId type);
    bool check_term(const ast::Node* node, TypeId type);
    bool check_interpolation(const ast::Interpolation& text, TypeId type);
    bool check_tag(const ast::EnumTag& tag, TypeId type);
    bool check_array(const ast::Array& array, TypeId type);
    bool check_let(const ast::Let& let, TypeId type);
    bool check_binding(const ast::Binding& binding, TypeId type);
    bool check_function(const ast::Fun& function, TypeId type);
    bool check_match(const ast::Match& match, TypeId type);
    bool check_if(const ast::If& choice, TypeId type);
    bool check_variable(const ast::Var& var, TypeId type);
    bool check_import(const ast::Import& import, TypeId type);
    bool check_annotated(const ast::Annotated& annotated, TypeId type);
    bool check_by_annotation(const ast::Annotations& annotations, const ast::Node* value,
                             TypeId own);
    bool check_type(const ast::Node* node);
    bool check_apply(const ast::Node* head, ast::List<const ast::Node*> arguments,
                     const ast::Node* whole, TypeId type);
    bool check_access(const ast::Access& access, TypeId type);
    bool check_dynamic_access(const ast::DynAccess& access, TypeId type);
    bool check_unary(const ast::Unary& unary, TypeId type);
    bool check_binary(const ast::Binary& binary, TypeId type);
    bool check_section(const ast::Section& section, TypeId type);
    bool check_primop(const ast::PrimOp& primop, TypeId type);
    bool check_record(const RecordView& record, TypeId type);
    bool check_dictionary(const RecordView& record, TypeId type, bool is_dynamic);
    bool check_field(const FieldParts& field, TypeId type);
    bool check_parts(const FieldParts& field, TypeId type);
    bool check_includes(const RecordView& record, TypeId type, std::vector<TypeId>& types);
    // The result of an operation at hand, where a type is wanted.
    bool result(const ast::Node* node, TypeId inferred, TypeId wanted);
    // What the type of an operator or primitive operation is, with variables of its own.
    TypeId operator_type(ast::BinaryOp op);
    TypeId primop_type(std::uint16_t op);

    // Records (records.cpp)
    RecordView view(const ast::Record& record);
    RecordView deeper(const FieldParts& field);
    static const ast::Annotations* annotation_of(const FieldParts& field);

    // Patterns (patterns.cpp)
    TypeId pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                   const std::string& path);
    TypeId pattern_kind(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                        const std::string& path);
    TypeId enum_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                        const std::string& path);
    TypeId record_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                          const std::string& path);
    TypeId array_pattern(const ast::Pattern& pattern, bool is_typed, PatternTails& tails,
                         const std::string& path);
    void bind(ast::BindingId binding, TypeId type);
    void close(const PatternTails& tails);
    void walk_pattern(const ast::Pattern& pattern);

    // Apparent types: what is known of a term without checking it (apparent.cpp)
    TypeId apparent(const ast::Node* node, bool is_typed);
    TypeId apparent_of(const ast::Annotations* annotations, const ast::Node* value, bool is_typed);
    TypeId apparent_field(const FieldParts& field);
    TypeId file_type(const File& file);

    // Types as they are written (annotations.cpp)
    enum class Wild : std::uint8_t { Kept, Variable };
    struct Scope {
        Symbol name;
        TypeId bound;
        const Scope* outer;
    };
    TypeId convert(const ast::Node* node, Wild wild);
    TypeId convert(const ast::Node* node, Wild wild, const Scope* scope);
    TypeId convert_rows(ast::List<ast::TypeRow> rows, ast::Tail tail, Symbol variable, Sort sort,
                        Wild wild, const Scope* scope);
    static TypeId lookup(Symbol name, const Scope* scope);
    // The type of an annotation: what stands behind `:`, else the first contract; 0 for none.
    TypeId annotated(const ast::Annotations* annotations, Wild wild);
    static const ast::Node* type_node(const ast::Annotations* annotations);
    static bool has_wildcard(const ast::Node* type);
    std::uint32_t add_contract(const ast::Node* term);

    // Contracts (contracts.cpp)
    bool same(ContractTerm left, ContractTerm right, int gas);
    bool same_unfolded(ContractTerm left, ContractTerm right, int gas);
    bool same_variable(Symbol left, Symbol right) const;
    bool same_types(ContractTerm left, ContractTerm right, int gas);
    bool same_terms(ContractTerm left, ContractTerm right, int gas);
    bool same_written(ContractTerm left, ContractTerm right, int gas);
    bool same_records(ContractTerm left, ContractTerm right, int gas);
    bool same_annotations(const ast::Annotations* left, const File* left_file,
                          const ast::Annotations* right, const File* right_file, int gas);
    bool same_lists(ast::List<const ast::Node*> left, const File* left_file,
                    ast::List<const ast::Node*> right, const File* right_file, int gas);
    bool same_rows(ast::List<ast::TypeRow> left, const File* left_file,
                   ast::List<ast::TypeRow> right, const File* right_file, int gas);
    std::optional<ContractTerm> unfold(ContractTerm term);
    bool is_library(const ast::Var& var, const File& file) const;

    // The standard library (library.cpp)
    TypeId library_type(std::string_view module);
    TypeId library_record(const ast::Record& record);

    // Findings (report.cpp)
    bool report(const ast::Node* node);
    bool report(Span span);
    void report_contract_in_term(const ast::Node* type, const ast::Node* contract);
    value::Diagnostic describe(Span span);
    void explain(value::Diagnostic& found);

    FileNames& names(const File& file);
    TypeId type_of(ast::BindingId binding, const ast::Var& var);

    Files& files_;
    const SourceMap& sources_;
    std::stop_token stop_;
    Store store_;
    Unifier unifier_;
    std::unordered_map<const File*, FileNames> known_;
    std::vector<ContractTerm> contracts_;
    std::unordered_map<const ast::Node*, std::uint32_t> contract_ids_;
    std::vector<std::pair<Symbol, Symbol>> variables_;    // of `forall`s that are being compared
    std::vector<std::string> modules_;                    // of lazy types
    std::unordered_map<std::uint32_t, TypeId> unbound_;   // tails that no `forall` binds, by name
    TypeId library_ = 0;                                  // of `std`

    const File* file_ = nullptr;
    FileNames* here_ = nullptr;
    std::vector<value::Diagnostic>* diagnostics_ = nullptr;
    const ast::Node* asked_by_ = nullptr;   // the annotation that is being checked
    Span access_{};                         // the field that an access is about
    int depth_ = 0;
    int comparisons_ = 0;   // of terms, within two contracts
    int comparing_ = 0;     // of these, how many are within each other
};

}
