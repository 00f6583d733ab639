#pragma once

#include "lang/syntax/ast.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace lang::types {

// A type by its number in the Store; 0 is none.
using TypeId = std::uint32_t;

enum class Tag : std::uint8_t {
    None,
    Dyn,
    Number,
    Bool,
    String,
    Key,        // what `%seal%` takes; no program can name it
    Array,      // a: element
    Arrow,      // a: domain, b: codomain
    Forall,     // a: its Bound, b: body
    Bound,      // a: symbol. A variable of a Forall, within it
    Record,     // a: rows
    Dict,       // a: element; flag: written as a contract
    Enum,       // a: rows
    Contract,   // a: which, in the table of contracts
    Variable,   // a: what it stands for or 0, b: level, c: symbol it is shown as or 0
    Constant,   // a: symbol, b: level. Stands for any type at all: a variable of a checked `forall`
    Wildcard,   // a: its variable, made when it is first needed
    Lazy,       // a: what it is made from, b: the type once it is made
    // Rows of records and enums.
    RowEmpty,
    RowDyn,      // `; Dyn`
    RowExtend,   // a: symbol, b: type (0: a tag without argument), c: the other rows
};

using Sort = ast::VarKind;   // types, rows of records, rows of enums

struct Type {
    Tag tag = Tag::None;
    Sort sort = Sort::Type;
    bool flag = false;
    bool closed = true;   // holds no Bound
    std::uint32_t a = 0, b = 0, c = 0;
};

// The types of one run of the checker. Append-only; what variables stand for is written into them.
class Store {
public:
    Store();

    static constexpr TypeId kDyn = 1, kNumber = 2, kBool = 3, kString = 4, kKey = 5;
    static constexpr TypeId kNoRows = 6, kNoTags = 7, kDynRows = 8;

    const Type& operator[](TypeId id) const { return types_[id]; }
    std::size_t size() const { return types_.size(); }

    TypeId array(TypeId element) { return add({.tag = Tag::Array, .a = element}); }
    TypeId arrow(TypeId from, TypeId to) { return add({.tag = Tag::Arrow, .a = from, .b = to}); }
    TypeId record(TypeId rows) { return add({.tag = Tag::Record, .a = rows}); }
    TypeId tags(TypeId rows) { return add({.tag = Tag::Enum, .a = rows}); }
    TypeId dict(TypeId element, bool as_contract = false) {
        return add({.tag = Tag::Dict, .flag = as_contract, .a = element});
    }
    TypeId bound(Symbol name, Sort sort) {
        return add({.tag = Tag::Bound, .sort = sort, .a = name.id});
    }
    TypeId forall(TypeId bound, TypeId body) {
        return add({.tag = Tag::Forall, .sort = types_[bound].sort, .a = bound, .b = body});
    }
    TypeId contract(std::uint32_t which) { return add({.tag = Tag::Contract, .a = which}); }
    TypeId lazy(std::uint32_t what) { return add({.tag = Tag::Lazy, .a = what}); }
    TypeId wildcard() { return add({.tag = Tag::Wildcard}); }
    TypeId row(Sort sort, Symbol name, TypeId type, TypeId rest) {
        return add({.tag = Tag::RowExtend, .sort = sort, .a = name.id, .b = type, .c = rest});
    }
    TypeId variable(Sort sort, std::uint32_t level, Symbol name = {}) {
        return add({.tag = Tag::Variable, .sort = sort, .a = 0, .b = level, .c = name.id});
    }
    TypeId constant(Sort sort, std::uint32_t level, Symbol name) {
        return add({.tag = Tag::Constant, .sort = sort, .a = name.id, .b = level});
    }
    static TypeId empty(Sort sort) { return sort == Sort::EnumRows ? kNoTags : kNoRows; }

    // What a type is once variables that stand for another are followed.
    TypeId root(TypeId id);
    void link(TypeId variable, TypeId to) { types_[variable].a = to; }
    void lower(TypeId variable, std::uint32_t level) {
        if (types_[variable].b > level) types_[variable].b = level;
    }
    void assign(TypeId lazy_or_wildcard, TypeId to);

    // The names that a row variable must never come to hold, as they stand beside it.
    std::vector<std::uint32_t>& excluded(TypeId variable) { return excluded_[variable]; }
    bool excludes(TypeId variable, std::uint32_t name) const;

    // The type with one of its bound variables replaced.
    TypeId replace(TypeId type, TypeId bound, TypeId by);
    // Names beside a bound row variable in a type; of tags those with an argument.
    void names_beside(TypeId type, TypeId bound, std::vector<std::uint32_t>& names) const;

private:
    TypeId add(Type type);
    TypeId replace_rows(TypeId id, TypeId bound, TypeId by);

    std::vector<Type> types_;
    std::unordered_map<TypeId, std::vector<std::uint32_t>> excluded_;
};

}
