#pragma once

#include "lang/compile/compiler.hpp"

#include <unordered_set>

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

// A name in scope: a local slot of its owner, or (with `fields`) all static fields of a literal.
struct Entry {
    Symbol name;
    BlockBuilder* owner = nullptr;
    std::uint32_t slot = 0;
    const std::unordered_set<std::uint32_t>* fields = nullptr;
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
