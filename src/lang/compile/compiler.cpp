#include "lang/compile/compiler.hpp"

#include "lang/builtins/native.hpp"
#include "lang/compile/scope.hpp"
#include "lang/syntax/primops.hpp"

namespace lang::compile {

using ast::Kind;

const Block* Compiler::program(const ast::Node* root) {
    BlockBuilder builder;
    BlockScope scope(*this, builder);
    const Code* body = strict(root);
    return finish(builder, body, Symbol{}, root->span);
}

const Code* Compiler::constant(Word word, Span span) {
    return make<ConstantCode>(Op::Constant, span, word);
}

static const ast::Node* single_argument(const ast::Apply& apply) {
    return apply.arguments.size() == 1 ? apply.arguments[0] : nullptr;
}

const Code* Compiler::strict(const ast::Node* term) {
    Span span = term->span;
    // A tree of a million nodes takes a second: what is left then is null, and never run.
    if (target_.stop.stop_requested()) [[unlikely]]
        return constant(Word::null(), span);
    switch (term->kind) {
        case Kind::Null: return constant(Word::null(), span);
        case Kind::Bool:
            return constant(Word::boolean(static_cast<const ast::Bool*>(term)->value), span);
        case Kind::Number: {
            auto number =
                value::Rational::from_numeral(static_cast<const ast::Number*>(term)->text);
            if (!number.ok()) {
                report("ParseError::ParseError", std::string(number.error().message()), span);
                return constant(Word::integer(0), span);
            }
            return constant(target_.heap.number(std::move(number).value()), span);
        }
        case Kind::String:
            return constant(target_.heap.string(static_cast<const ast::String*>(term)->text), span);
        case Kind::EnumTag: {
            auto& tag = *static_cast<const ast::EnumTag*>(term);
            if (!tag.argument) return constant(Word::tag(tag.tag), span);
            return make<VariantCode>(Op::VariantLiteral, span, tag.tag, delayed(tag.argument));
        }
        case Kind::Array: {
            std::vector<const Code*> elements;
            for (const ast::Node* element : static_cast<const ast::Array*>(term)->elements) {
                elements.push_back(delayed(element));
            }
            return make<ArrayCode>(Op::ArrayLiteral, span, target_.arena.copy(elements));
        }
        case Kind::Record: return record(*static_cast<const ast::Record*>(term));
        case Kind::Interpolation:
            return interpolation(*static_cast<const ast::Interpolation*>(term));
        case Kind::Var: return variable(*static_cast<const ast::Var*>(term));
        case Kind::Let: {
            auto& node = *static_cast<const ast::Let*>(term);
            return node.recursive ? let_rec(node) : let(node);
        }
        case Kind::Fun: return lambda(*static_cast<const ast::Fun*>(term), Symbol{});
        case Kind::Match: return lambda(*static_cast<const ast::Match*>(term), Symbol{});
        case Kind::Apply: return apply(*static_cast<const ast::Apply*>(term));
        case Kind::If: {
            auto& node = *static_cast<const ast::If*>(term);
            return make<IfCode>(Op::If, span, strict(node.condition), strict(node.then_branch),
                                strict(node.else_branch));
        }
        case Kind::Access: {
            auto& node = *static_cast<const ast::Access*>(term);
            return make<AccessCode>(Op::Access, span, strict(node.object), node.field,
                                    node.field_span);
        }
        case Kind::DynAccess: {
            auto& node = *static_cast<const ast::DynAccess*>(term);
            return make<BinaryCode>(Op::DynAccess, span, strict(node.field), strict(node.object),
                                    node.field->span);
        }
        case Kind::Unary: {
            auto& node = *static_cast<const ast::Unary*>(term);
            const Code* operand = strict(node.operand);
            if (node.op == ast::UnaryOp::Not) return make<UnaryCode>(Op::Not, span, operand);
            // There is no negation in the machine: -x is 0 - x, and says so in errors by its span.
            return binary_of(ast::BinaryOp::Subtract, constant(Word::integer(0), span), operand,
                             span, span);
        }
        case Kind::Binary: return binary(*static_cast<const ast::Binary*>(term));
        case Kind::Section: return section(*static_cast<const ast::Section*>(term));
        case Kind::PrimOp: return primop(*static_cast<const ast::PrimOp*>(term), {}, span);
        case Kind::Annotated: {
            auto& node = *static_cast<const ast::Annotated*>(term);
            return annotated(node.term, *node.annotations, Symbol{});
        }
        case Kind::Import: {
            auto& node = *static_cast<const ast::Import*>(term);
            const ImportCode* import = make<ImportCode>(Op::Import, span, node.index, Word());
            imports.push_back(import);
            return import;
        }
        case Kind::Invalid: return raise(RaiseCode::What::Invalid, 0, span);
        default: return type_literal(term);
    }
}

const Code* Compiler::delayed(const ast::Node* term) {
    switch (term->kind) {
        // These are there when they are looked at: a thunk around them would only be looked
        // through.
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::EnumTag:
        case Kind::Array:
        case Kind::Var:
        case Kind::Fun:
        case Kind::Match: return strict(term);
        case Kind::Record: {
            bool dynamic = false;
            // A computed name has to be evaluated before there is a record, and that is work to be
            // delayed.
            for (const ast::FieldDef& field : static_cast<const ast::Record*>(term)->fields) {
                dynamic |= field.path[0].dynamic != nullptr;
            }
            if (!dynamic) return strict(term);
            break;
        }
        default:
            if (is_type(term)) return strict(term);
            break;
    }
    return closure(term, nullptr, Symbol{});
}

const BlockCode* Compiler::closure(const ast::Node* term, const ast::Annotations* annotations,
                                   Symbol name) {
    BlockBuilder child{.parent = block_};
    BlockScope scope(*this, child);
    const Code* body = annotations ? annotated(term, *annotations, name) : strict(term);
    return make<BlockCode>(Op::Delay, term->span, finish(child, body, name, term->span));
}

const Code* Compiler::variable(const ast::Var& var) {
    // An unbound name was told by the resolver; code is made all the same, for what else is wrong.
    if (var.binding == 0) return raise(RaiseCode::What::Invalid, 0, var.span);
    const resolve::Binding& binding = names_[var.binding];
    if (binding.kind == resolve::Binding::Kind::Global)
        return constant(target_.globals.find(var.name)->second, var.span);
    const bool is_field = binding.kind == resolve::Binding::Kind::Field;
    const Entry* entry = scope_;
    while (is_field ? entry->literal != binding.scope : entry->binding != var.binding)
        entry = entry->outer;
    const Code* place = reference(resolve(entry, *block_), var.span);
    if (!is_field) return place;
    auto* access = target_.arena.make<AccessCode>();
    access->op = Op::Access;
    // In a record with a computed field the sibling may be missing at run time, and yet is
    // declared.
    access->small = 1;   // a sibling: declared, so never "missing"
    access->span = access->field_span = var.span;
    access->object = place;
    access->field = var.name;
    return access;
}

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

// Variables of a pattern in a recursive block are closures that match again and pick one variable:
// so they can be used before the pattern has been checked.
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
    for (const Pick& pick : picked) {
        BlockBuilder child{.parent = block_};
        BlockScope scope(*this, child);
        std::uint32_t slot = new_slot();
        const Code* value = reference(resolve(pick.value, child), pick.pattern->span);
        pattern_scope_ = scope_;
        declare(*pick.pattern);
        const Entry* entry = scope_;
        while (entry->binding != pick.variable) entry = entry->outer;
        const Code* body =
            destructure(*pick.pattern, slot, reference(resolve(entry, child), pick.pattern->span));
        body = target_.arena.make<LetCode>(
            LetCode{Code{Op::Let, 0, slot, pick.pattern->span}, value, body});
        closures.push_back(
            make<BlockCode>(Op::Delay, pick.pattern->span,
                            finish(child, body, names_[pick.variable].name, pick.pattern->span)));
    }
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

const Code* Compiler::apply(const ast::Apply& node) {
    // `value |> match {…}` and `(match {…}) value` need no function: the branches run in this
    // block.
    if (node.head->kind == Kind::Match && single_argument(node)) {
        auto& match = *static_cast<const ast::Match*>(node.head);
        const Code* value = delayed(node.arguments[0]);
        std::uint32_t slot = new_slot();
        const Code* body = branches(match.branches, slot, match.span);
        return target_.arena.make<LetCode>(LetCode{Code{Op::Let, 0, slot, node.span}, value, body});
    }
    if (node.head->kind == Kind::PrimOp) {
        return primop(*static_cast<const ast::PrimOp*>(node.head), node.arguments, node.span);
    }
    std::vector<const Code*> arguments;
    const Code* head = strict(node.head);
    for (const ast::Node* argument : node.arguments) arguments.push_back(delayed(argument));
    return make<ApplyCode>(Op::Apply, node.span, head, target_.arena.copy(arguments));
}

const Code* Compiler::primop(const ast::PrimOp& op, std::span<const ast::Node* const> more,
                             Span span) {
    std::string_view name = primops()[op.op].name;
    const Native* native = find_native(name);
    if (!native) {
        report("ParseError::ParseError",
               "unknown primitive operation `%" + std::string(name) + "%`", op.span);
        return raise(RaiseCode::What::Invalid, 0, op.span);
    }
    // Operands that stand behind the primop belong to it up to its arity; the rest is applied to
    // what comes out.
    std::vector<const Code*> arguments;
    std::size_t taken = 0;
    for (const ast::Node* operand : op.operands) arguments.push_back(delayed(operand));
    while (arguments.size() < native->arity && taken < more.size())
        arguments.push_back(delayed(more[taken++]));
    const Code* code = make<NativeCode>(Op::Native, span, native, target_.arena.copy(arguments));
    if (taken == more.size()) return code;
    std::vector<const Code*> rest;
    for (const ast::Node* argument : more.subspan(taken)) rest.push_back(delayed(argument));
    return make<ApplyCode>(Op::Apply, span, code, target_.arena.copy(rest));
}

const Code* Compiler::binary(const ast::Binary& node) {
    if (node.op == ast::BinaryOp::Pipe) {
        // `x |> f` is `f x`.
        const ast::Node* argument = node.left;
        return apply(ast::Apply{{Kind::Apply, node.span}, node.right, {&argument, 1}});
    }
    return binary_of(node.op, strict(node.left), strict(node.right), node.span, node.op_span);
}

const Code* Compiler::binary_of(ast::BinaryOp op, const Code* left, const Code* right, Span span,
                                Span op_span) {
    using ast::BinaryOp;
    Op code_op = Op::Arithmetic;
    switch (op) {
        case BinaryOp::Add:
        case BinaryOp::Subtract:
        case BinaryOp::Multiply:
        case BinaryOp::Divide:
        case BinaryOp::Modulo: code_op = Op::Arithmetic; break;
        case BinaryOp::ConcatStrings: code_op = Op::ConcatStrings; break;
        case BinaryOp::ConcatArrays: code_op = Op::ConcatArrays; break;
        case BinaryOp::Less:
        case BinaryOp::LessEqual:
        case BinaryOp::Greater:
        case BinaryOp::GreaterEqual: code_op = Op::Compare; break;
        case BinaryOp::Equal:
        case BinaryOp::NotEqual: code_op = Op::Equal; break;
        case BinaryOp::And: code_op = Op::And; break;
        case BinaryOp::Or: code_op = Op::Or; break;
        case BinaryOp::Merge: code_op = Op::Merge; break;
        case BinaryOp::Access: code_op = Op::DynAccess; break;
        case BinaryOp::Pipe: UNREACHABLE();
    }
    return target_.arena.make<BinaryCode>(
        BinaryCode{Code{code_op, static_cast<std::uint8_t>(op), 0, span}, left, right, op_span});
}

const Code* Compiler::section(const ast::Section& node) {
    BlockBuilder child{.parent = block_};
    BlockScope scope(*this, child);
    Span span = node.span;
    const Code* left = reference({Op::Local, 0}, span);
    const Code* right = reference({Op::Local, 1}, span);
    child.locals = node.is_unary ? 1 : 2;
    const Code* body = nullptr;
    if (node.is_unary) {
        body = make<UnaryCode>(Op::Not, span, left);
    } else if (node.binary == ast::BinaryOp::Pipe) {
        body = make<ApplyCode>(Op::Apply, span, right,
                               target_.arena.copy(std::vector<const Code*>{left}));
    } else if (node.binary == ast::BinaryOp::Access) {
        // As a section it is `(.)`: record first, then name; the machine wants the name first.
        body = binary_of(node.binary, right, left, span, span);   // field name first
    } else {
        body = binary_of(node.binary, left, right, span, span);
    }
    auto* block = const_cast<Block*>(finish(child, body, Symbol{}, span));
    block->arity = child.locals;
    return make<BlockCode>(Op::Lambda, span, block);
}

const Code* Compiler::interpolation(const ast::Interpolation& text) {
    if (text.symbolic) return symbolic(text);
    std::vector<InterpolateCode::Part> parts;
    for (const ast::Chunk& chunk : text.chunks) {
        parts.push_back({chunk.text, chunk.expr ? strict(chunk.expr) : nullptr, chunk.indent});
    }
    return make<InterpolateCode>(Op::Interpolate, text.span, target_.arena.copy(parts));
}

const Code* Compiler::symbolic(const ast::Interpolation& text) {
    // Symbolic strings are data for a function to interpret: fragments in an array, none of them a
    // string yet.
    std::vector<const Code*> fragments;
    for (const ast::Chunk& chunk : text.chunks) {
        fragments.push_back(chunk.expr ? delayed(chunk.expr)
                                       : constant(target_.heap.string(chunk.text), text.span));
    }
    std::vector<const Code*> arguments{
        constant(Word::tag(text.symbolic_prefix), text.span),
        make<ArrayCode>(Op::ArrayLiteral, text.span, target_.arena.copy(fragments))};
    return make<NativeCode>(Op::Native, text.span, find_native("symbolic_string"),
                            target_.arena.copy(arguments));
}

const Code* Compiler::annotated(const ast::Node* term, const ast::Annotations& annotations,
                                Symbol name) {
    std::span<const AnnotationCode> applied = contracts(annotations, name);
    if (applied.empty()) return strict(term);
    const Code* value =
        term->kind == Kind::Fun ? lambda(*static_cast<const ast::Fun*>(term), name) : delayed(term);
    return make<AnnotateCode>(Op::Annotate, term->span, value, applied);
}

}
