#pragma once

#include "lang/eval/word.hpp"
#include "lang/syntax/source.hpp"
#include "value/number/rational.hpp"
#include "value/secret_template.hpp"

#include <cstdint>
#include <string_view>

// What lives in the evaluation heap. Objects are made by Heap and never move; what nobody can reach
// any more is given back by the Collector, which knows every layout here. Only those whose comment
// says so change after they were made.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-extensions"   // flexible array members
#pragma clang diagnostic ignored "-Wgnu-empty-struct"

namespace lang {

struct Block;
struct Shape;
struct Meta;
struct TypeCode;
struct Native;
struct Record;
struct BlameLabel;

enum class Tag : std::uint8_t {
    Thunk,
    Function,
    Partial,
    NativeFunction,
    Wrapped,   // callable: all but Thunk
    String,
    Rational,
    Array,
    Record,
    Variant,
    Type,
    CustomContract,
    Label,
    Sealed,
    SealKey,
    Unknown,
    SecretTemplate,
    Environment,
    MergedMethods,
    Scratch,
};

struct Obj {
    static constexpr std::uint16_t kMany = 0xFFFF;   // a count that is this or more

    Tag tag;
    std::uint8_t flags = 0;
    std::uint16_t count = 0;
    // Of thunks: the set of cells read (TouchedSets). Of environments: the number of words.
    std::uint32_t touched = 0;
};

// An expression to be evaluated at most once for each state of the cells it touches. Mutable.
struct Thunk : Obj {
    enum State : std::uint8_t { Suspended, Evaluating, Done };
    static constexpr std::uint8_t kHasWaiters = 0x80;
    // Done for good, and what it captured may be gone: nobody looks at it again.
    static constexpr std::uint8_t kLetGo = 0x40;

    const Block* block;   // run with captures[] as its captures
    Word value;           // Done: the result. Evaluating: the id of the task that does it
    Word captures[];      // count of them, or more than kMany as the block has it

    State state() const { return static_cast<State>(flags & 3); }
    void set_state(State state) { flags = static_cast<std::uint8_t>((flags & ~3) | state); }
};

struct Function : Obj {   // count: number of captures, as a thunk's
    const Block* block;
    Word captures[];
};

// A function that waits for more arguments.
struct Partial : Obj {   // count: number of arguments
    Word function;       // Function or NativeFunction
    Word arguments[];
};

struct NativeFunction : Obj {
    const Native* native;
};

// Captured words shared by the fields of a record literal.
struct Environment : Obj {
    Word words[];
};

// Room for a text that grows at its ends: what was added last may be added to in place.
struct TextRoom {
    std::uint32_t capacity;
    std::uint32_t begin, end;   // of what is used
    char data[];
};
// The text lies behind the header; or, of a text that grew, in a room that others share: then the
// object is a RoomText.
struct StringObj : Obj {
    static constexpr std::uint8_t kInRoom = 1;

    std::uint32_t size;
    char data[];
    bool is_in_room() const { return (flags & kInRoom) != 0; }
    std::string_view text() const;
};
struct RoomText : Obj {
    std::uint32_t size;
    std::uint32_t begin;
    TextRoom* room;
};
inline std::string_view StringObj::text() const {
    if (!is_in_room()) [[likely]]
        return {data, size};
    const auto& text = *reinterpret_cast<const RoomText*>(this);
    return {text.room->data + text.begin, size};
}

struct RationalObj : Obj {   // touched: bytes that it counts for, with what it owns elsewhere
    static constexpr std::uint8_t kRough = 1;   // see Rational::divide_roughly. Mutable: once

    value::Rational value;

    const value::Rational& reduced() {
        if ((flags & kRough) != 0) [[unlikely]] {
            value.reduce();
            flags = 0;
        }
        return value;
    }
};

// A contract to be applied later: to the elements of an array, to a field.
struct PendingContract {
    Word contract;   // may be a thunk
    const BlameLabel* label;
};

// A slice of a chunk. Elements with pending contracts are wrapped when first read (mutable memo).
struct ArrayChunk {
    std::uint32_t used;   // an array that ends here may be extended in place
    std::uint32_t capacity;
    Word elements[];
};
struct PendingList {
    PendingContract contract;
    const PendingList* rest;   // applied before `contract`
};
// Elements of a chunk with their contracts applied, from `first` on; shared by slices.
struct ArrayMemo {
    std::uint32_t first;
    std::uint32_t size;
    Word elements[];
};
struct Array : Obj {
    std::uint32_t size;
    std::uint32_t offset;
    ArrayChunk* chunk;
    const PendingList* pending;
    ArrayMemo* memo;   // when pending: made on first read
};

struct Variant : Obj {
    Symbol variant_tag;
    Word argument;
};

// How the value of a field is made for a record (reference architecture §7.3).
enum class Method : std::uint8_t {
    None,     // declared without value
    Shared,   // `source` is the value, whatever the record
    Code,     // `code` run with the record as self and the environment `source`
    Merge,    // `source` points to the MergedMethods
    Output,   // the cell number `index` of the instance that the record is
};

struct ContractList;

struct Field {
    Method method = Method::None;
    bool depends_on_self = false;
    std::uint32_t index = 0;
    const Block* code = nullptr;
    Word source;
    const Meta* meta = nullptr;   // null: no metadata
    const ContractList* contracts = nullptr;
    Span span{};   // where it is defined
};

struct MergedMethods : Obj {
    Field left, right;   // contracts and metadata aside
    Span span;           // of the `&`
    Symbol name;         // of the field; empty: two values of no field
};

// The field whose two values are merged, and where they are written: for messages.
struct MergeSides {
    Symbol name = {};   // empty: of no field, or of several definitions in one record
    Span left = {}, right = {};
};

// What a record carries beyond fields.
struct Instance;
struct RecordExtension {
    Word sealed_tail;   // Record behind a polymorphic tail
    std::uint32_t tail_key = 0;
    const BlameLabel* tail_label = nullptr;
    std::uint32_t type = 0;         // 1 + index of the resource type: a schema
    Instance* instance = nullptr;   // applied resource contract
};

// slots[i]: what the record shows for field i, contracts applied; nothing until first asked for.
struct Record : Obj {
    static constexpr std::uint8_t kOpen = 1, kHasOptional = 2, kUnknownNames = 4;
    // With a sealed tail and, when it was sealed, nothing beside it: cannot be frozen officially.
    static constexpr std::uint8_t kUnfrozenTail = 8;
    const Shape* shape;
    const Field* fields;          // null: plain data, every slot is there
    Word environment;             // of Code fields whose own `source` is nothing
    RecordExtension* extension;   // null: nothing
    Span span;
    Word slots[];
};

struct TypeVariables;

// A type as a value, with what its embedded terms captured.
struct TypeObj : Obj {
    const TypeCode* code;
    const Word* captures;   // null, or behind a word that says how many (Heap::counted_words)
    const TypeVariables* variables;
};

struct CustomContract : Obj {
    Word function;   // label -> value -> ['Ok v | 'Error {…}]
};

// A function behind a function type: checks arguments and result (mutable never).
struct Wrapped : Obj {
    Word function;
    const TypeCode* arrow;
    const Word* captures;
    const TypeVariables* variables;
    const BlameLabel* label;
};

struct BlameLabel : Obj {
    enum class Step : std::uint8_t {
        Root,
        Domain,
        Codomain,
        Array,
        Dict,
        Field,
        Message,
        Reason,   // a message that the program does not see
        Notes,
        Flip,
        Checked,
        Diagnostic,
        TypeVariable
    };
    Step step;
    bool positive;
    const BlameLabel* parent;   // null for Root
    Span span;   // Root: the annotation; Checked: the value; Domain: the call, if it is known
    const TypeCode* type;   // Root: may be null
    Symbol name;            // Field: its name. Root: the name of what is annotated
    Word payload;           // Message, Reason, Notes; Domain: the argument
};

struct SealKey : Obj {
    std::uint32_t key;
};
struct Sealed : Obj {
    std::uint32_t key;
    Word value;
    const BlameLabel* label;
};

struct UnknownObj : Obj {
    std::uint8_t type;   // ValueType
    Word shown;          // of a text with known parts: the text, for messages; else nothing
};

// A text with secrets in it. A string to types; what looks at its characters is refused.
struct SecretTemplateObj : Obj {
    const value::SecretTemplate* text;   // the heap's
};

class Tracer;

// Where an operation that calls the program keeps its place.
struct Scratch : Obj {
    void (*trace)(const Scratch&, Tracer&) = nullptr;   // tells what it holds
    std::uint32_t bytes = 0;                            // of the whole object
};

struct TypeVariables {
    Symbol name;
    std::uint32_t key;
    bool positive;   // polarity of the label where the forall was met
    const TypeVariables* outer;
};

inline bool is(Word word, Tag tag) { return word.is_object() && word.object()->tag == tag; }
// A string, whether the program may look at all of it or not.
inline bool is_text(Word word) { return is(word, Tag::String) || is(word, Tag::SecretTemplate); }
template <typename T>
T* as(Word word) {
    return static_cast<T*>(word.object());
}

}

#pragma clang diagnostic pop
