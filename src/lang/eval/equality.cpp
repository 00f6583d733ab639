#include "lang/eval/machine.hpp"

#include "lang/eval/numbers.hpp"

// Structural equality. The first known difference decides; otherwise an unknown part makes the
// result unknown (ENGINE §3). Frames: number = next element or field * 2 + (an unknown was met).
namespace lang {

static Next equal_values(Machine& machine, Word left, Word right);
static Next equal_arrays(Machine& machine, Word left, Word right, std::uint32_t progress);
static Next equal_records(Machine& machine, Word left, Word right, std::uint32_t progress);

static bool is_function_like(Word word) {
    return is(word, Tag::Function) || is(word, Tag::Partial) || is(word, Tag::NativeFunction) ||
           is(word, Tag::Wrapped) || is(word, Tag::CustomContract);
}

// An unknown part does not decide, as a later part may differ for certain: {a = u, b = 1} is not
// {a = u, b = 2}, whatever u is.
static std::uint32_t remember(Machine& machine, std::uint32_t progress) {
    return is(machine.result(), Tag::Unknown) ? progress | 1 : progress;
}

static Next equal_arrays(Machine& machine, Word left, Word right, std::uint32_t progress) {
    auto& a = *as<Array>(left);
    auto& b = *as<Array>(right);
    std::uint32_t i = progress >> 1;
    if (i == a.size)
        return machine.give((progress & 1) ? machine.unknown(value::ValueType::Bool)
                                           : Word::boolean(true));
    machine.push(
        [](Machine& m, const Frame& frame) {
            if (m.result().is_false()) return Next::Return;
            return equal_arrays(m, frame.a, frame.b, remember(m, frame.number) + 2);
        },
        nullptr, left, right, progress);
    return machine.equal(machine.element(a, i), machine.element(b, i), {});
}

static Next equal_records(Machine& machine, Word left, Word right, std::uint32_t progress) {
    auto& a = *as<Record>(left);
    auto& b = *as<Record>(right);
    auto order = a.shape->sorted_slots();
    std::uint32_t i = progress >> 1;
    // Optional and without value: as if it were not there.
    while (i < order.size() && machine.is_empty_optional(a, order[i])) ++i;
    progress = i << 1 | (progress & 1);
    if (i == order.size())
        return machine.give((progress & 1) ? machine.unknown(value::ValueType::Bool)
                                           : Word::boolean(true));
    Symbol name = a.shape->symbols[order[i]];
    std::uint32_t other = b.shape->find(name);
    Word x = machine.field(a, order[i]), y = machine.field(b, other);
    if (!x.exists() && !y.exists()) return equal_records(machine, left, right, progress + 2);
    if (!x.exists()) return machine.access(left, name, machine.current_span());
    if (!y.exists()) return machine.access(right, name, machine.current_span());
    machine.push(
        [](Machine& m, const Frame& frame) {
            if (m.result().is_false()) return Next::Return;
            return equal_records(m, frame.a, frame.b, remember(m, frame.number) + 2);
        },
        nullptr, left, right, progress);
    return machine.equal(x, y, {});
}

// Names differ, empty optional fields aside.
static bool same_names(Machine& machine, Record& a, Record& b) {
    // The common case by one comparison: shapes are interned.
    if (a.shape == b.shape && !(a.flags & Record::kHasOptional) &&
        !(b.flags & Record::kHasOptional))
        return true;
    auto covered = [&](Record& of, Record& by) {
        for (std::uint32_t slot = 0; slot < of.shape->size; ++slot) {
            if (machine.is_empty_optional(of, slot)) continue;
            std::uint32_t other = by.shape->find(of.shape->symbols[slot]);
            if (other == Shape::kAbsent || machine.is_empty_optional(by, other)) return false;
        }
        return true;
    };
    return covered(a, b) && covered(b, a);
}

static Next equal_values(Machine& machine, Word left, Word right) {
    for (Word side : {left, right}) {
        if (is(side, Tag::Sealed))
            return machine.blame_sealed(side,
                                        "a value sealed by a polymorphic contract was compared");
    }
    if (is(left, Tag::Unknown) || is(right, Tag::Unknown))
        return machine.give(machine.unknown(value::ValueType::Bool));
    if ((is(left, Tag::SecretTemplate) && is_text(right)) ||
        (is(right, Tag::SecretTemplate) && is_text(left)))
        return machine.refuse_secret("a comparison");
    // Before the general test: numbers are equal by value, whether small or not.
    if (is_number(left) && is_number(right))
        return machine.give(Word::boolean(Number(left).get() == Number(right).get()));
    if (!left.is_object() || !right.is_object()) return machine.give(Word::boolean(left == right));
    if (is_function_like(left) && is_function_like(right)) {
        return machine.fail("EvalError::IncomparableValues", "functions cannot be compared",
                            machine.current_span());
    }
    if (left.object()->tag != right.object()->tag) return machine.give(Word::boolean(false));
    switch (left.object()->tag) {
        case Tag::String:
            return machine.give(
                Word::boolean(as<StringObj>(left)->text() == as<StringObj>(right)->text()));
        case Tag::Array:
            if (as<Array>(left)->size != as<Array>(right)->size)
                return machine.give(Word::boolean(false));
            return equal_arrays(machine, left, right, 0);
        case Tag::Record: {
            auto& a = *as<Record>(left);
            auto& b = *as<Record>(right);
            if ((a.flags | b.flags) & Record::kUnknownNames)
                return machine.give(machine.unknown(value::ValueType::Bool));
            if (!same_names(machine, a, b)) return machine.give(Word::boolean(false));
            return equal_records(machine, left, right, 0);
        }
        case Tag::Variant:
            if (as<Variant>(left)->variant_tag != as<Variant>(right)->variant_tag)
                return machine.give(Word::boolean(false));
            return machine.equal(as<Variant>(left)->argument, as<Variant>(right)->argument, {});
        case Tag::Label: return machine.give(Word::boolean(left == right));
        default: return machine.give(Word::boolean(false));   // two types, two keys
    }
}

Next Machine::equal(Word left, Word right, Span) {
    // A step of its own: shared parts are compared as often as they are met.
    // Two arrays of shared halves, sixty levels deep, have 2^60 pairs to compare.
    if (reaches_limit()) [[unlikely]]
        return limit_reached();
    Word a, b;
    if (!at_hand(left, a)) {
        push([](Machine& m, const Frame& frame) { return m.equal(m.result(), frame.a, {}); },
             nullptr, right);
        return force(left);
    }
    if (!at_hand(right, b)) {
        push([](Machine& m, const Frame& frame) { return equal_values(m, frame.a, m.result()); },
             nullptr, a);
        return force(right);
    }
    return equal_values(*this, a, b);
}

}
