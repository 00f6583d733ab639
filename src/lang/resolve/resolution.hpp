#pragma once

#include "lang/syntax/ast.hpp"
#include "value/diagnostic.hpp"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace lang::resolve {

using ast::BindingId;
using ast::ScopeId;

// What a name stands for.
struct Binding {
    enum class Kind : std::uint8_t {
        None,
        Global,   // `std`, and what else is given from outside
        Let,
        Parameter,   // of a function
        Pattern,     // a variable within a pattern
        Field,       // of a record literal around: its siblings see it
    };
    Kind kind = Kind::None;
    Symbol name;
    Span span{};         // where it is bound; of a field: its first definition
    ScopeId scope = 0;   // Field: of the literal
};

// All that the names of one file mean. Occurrences carry their ids in the tree (ast::Var::binding
// and its like), so this lives as long as the tree.
struct Resolution {
    std::vector<Binding> bindings{Binding{}};   // by id
    std::uint32_t scopes = 0;
    std::vector<const ast::Import*> imports;   // in the order of the text, by their index
    std::vector<value::Diagnostic> unbound;    // names, and alternatives that bind others; by place
    bool has_types = false;                    // somewhere there is a `: T`

    const Binding& operator[](BindingId id) const { return bindings[id]; }
};

// Walks the whole tree once; no code, no file and no value is looked at. Asked to stop, it leaves
// the rest unresolved.
Resolution resolve(const ast::Node* root, std::span<const Symbol> globals,
                   const std::stop_token& stop = {});

}
