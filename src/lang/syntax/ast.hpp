#pragma once

#include "lang/syntax/source.hpp"
#include "lang/syntax/symbol.hpp"

#include <cstdint>
#include <span>
#include <string_view>

// The syntax tree. Nodes lie in an Arena (below) owned by whoever parsed; they are immutable once
// parsed and trivially destructible. Terms and types share one tree, as they share one grammar
// (reference: Nickel's "uniterms"): the parser decides by position which of the two a record
// literal or an identifier is. What is `mutable` is not the parser's: lang/resolve fills it in. A
// type in term position stands for its contract; a term in type position is a contract.
namespace lang::ast {

enum class Kind : std::uint8_t {
    // terms
    Null,
    Bool,
    Number,
    String,
    Interpolation,
    EnumTag,
    Array,
    Record,
    Var,
    Let,
    Fun,
    Match,
    Apply,
    If,
    Access,
    DynAccess,
    Unary,
    Binary,
    Section,
    PrimOp,
    Annotated,
    Import,
    // types (in term position: contracts)
    TypeDyn,
    TypeNumber,
    TypeBool,
    TypeString,
    TypeArray,
    TypeArrow,
    TypeForall,
    TypeVar,
    TypeRecord,
    TypeDict,
    TypeEnum,
    TypeWildcard,
    // what error recovery leaves
    Invalid,
};

struct Node {
    Kind kind;
    Span span;
};

// Indexes into what lang/resolve finds out about a file; 0: nothing.
using BindingId = std::uint32_t;
using ScopeId = std::uint32_t;

template <typename T>
using List = std::span<const T>;

struct Pattern;

enum class PriorityKind : std::uint8_t { Neutral, Default, Force, Number };

// Everything that may stand behind `:` and `|`. Type and contracts in source order.
struct Annotations {
    const Node* type = nullptr;    // `: T`
    List<const Node*> contracts;   // `| C`, in order
    const Node* doc = nullptr;     // a String or Interpolation without holes
    bool optional = false;
    bool not_exported = false;
    PriorityKind priority = PriorityKind::Neutral;
    std::string_view priority_number;   // text of a numeral with optional sign, for Number

    bool has_contracts() const { return type != nullptr || !contracts.empty(); }
};

// ---- terms

struct Bool : Node {
    bool value;
};
// As written, without sign.
struct Number : Node {
    std::string_view text;
};
// Escapes resolved, indentation stripped.
struct String : Node {
    std::string_view text;
};

struct Chunk {
    std::string_view text;   // when expr is null
    const Node* expr = nullptr;
    std::uint32_t indent = 0;   // of the hole, in multi-line strings: its lines are re-indented
};
struct Interpolation : Node {
    List<Chunk> chunks;
    Symbol symbolic_prefix;   // set for prefix-s%"…"%: evaluates to a SymbolicString record
    bool symbolic = false;
};

struct EnumTag : Node {
    Symbol tag;
    const Node* argument = nullptr;   // a variant when set: 'Foo applied directly to one atom
};
struct Array : Node {
    List<const Node*> elements;
};

struct PathElement {
    Symbol name;                     // static
    const Node* dynamic = nullptr;   // "%{e}": a String or Interpolation; then name is empty
    Span span;
    mutable ScopeId scope = 0;   // of the record that the path stands for from here on
};
// `a.b."%{c}" | C = v`. Annotations belong to the last element. Value may be null.
struct FieldDef {
    List<PathElement> path;
    const Annotations* annotations = nullptr;   // null when there are none
    const Node* value = nullptr;
    Span span;
};
// `include x | annotations`; an include list is split into single ones.
struct IncludeDef {
    Symbol name;
    const Annotations* annotations = nullptr;
    Span span;
    mutable BindingId binding = 0;   // what is included
};
struct Record : Node {
    List<FieldDef> fields;
    List<IncludeDef> includes;
    bool open = false;   // `..`
    mutable ScopeId scope = 0;
};

struct Var : Node {
    Symbol name;
    mutable BindingId binding = 0;   // 0: unbound
};

struct Binding {
    const Pattern* pattern = nullptr;
    const Annotations* annotations = nullptr;
    const Node* value = nullptr;
    Span span;
};
struct Let : Node {
    List<Binding> bindings;
    const Node* body = nullptr;
    bool recursive = false;
};
struct Fun : Node {
    List<const Pattern*> parameters;
    const Node* body = nullptr;
};
struct Branch {
    const Pattern* pattern = nullptr;
    const Node* guard = nullptr;
    const Node* body = nullptr;
    Span span;
};
// A function of the matched value.
struct Match : Node {
    List<Branch> branches;
};

struct Apply : Node {
    const Node* head = nullptr;
    List<const Node*> arguments;   // at least one; `f a b` is one node
};
struct If : Node {
    const Node* condition = nullptr;
    const Node* then_branch = nullptr;
    const Node* else_branch = nullptr;
};
struct Access : Node {
    const Node* object = nullptr;
    Symbol field;
    Span field_span;
};
struct DynAccess : Node {   // e."%{f}" and e."f g" with holes
    const Node* object = nullptr;
    const Node* field = nullptr;
};

enum class UnaryOp : std::uint8_t { Negate, Not };
struct Unary : Node {
    UnaryOp op;
    const Node* operand = nullptr;
};

enum class BinaryOp : std::uint8_t {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    ConcatStrings,
    ConcatArrays,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Merge,
    Pipe,
    Access,
};
struct Binary : Node {
    BinaryOp op;   // never Access
    Span op_span;
    const Node* left = nullptr;
    const Node* right = nullptr;
};
// An operator as a function: `(+)`, `(.)`, `(|>)`, … curried, all operands missing; `(-)` is
// Subtract, `(!)` Not.
struct Section : Node {
    bool is_unary = false;
    BinaryOp binary = BinaryOp::Add;
    UnaryOp unary = UnaryOp::Not;
};

// `%name% a …`: a primitive operation with exactly the operands its table entry asks for
// (lang/syntax/primops.hpp). Further arguments are an Apply around it.
struct PrimOp : Node {
    std::uint16_t op = 0;   // index into the table
    List<const Node*> operands;
};

struct Annotated : Node {
    const Node* term = nullptr;
    const Annotations* annotations = nullptr;
};

enum class ImportFormat : std::uint8_t { Auto, Nickel, Json, Yaml, Toml, Text };
struct Import : Node {
    std::string_view path;
    ImportFormat format = ImportFormat::Auto;
    bool package = false;              // `import pkg`: path is the package's name
    mutable std::uint32_t index = 0;   // among the imports of its file
};

// ---- types

// `Array` alone is an error: there is an element.
struct TypeArray : Node {
    const Node* element = nullptr;
};
struct TypeArrow : Node {
    const Node* domain = nullptr;
    const Node* codomain = nullptr;
};
enum class VarKind : std::uint8_t { Type, RecordRows, EnumRows };
struct TypeForall : Node {
    Symbol variable;
    VarKind variable_kind = VarKind::Type;   // inferred by the parser from the uses in the body
    const Node* body = nullptr;              // `forall a b. T` is two nested nodes
};
// Bound by an enclosing forall.
struct TypeVar : Node {
    Symbol name;
};

enum class Tail : std::uint8_t { Closed, Dyn, Variable };
struct TypeRow {
    Symbol name;
    const Node* type = nullptr;   // null for an enum row without argument
    Span span;
};
struct TypeRecord : Node {
    List<TypeRow> rows;
    Tail tail = Tail::Closed;
    Symbol tail_variable;
};
struct TypeDict : Node {
    const Node* element = nullptr;
    bool is_contract = false;   // {_ | C} rather than {_ : T}
};
struct TypeEnum : Node {
    List<TypeRow> rows;
    Tail tail = Tail::Closed;
    Symbol tail_variable;
};

// ---- patterns

enum class PatternKind : std::uint8_t {
    Any,
    Variable,
    Null,
    Bool,
    Number,
    String,
    Enum,
    Record,
    Array,
    Or
};

// Rest of a record or array pattern: none (closed), `..`, or `..name`.
struct Rest {
    bool present = false;
    Symbol name;   // id 0 when anonymous
    mutable BindingId binding = 0;
};
struct FieldPattern {
    Symbol name;
    const Annotations* annotations = nullptr;
    const Node* default_value = nullptr;   // `? e`
    const Pattern* pattern = nullptr;      // a Variable pattern of the same name for `{a}`
    Span span;
};
// `x @ y` with two variables is an Or of the one alternative y, with the alias x.
struct Pattern {
    PatternKind kind;
    Span span;
    Symbol alias;                    // `x @ p`; for Variable: the variable itself. id 0: none
    mutable BindingId binding = 0;   // of the alias. Alternatives share those of the first
    const Annotations* annotations = nullptr;   // on a parenthesised or field pattern
    // constants
    bool bool_value = false;
    std::string_view text;   // number (may start with '-') or string
    // enum
    Symbol tag;
    const Pattern* argument = nullptr;
    // record, array, or
    List<FieldPattern> fields;
    List<const Pattern*> elements;   // array elements or alternatives
    Rest rest;
};

}
