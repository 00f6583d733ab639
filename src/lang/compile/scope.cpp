#include "lang/compile/scope.hpp"

namespace lang::compile {

const Entry* Compiler::bind(ast::BindingId binding, std::uint32_t slot) {
    scope_ = target_.arena.make<Entry>(Entry{binding, 0, block_, slot, scope_});
    return scope_;
}

std::uint32_t Compiler::new_slot() { return block_->locals++; }

VarRef Compiler::resolve(const Entry* entry, BlockBuilder& block) {
    // Three cases: a local of this block, a field of the literal that this block belongs to
    // (through self, which makes it late bound), and everything else, which is captured.
    if (entry->owner == &block && block.kind != BlockBuilder::Kind::Literal) {
        return {Op::Local, entry->slot};
    }
    bool is_field = block.kind == BlockBuilder::Kind::Field;
    if (is_field && entry->owner == block.parent && entry->literal != 0) {
        block.depends_on_self = true;
        return {Op::Self, 0};
    }
    BlockBuilder& holder = is_field ? *block.parent : block;
    CHECK(holder.parent != nullptr);
    // Once for each binding, however often it is used.
    auto [known, fresh] =
        holder.capture_index.try_emplace(entry, static_cast<std::uint32_t>(holder.captures.size()));
    std::uint32_t index = known->second;
    // The place is taken first: finding the source may capture more in the same holder.
    if (fresh) {
        holder.captures.push_back({});
        VarRef source = resolve(entry, *holder.parent);
        holder.captures[index] = source;
    }
    return {is_field ? Op::EnvironmentWord : Op::Captured, index};
}

const Code* Compiler::reference(VarRef where, Span span) {
    auto* code = target_.arena.make<Code>();
    code->op = where.where;
    code->index = where.index;
    code->span = span;
    return code;
}

const Block* Compiler::finish(BlockBuilder& builder, const Code* body, Symbol name, Span span) {
    Block* block = target_.arena.make<Block>();
    block->body = body;
    block->locals = builder.locals;
    block->captures = target_.arena.copy(builder.captures);
    block->name = name;
    block->span = span;
    block->depends_on_self = builder.depends_on_self;
    block->is_library = target_.trusted;
    return block;
}

void Compiler::report(std::string kind, std::string message, Span span, std::string help) {
    value::Diagnostic diagnostic;
    diagnostic.kind = std::move(kind);
    diagnostic.message = std::move(message);
    diagnostic.labels.push_back({span, "", true});
    if (!help.empty()) diagnostic.notes.push_back(std::move(help));
    diagnostics_.push_back(std::move(diagnostic));
}

}
