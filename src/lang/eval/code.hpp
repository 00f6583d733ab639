#pragma once

#include "lang/eval/objects.hpp"
#include "lang/syntax/ast.hpp"

#include <cstdint>
#include <span>
#include <string_view>

// What the compiler makes of the tree and the machine runs: small nodes in an arena, variables
// already resolved. A node is either run (strict) or delayed (Machine::delay), in the block that
// it belongs to.
namespace lang {

enum class Op : std::uint8_t {
    // Words at hand: running them forces the word, delaying them yields it.
    Constant,
    Local,
    Captured,
    EnvironmentWord,
    Self,
    // Constructors: delaying them builds the object, without a thunk.
    Delay,
    Lambda,
    ArrayLiteral,
    RecordLiteral,
    TypeLiteral,
    VariantLiteral,
    // Expressions
    DynamicRecord,
    Let,
    LetRec,
    Apply,
    Native,
    If,
    And,
    Or,
    Access,
    DynAccess,
    Arithmetic,
    Compare,
    Equal,
    Merge,
    ConcatStrings,
    ConcatArrays,
    Not,
    Interpolate,
    Annotate,
    Import,
    Raise,
    BuiltinName,
    // Patterns: tests and bindings on local slots, each with what comes next and, if it can fail,
    // else
    Force,
    TestTag,
    TestConstant,
    TestRecord,
    TestField,
    TestClosed,
    TestArray,
    BindRest,
    Bind,
    Goto,
    // Code of thunks that the machine itself makes
    ApplyThunk,
    ContractThunk,
    MergeThunk,
    SelectThunk,
    CellThunk,
    MarkThunk,
};

struct Code {
    Op op;
    std::uint8_t small = 0;
    std::uint32_t index = 0;
    Span span;
};

struct VarRef {
    Op where = Op::Local;   // Local, Captured, EnvironmentWord or Self
    std::uint32_t index = 0;
};

// Code with a frame of its own: the body of a function, a thunk or a field.
struct Block {
    const Code* body = nullptr;
    std::uint32_t locals = 0;   // slots, the parameters first
    std::uint32_t arity = 0;
    std::span<const VarRef> captures;   // in the enclosing block
    Symbol name;                        // of a function, for messages
    Span span;
    bool depends_on_self = false;   // field blocks
    bool is_library = false;        // of the standard library
};

struct ConstantCode : Code {
    Word word;
};
struct BlockCode : Code {
    const Block* block;
};   // Delay, Lambda
struct ArrayCode : Code {
    std::span<const Code* const> elements;
};
struct VariantCode : Code {
    Symbol tag;
    const Code* argument;
};
struct LetCode : Code {
    const Code* value;
    const Code* next;
};   // index: slot
struct LetRecCode : Code {
    std::span<const BlockCode* const> closures;   // Delay or Lambda, into slots index, index + 1 …
    const Code* next;
};
struct ApplyCode : Code {
    const Code* head;
    std::span<const Code* const> arguments;
};
struct NativeCode : Code {
    const struct Native* native;
    std::span<const Code* const> arguments;
};
struct IfCode : Code {
    const Code* condition;
    const Code* then_code;
    const Code* else_code;
};
struct AccessCode : Code {
    const Code* object;
    Symbol field;
    Span field_span;
    mutable const Shape* seen_shape = nullptr;   // inline cache
    mutable std::uint32_t seen_slot = 0;
};
struct BinaryCode : Code {   // small: ast::BinaryOp
    const Code* left;
    const Code* right;
    Span op_span;
};
struct UnaryCode : Code {
    const Code* operand;
};
struct InterpolateCode : Code {
    struct Part {
        std::string_view text;
        const Code* hole;
        std::uint32_t indent;
    };
    std::span<const Part> parts;
};
struct ImportCode : Code {
    std::uint32_t number;   // among the imports of its file
    mutable Word loaded;    // set by who loads the file; nothing runs before
};
struct RaiseCode : Code {
    enum class What : std::uint8_t {
        NonExhaustiveMatch,
        NonExhaustiveTags,
        FailedDestructuring,
        Invalid
    } what;
    std::uint32_t slot;   // the value that did not match
};

// One contract of an annotation on a term, let or pattern: applied first to last.
struct AnnotationCode {
    const Code* contract;   // delayed
    const BlameLabel* label;
};
struct AnnotateCode : Code {
    const Code* term;
    std::span<const AnnotationCode> contracts;
};

struct PatternCode : Code {   // index: the slot tested
    const Code* next;
    const Code* otherwise;            // when the test fails
    Symbol name;                      // TestTag, TestField
    Word constant;                    // TestConstant
    std::uint32_t target = 0;         // slot to bind: argument, field, element, rest
    std::uint32_t size = 0;           // TestArray: elements wanted
    const Code* fallback = nullptr;   // TestField: `? default`, delayed
    std::span<const Symbol> names;    // TestClosed, BindRest
    bool has_argument = false;        // TestTag
    bool open = false;                // TestArray: more may follow
};

// ---- records

struct Priority {
    std::int8_t rank = 0;                      // -1 default, 0 a number or none, 1 force
    const value::Rational* number = nullptr;   // null: 0
};

struct Meta {
    std::string_view doc;
    bool has_doc = false;
    bool optional = false;
    bool not_exported = false;
    Priority priority;
    bool has_priority = false;
    Span type;                         // `: T` as written
    std::span<const Span> contracts;   // `| C` as written
    Span span;                         // where the field is defined
};

struct ContractItem {
    const Block* code = nullptr;   // as a field block; null: `value` is it
    Word environment;              // nothing: the record's own
    Word value;
    bool depends_on_self = false;
    const BlameLabel* label = nullptr;
};
struct ContractList {
    std::span<const ContractItem> items;   // applied first to last
};

struct DynamicField {
    const Code* name;   // run in the enclosing block; a string
    Field field;        // code run with the static part as self
    Span span;
};

struct RecordCode : Code {   // RecordLiteral, DynamicRecord
    const Shape* shape;
    std::span<const Field> fields;         // by slot
    std::span<const Word> initial;         // slots as they are at first: constants, or nothing
    std::span<const VarRef> environment;   // captured by the fields
    std::span<const DynamicField> dynamic;
    std::uint8_t flags = 0;   // of the Record
};

// ---- types

enum class TypeKind : std::uint8_t {
    Dyn,
    Number,
    Bool,
    String,
    Array,
    Arrow,
    Forall,
    Variable,
    Record,
    Dict,
    DictContract,
    Enum,
    Term,
};
struct TypeCode {
    TypeKind kind = TypeKind::Dyn;
    Span span;
    const TypeCode* first = nullptr;      // Array, Dict: element. Arrow: domain. Forall: body
    const TypeCode* second = nullptr;     // Arrow: codomain
    Symbol name;                          // Forall, Variable; tail variable
    std::uint32_t term = 0;               // Term: index into the captures
    ast::Tail tail = ast::Tail::Closed;   // Record, Enum
    ast::VarKind variable_kind = ast::VarKind::Type;
    std::span<const Symbol> row_names;            // Record: sorted by symbol id. Enum: likewise
    std::span<const TypeCode* const> row_types;   // null: an enum row without argument
    std::span<const Symbol> excluded;   // Record with a tail variable: not allowed in the tail
    bool trivial = false;               // accepts everything without looking (Dyn after elision)
};
struct TypeLiteralCode : Code {
    const TypeCode* type;
    std::span<const Code* const> terms;   // delayed
};

template <typename T>
const T* node(const Code* code) {
    return static_cast<const T*>(code);
}

}
