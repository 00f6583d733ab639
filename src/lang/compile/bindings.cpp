#include "lang/compile/compiler.hpp"

#include "lang/compile/scope.hpp"

// What binds names: `let`, functions and `match`.
namespace lang::compile {

using ast::Kind;

const Code* Compiler::let(const ast::Let& node) {
    const Entry* outer = scope_;
    struct Bound {
        const ast::Binding* binding;
        const Code* value;
        std::uint32_t slot;
    };
    std::vector<Bound> bound;
    // The values are made in the scope outside, all before any name is bound.
    for (const ast::Binding& binding : node.bindings) {
        Symbol name =
            binding.pattern->kind == ast::PatternKind::Variable ? binding.pattern->alias : Symbol{};
        const Code* value = nullptr;
        if (binding.annotations && binding.annotations->has_contracts()) {
            value = closure(binding.value, binding.annotations, name);
        } else if (binding.value->kind == Kind::Fun) {
            value = lambda(*static_cast<const ast::Fun*>(binding.value), name);
        } else {
            value = delayed(binding.value);
        }
        bound.push_back({&binding, value, new_slot()});
    }
    const Entry* outside = scope_;
    for (const Bound& one : bound) {
        if (one.binding->pattern->kind == ast::PatternKind::Variable) {
            bind(one.binding->pattern->binding, one.slot);
        } else {
            declare(*one.binding->pattern);
        }
    }
    // The body first, then the patterns in front of it: each pattern needs the code that comes
    // after it.
    const Code* next = strict(node.body);
    for (std::size_t i = bound.size(); i-- > 0;) {
        const ast::Pattern& pattern = *bound[i].binding->pattern;
        pattern_scope_ = outside;
        if (pattern.kind != ast::PatternKind::Variable)
            next = destructure(pattern, bound[i].slot, next);
    }
    // In reverse, so that the first binding's slot is set first.
    for (std::size_t i = bound.size(); i-- > 0;) {
        next = target_.arena.make<LetCode>(
            LetCode{Code{Op::Let, 0, bound[i].slot, node.span}, bound[i].value, next});
    }
    scope_ = outer;
    return next;
}

// The closure of one variable of a pattern in a recursive block: it matches again and picks that
// variable, so that it can be used before the pattern has been checked.
const BlockCode* Compiler::picker(const ast::Pattern& pattern, const Entry* matched,
                                  ast::BindingId variable) {
    BlockBuilder child{.parent = block_};
    BlockScope scope(*this, child);
    std::uint32_t slot = new_slot();
    const Code* value = reference(resolve(matched, child), pattern.span);
    pattern_scope_ = scope_;
    declare(pattern);
    const Entry* entry = scope_;
    while (entry->binding != variable) entry = entry->outer;
    const Code* body = destructure(pattern, slot, reference(resolve(entry, child), pattern.span));
    body = target_.arena.make<LetCode>(LetCode{Code{Op::Let, 0, slot, pattern.span}, value, body});
    return make<BlockCode>(Op::Delay, pattern.span,
                           finish(child, body, names_[variable].name, pattern.span));
}

const Code* Compiler::let_rec(const ast::Let& node) {
    const Entry* outer = scope_;
    std::uint32_t first = block_->locals;
    for (const ast::Binding& binding : node.bindings) {
        bool plain = binding.pattern->kind == ast::PatternKind::Variable;
        bind(plain ? binding.pattern->binding : 0, new_slot());
    }
    const Entry* values_scope = scope_;
    // Each binding's own place, found again by walking back over the entries just made.
    std::vector<const Entry*> value_entries(node.bindings.size());
    for (std::size_t i = node.bindings.size(); i-- > 0; values_scope = values_scope->outer)
        value_entries[i] = values_scope;
    struct Pick {
        const ast::Pattern* pattern;
        const Entry* value;
        ast::BindingId variable;
    };
    std::vector<Pick> picked;
    for (std::size_t i = 0; i < node.bindings.size(); ++i) {
        const ast::Pattern& pattern = *node.bindings[i].pattern;
        if (pattern.kind == ast::PatternKind::Variable) continue;
        const Entry* before = scope_;
        std::uint32_t locals = block_->locals;
        declare(pattern);
        std::vector<ast::BindingId> variables;
        for (const Entry* entry = scope_; entry != before; entry = entry->outer)
            variables.push_back(entry->binding);
        // Declared only to learn the names; the slots are given back, as the patterns of a
        // recursive block are matched elsewhere, by each variable's closure.
        scope_ = before;
        block_->locals = locals;
        for (ast::BindingId variable : variables) {
            bind(variable, new_slot());
            picked.push_back({&pattern, value_entries[i], variable});
        }
    }
    std::vector<const BlockCode*> closures;
    for (const ast::Binding& binding : node.bindings) {
        Symbol name =
            binding.pattern->kind == ast::PatternKind::Variable ? binding.pattern->alias : Symbol{};
        bool annotated = binding.annotations && binding.annotations->has_contracts();
        if (!annotated && binding.value->kind == Kind::Fun) {
            closures.push_back(lambda(*static_cast<const ast::Fun*>(binding.value), name));
        } else {
            closures.push_back(
                closure(binding.value, annotated ? binding.annotations : nullptr, name));
        }
    }
    for (const Pick& pick : picked)
        closures.push_back(picker(*pick.pattern, pick.value, pick.variable));
    const Code* next = strict(node.body);
    for (std::size_t i = node.bindings.size(); i-- > 0;) {
        const ast::Pattern& pattern = *node.bindings[i].pattern;
        if (pattern.kind == ast::PatternKind::Variable) continue;
        const Entry* here = scope_;
        pattern_scope_ = here;
        declare(pattern);
        next = destructure(pattern, first + static_cast<std::uint32_t>(i), next);
        scope_ = here;
    }
    scope_ = outer;
    return target_.arena.make<LetRecCode>(
        LetRecCode{Code{Op::LetRec, 0, first, node.span}, target_.arena.copy(closures), next});
}

const BlockCode* Compiler::lambda(const ast::Fun& function, Symbol name) {
    BlockBuilder child{.parent = block_};
    BlockScope scope(*this, child);
    child.locals = static_cast<std::uint32_t>(function.parameters.size());
    const Entry* outside = scope_;
    auto is_plain = [](const ast::Pattern& parameter) {
        return parameter.kind == ast::PatternKind::Variable &&
               !(parameter.annotations && parameter.annotations->has_contracts());
    };
    for (std::uint32_t i = 0; i < function.parameters.size(); ++i) {
        const ast::Pattern& parameter = *function.parameters[i];
        if (is_plain(parameter)) {
            bind(parameter.binding, i);
        } else {
            declare(parameter);
        }
    }
    const Code* body = strict(function.body);
    for (std::uint32_t i = static_cast<std::uint32_t>(function.parameters.size()); i-- > 0;) {
        const ast::Pattern& parameter = *function.parameters[i];
        if (is_plain(parameter)) continue;
        pattern_scope_ = outside;
        body = destructure(parameter, i, body);
        if (parameter.annotations && parameter.annotations->has_contracts()) {
            body = annotate_slot(*parameter.annotations, i, i, body);
        }
    }
    auto* block = const_cast<Block*>(finish(child, body, name, function.span));
    block->arity = static_cast<std::uint32_t>(function.parameters.size());
    return make<BlockCode>(Op::Lambda, function.span, block);
}

const BlockCode* Compiler::lambda(const ast::Match& match, Symbol name) {
    BlockBuilder child{.parent = block_};
    BlockScope scope(*this, child);
    child.locals = 1;
    // Made before its body is compiled, and completed after: alternatives of the match use its
    // slots.
    auto* block = const_cast<Block*>(finish(child, nullptr, name, match.span));
    block->body = branches(match.branches, 0, match.span);
    block->locals = child.locals;
    block->captures = target_.arena.copy(child.captures);
    block->arity = 1;
    return make<BlockCode>(Op::Lambda, match.span, block);
}

}
