#pragma once

#include "lang/compile/compiler.hpp"

#include <unordered_map>

namespace lang::compile {

// A block under construction. A Literal collects what the fields of a record literal capture; its
// Field blocks reach those words through the environment, and the record itself as Self.
struct BlockBuilder {
    enum class Kind : std::uint8_t { Plain, Literal, Field };
    Kind kind = Kind::Plain;
    BlockBuilder* parent = nullptr;
    std::uint32_t locals = 0;
    std::vector<VarRef> captures;
    std::unordered_map<const Entry*, std::uint32_t> capture_index;
    bool depends_on_self = false;
};

// Where a binding lies while code is made: in a local slot of its owner, or (with `literal`) as a
// field of that record literal. One binding may lie in several places, one after the other: a
// pattern of a recursive `let` is matched in more than one block. The innermost counts.
struct Entry {
    ast::BindingId binding = 0;
    ast::ScopeId literal = 0;
    BlockBuilder* owner = nullptr;
    std::uint32_t slot = 0;
    const Entry* outer = nullptr;
};

// Makes `block` current for the life of this object; the scope is restored too.
struct BlockScope {
    BlockScope(Compiler& compiler, BlockBuilder& block)
        : compiler(compiler), old_block(compiler.block_), old_scope(compiler.scope_) {
        compiler.block_ = &block;
    }
    BlockScope(const BlockScope&) = delete;
    BlockScope& operator=(const BlockScope&) = delete;
    ~BlockScope() {
        compiler.block_ = old_block;
        compiler.scope_ = old_scope;
    }
    Compiler& compiler;
    BlockBuilder* old_block;
    const Entry* old_scope;
};

}
