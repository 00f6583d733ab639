#include "lang/compile/scope.hpp"

// Patterns become chains of tests on local slots. The code behind a pattern is compiled first, so
// that alternatives share it: every variable of a pattern has its slot before any test is made.
namespace lang::compile {

// Slots for all variables of the pattern, before any code is made: alternatives put the same
// variable into the same slot, whichever of them fits.
void Compiler::declare(const ast::Pattern& pattern) {
    if (pattern.alias.id != 0) bind(pattern.binding, new_slot());
    if (pattern.argument) declare(*pattern.argument);
    for (const ast::FieldPattern& field : pattern.fields) {
        if (field.pattern) declare(*field.pattern);
    }
    if (pattern.kind == ast::PatternKind::Or) {
        if (!pattern.elements.empty())
            declare(*pattern.elements.front());   // all bind the same names
    } else {
        for (const ast::Pattern* element : pattern.elements) declare(*element);
    }
    if (pattern.rest.name.id != 0) bind(pattern.rest.binding, new_slot());
}

static std::uint32_t slot_of(const Entry* scope, ast::BindingId binding) {
    while (scope->binding != binding) scope = scope->outer;
    return scope->slot;
}

const Code* Compiler::raise(RaiseCode::What what, std::uint32_t slot, Span span) {
    return make<RaiseCode>(Op::Raise, span, what, slot);
}

const Code* Compiler::annotate_slot(const ast::Annotations& annotations, std::uint32_t from,
                                    std::uint32_t to, const Code* next) {
    BlockBuilder child{.parent = block_};
    // The slot's value with its contract around, as a thunk of its own: it is checked when it is
    // read.
    Entry* source = target_.arena.make<Entry>(Entry{.owner = block_, .slot = from});
    const Block* block = nullptr;
    {
        BlockScope scope(*this, child);
        const Code* value = reference(resolve(source, child), Span{});
        const Code* body =
            make<AnnotateCode>(Op::Annotate, Span{}, value, contracts(annotations, Symbol{}));
        block = finish(child, body, Symbol{}, Span{});
    }
    const Code* delay = make<BlockCode>(Op::Delay, Span{}, block);
    auto* code = target_.arena.make<LetCode>(LetCode{Code{Op::Let, 0, to, Span{}}, delay, next});
    return code;
}

const Code* Compiler::test(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                           const Code* otherwise) {
    Span span = pattern.span;
    // Tests are made from the back: each knows what follows and where to go if it does not fit.
    auto pattern_code = [&](Op op, const Code* then) {
        auto* code = target_.arena.make<PatternCode>();
        code->op = op;
        code->index = slot;
        code->span = span;
        code->next = then;
        code->otherwise = otherwise;
        return code;
    };
    auto constant_test = [&](Word word) -> const Code* {
        auto* check = pattern_code(Op::TestConstant, next);
        check->constant = word;
        return pattern_code(Op::Force, check);
    };
    const Code* code = nullptr;
    switch (pattern.kind) {
        case ast::PatternKind::Any: code = next; break;
        case ast::PatternKind::Variable: {
            auto* bind = pattern_code(Op::Bind, next);
            bind->target = slot_of(scope_, pattern.binding);
            return bind;
        }
        case ast::PatternKind::Null: code = constant_test(Word::null()); break;
        case ast::PatternKind::Bool: code = constant_test(Word::boolean(pattern.bool_value)); break;
        case ast::PatternKind::Number: {
            auto number = value::Rational::from_numeral(pattern.text);
            if (!number.ok())
                report("ParseError::ParseError", std::string(number.error().message()), span);
            code = constant_test(number.ok() ? target_.heap.number(std::move(number).value())
                                             : Word::integer(0));
            break;
        }
        case ast::PatternKind::String:
            code = constant_test(target_.heap.string(pattern.text));
            break;
        case ast::PatternKind::Enum: {
            auto* check = pattern_code(Op::TestTag, next);
            check->name = pattern.tag;
            check->has_argument = pattern.argument != nullptr;
            if (pattern.argument) {
                check->target = new_slot();
                check->next = test(*pattern.argument, check->target, next, otherwise);
            }
            code = pattern_code(Op::Force, check);
            break;
        }
        case ast::PatternKind::Record:
            code = pattern_code(Op::Force, test_record(pattern, slot, next, otherwise));
            break;
        case ast::PatternKind::Array:
            code = pattern_code(Op::Force, test_array(pattern, slot, next, otherwise));
            break;
        case ast::PatternKind::Or: {
            code = otherwise;
            // The last alternative falls through to what comes after all of them, each earlier one
            // to the next.
            for (std::size_t i = pattern.elements.size(); i-- > 0;) {
                code = test(*pattern.elements[i], slot, next, code);
            }
            break;
        }
    }
    if (pattern.alias.id != 0) {
        auto* bind = pattern_code(Op::Bind, code);
        bind->target = slot_of(scope_, pattern.binding);
        code = bind;
    }
    return code;
}

const Code* Compiler::test_record(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                                  const Code* otherwise) {
    const Entry* outer = pattern_scope_;
    std::vector<Symbol> names;
    for (const ast::FieldPattern& field : pattern.fields) names.push_back(field.name);
    auto make_code = [&](Op op, const Code* then, Span span) {
        auto* code = target_.arena.make<PatternCode>();
        code->op = op;
        code->index = slot;
        code->span = span;
        code->next = then;
        code->otherwise = otherwise;
        return code;
    };
    if (pattern.rest.name.id != 0) {
        auto* rest = make_code(Op::BindRest, next, pattern.span);
        rest->names = target_.arena.copy(names);
        rest->target = slot_of(scope_, pattern.rest.binding);
        next = rest;
        // Without `..` a record may have no other fields. Tested last, so that a missing field is
        // told first.
    } else if (!pattern.rest.present) {
        auto* closed = make_code(Op::TestClosed, next, pattern.span);
        closed->names = target_.arena.copy(names);
        next = closed;
    }
    for (std::size_t i = pattern.fields.size(); i-- > 0;) {
        const ast::FieldPattern& field = pattern.fields[i];
        std::uint32_t target = new_slot();
        const Code* then = test(*field.pattern, target, next, otherwise);
        // A type in a pattern is for the typechecker; only what stands behind `|` is checked.
        if (field.annotations && !field.annotations->contracts.empty()) {
            ast::Annotations checked = *field.annotations;
            checked.type = nullptr;
            then = annotate_slot(checked, target, target, then);
        }
        auto* code = make_code(Op::TestField, then, field.span);
        code->name = field.name;
        code->target = target;
        if (field.default_value) {
            // A default sees what is outside the pattern, not its variables.
            const Entry* inside = scope_;
            scope_ = outer;
            code->fallback = delayed(field.default_value);
            scope_ = inside;
        }
        next = code;
    }
    return make_code(Op::TestRecord, next, pattern.span);
}

const Code* Compiler::test_array(const ast::Pattern& pattern, std::uint32_t slot, const Code* next,
                                 const Code* otherwise) {
    auto make_code = [&](Op op, const Code* then) {
        auto* code = target_.arena.make<PatternCode>();
        code->op = op;
        code->index = slot;
        code->span = pattern.span;
        code->next = then;
        code->otherwise = otherwise;
        return code;
    };
    // The elements go to slots of their own in a row; TestArray fills them.
    auto size = static_cast<std::uint32_t>(pattern.elements.size());
    std::uint32_t first = block_->locals;
    block_->locals += size;
    for (std::size_t i = pattern.elements.size(); i-- > 0;) {
        next = test(*pattern.elements[i], first + static_cast<std::uint32_t>(i), next, otherwise);
    }
    if (pattern.rest.name.id != 0) {
        auto* rest = make_code(Op::BindRest, next);
        rest->size = size;
        rest->target = slot_of(scope_, pattern.rest.binding);
        next = rest;
    }
    auto* code = make_code(Op::TestArray, next);
    code->size = size;
    code->target = first;
    code->open = pattern.rest.present;
    return code;
}

const Code* Compiler::destructure(const ast::Pattern& pattern, std::uint32_t slot,
                                  const Code* next) {
    return test(pattern, slot, next,
                raise(RaiseCode::What::FailedDestructuring, slot, pattern.span));
}

const Code* Compiler::branches(std::span<const ast::Branch> branches, std::uint32_t slot,
                               Span span) {
    // A match over nothing but bare tags looks at its value, whatever the branches.
    bool only_tags = true;
    for (const ast::Branch& branch : branches) {
        const ast::Pattern& pattern = *branch.pattern;
        bool is_tag =
            pattern.kind == ast::PatternKind::Enum && !pattern.argument && pattern.alias.id == 0;
        bool is_default = pattern.kind == ast::PatternKind::Any && &branch == &branches.back();
        only_tags = only_tags && !branch.guard && (is_tag || is_default);
    }
    auto what =
        only_tags ? RaiseCode::What::NonExhaustiveTags : RaiseCode::What::NonExhaustiveMatch;
    const Code* otherwise = raise(what, slot, span);
    // From the last branch on, as each needs to know where to go on when it does not fit; a guard
    // that is false goes there too.
    for (std::size_t i = branches.size(); i-- > 0;) {
        const ast::Branch& branch = branches[i];
        const Entry* outer = scope_;
        pattern_scope_ = outer;
        declare(*branch.pattern);
        const Code* body = strict(branch.body);
        if (branch.guard) {
            body = make<IfCode>(Op::If, branch.span, strict(branch.guard), body, otherwise);
        }
        pattern_scope_ = outer;   // the body had patterns of its own
        otherwise = test(*branch.pattern, slot, body, otherwise);
        scope_ = outer;
    }
    if (!only_tags) return otherwise;
    auto* force = target_.arena.make<PatternCode>();
    force->op = Op::Force;
    force->index = slot;
    force->span = span;
    force->next = otherwise;
    return force;
}

}
