#include "lang/eval/contract_support.hpp"

#include <algorithm>

// Contracts that are functions, and functions behind function types.
namespace lang {

using Mode = Machine::Mode;

// ---- custom contracts

// `label -> value -> ['Ok value | 'Error {message?, notes?, blame_location?}]` has answered.
Next Machine::custom_result(const BlameLabel* label, Word value, Mode mode) {
    static const Symbol kOk = Symbol::forever("Ok"), kError = Symbol::forever("Error");
    Word answer = result_;
    // A contract whose answer depends on something unknown is neither kept nor broken. The thunk
    // has touched the cell: it is run again when that is known.
    if (is(answer, Tag::Unknown)) return contract_ok(value, mode);   // checked when it is known
    if (is(answer, Tag::Variant)) {
        auto& variant = *as<Variant>(answer);
        if (variant.variant_tag == kOk)
            // `'Ok` carries the value to go on with, which may be another one: such contracts also
            // normalise.
            return mode == Mode::Check ? give(answer) : force(variant.argument);
        if (variant.variant_tag == kError) {
            push(
                [](Machine& m, const Frame& frame) {
                    return m.custom_error(as<BlameLabel>(frame.a), m.result(),
                                          mode_of(frame.number), 0);
                },
                nullptr, Word::of(label), {}, number_of(mode));
            return force(variant.argument);
        }
    }
    return fail("EvalError::UnaryPrimopTypeError",
                "a contract must answer 'Ok value or 'Error {…}, but gave " + describe(answer),
                current_span());
}

// Reads blame_location, message and notes, one after the other, into the label.
Next Machine::custom_error(const BlameLabel* label, Word payload, Mode mode, std::uint32_t stage) {
    static const Symbol kNames[] = {Symbol::forever("blame_location"), Symbol::forever("message"),
                                    Symbol::forever("notes")};
    if (!is(payload, Tag::Record)) {
        return fail("EvalError::NAryPrimopTypeError",
                    "'Error of a contract must carry a record, but carries " + describe(payload),
                    current_span());
    }
    auto& record = *as<Record>(payload);
    // One field after the other, as each has to be evaluated and any may be missing.
    for (; stage < std::size(kNames); ++stage) {
        std::uint32_t slot = record.shape->find(kNames[stage]);
        if (slot == Shape::kAbsent || !has_value(record, slot)) continue;
        push(
            [](Machine& m, const Frame& frame) {
                const BlameLabel* so_far = as<BlameLabel>(frame.a);
                const std::uint32_t read = frame.number / 2;
                Word found = m.result();
                if (read == 0 && is(found, Tag::Label)) so_far = as<BlameLabel>(found);
                if (read == 1 && !shown_text(found).empty()) {
                    so_far = m.step(so_far, BlameLabel::Step::Message, {},
                                    m.heap.string(shown_text(found)));
                }
                if (read == 2 && is(found, Tag::Array))
                    so_far = m.step(so_far, BlameLabel::Step::Notes, {}, found);
                return m.custom_error(so_far, frame.b, mode_of(frame.number % 2), read + 1);
            },
            nullptr, Word::of(label), payload, (stage * 2) + number_of(mode));
        // Deeply, as what is told must not fail later, while the error is being printed.
        return deep_force(field(record, slot));
    }
    return contract_broken(label, {}, mode);
}

// ---- functions behind function types

static Next codomain(Machine& machine, const Frame& frame) {
    const TypeObj& holder = *as<TypeObj>(frame.a);
    return machine.apply_type(holder, *static_cast<const TypeCode*>(frame.code),
                              as<BlameLabel>(frame.b), machine.result(), Mode::Apply);
}

// To how many arguments a function may be applied before anything but a function can come out.
// A function of two arguments that is given three gives a function in between, whose own contract
// may be another: no domain may be checked beyond that.
static std::size_t sure_arity(Word function) {
    switch (function.object()->tag) {
        case Tag::Function: return as<Function>(function)->block->arity;
        case Tag::NativeFunction: return as<NativeFunction>(function)->native->arity;
        case Tag::Partial: {
            auto& partial = *as<Partial>(function);
            return sure_arity(partial.function) - partial.count;
        }
        default: return 1;
    }
}

// The arguments lie on top of the stack. As many domains as there are arguments are checked at
// once, so that a call of a curried function costs one round.
Next Machine::apply_wrapped(const Wrapped& wrapped, std::size_t arguments) {
    TypeObj* holder = heap.make<TypeObj>(Tag::Type);
    holder->captures = wrapped.captures;
    holder->variables = wrapped.variables;
    holder->code = wrapped.arrow;
    const TypeCode* arrow = wrapped.arrow;
    const BlameLabel* label = wrapped.label;
    std::size_t first = height() - arguments, used = 0;
    std::size_t at_once = std::min(arguments, sure_arity(wrapped.function));
    while (used < at_once && arrow->kind == TypeKind::Arrow) {
        Word& argument = stack(first + used);
        // Trivial: Dyn, and what the compiler made of it. Nothing can be broken there.
        if (!arrow->first->trivial) {
            // Where the function was named, or what it was named by: the last that was run.
            BlameLabel* given = step(label, BlameLabel::Step::Domain, {}, argument);
            given->span = current_span();
            argument = delay_contract(sub_type(*this, *holder, arrow->first), given, argument);
        }
        if (!arrow->second->trivial) label = step(label, BlameLabel::Step::Codomain);
        arrow = arrow->second;
        ++used;
    }
    // Nothing is left to check of the result: the call is a tail call again.
    if (arrow->trivial) {
        argument_count_ = arguments;
        result_ = wrapped.function;
        return Next::Apply;
    }
    std::vector<Word> taken;
    for (std::size_t i = 0; i < used; ++i) taken.push_back(stack(first + i));
    if (used < arguments) {
        std::vector<Word> rest;
        for (std::size_t i = used; i < arguments; ++i) rest.push_back(stack(first + i));
        task_->height = first;
        for (Word word : rest) push_value(word);
        push_apply(rest.size());
    } else {
        task_->height = first;
    }
    push(codomain, arrow, Word::of(holder), Word::of(label));
    return apply(wrapped.function, taken);
}

}
