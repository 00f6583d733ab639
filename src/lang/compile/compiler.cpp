#include "lang/compile/compiler.hpp"

#include "lang/builtins/native.hpp"
#include "lang/compile/scope.hpp"
#include "lang/compile/tails.hpp"
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

const Code* Compiler::number(const ast::Number& literal) {
    auto number = value::Rational::from_numeral(literal.text);
    if (!number.ok()) {
        report("ParseError::ParseError", std::string(number.error().message()), literal.span);
        return constant(Word::integer(0), literal.span);
    }
    return constant(target_.heap.number(std::move(number).value()), literal.span);
}

const Code* Compiler::array(const ast::Array& literal) {
    std::vector<const Code*> elements;
    for (const ast::Node* element : literal.elements) elements.push_back(delayed(element));
    return make<ArrayCode>(Op::ArrayLiteral, literal.span, target_.arena.copy(elements));
}

const Code* Compiler::unary(const ast::Unary& node) {
    const Code* operand = strict(node.operand);
    if (node.op == ast::UnaryOp::Not) return make<UnaryCode>(Op::Not, node.span, operand);
    // There is no negation in the machine: -x is 0 - x, and says so in errors by its span.
    return binary_of(ast::BinaryOp::Subtract, constant(Word::integer(0), node.span), operand,
                     node.span, node.span);
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
        case Kind::Number: return number(*static_cast<const ast::Number*>(term));
        case Kind::String:
            return constant(target_.heap.string(static_cast<const ast::String*>(term)->text), span);
        case Kind::EnumTag: {
            auto& tag = *static_cast<const ast::EnumTag*>(term);
            if (!tag.argument) return constant(Word::tag(tag.tag), span);
            return make<VariantCode>(Op::VariantLiteral, span, tag.tag, delayed(tag.argument));
        }
        case Kind::Array: return array(*static_cast<const ast::Array*>(term));
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
        case Kind::Unary: return unary(*static_cast<const ast::Unary*>(term));
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
            // A type with a tail that nothing binds fails, and not before it is looked at.
            if (is_type(term) && unbound_tail(term).id == 0) return strict(term);
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
    // The first operand of `%enum/embed% Tag e` is a tag's name, for the typechecker alone.
    const bool is_embed = static_cast<PrimOpId>(op.op) == PrimOpId::EnumEmbed;
    for (const ast::Node* operand : op.operands.subspan(is_embed ? 1 : 0))
        arguments.push_back(delayed(operand));
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
