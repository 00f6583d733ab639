#include "lang/builtins/support.hpp"

#include "lang/eval/tracer.hpp"

namespace lang {

Next wrong_argument(Machine& machine, std::string_view operation, std::string_view wanted,
                    Word got) {
    return machine.fail("EvalError::UnaryPrimopTypeError",
                        std::string(operation) + " wants " + std::string(wanted) + ", but got " +
                            machine.describe(got),
                        machine.current_span());
}

Next wrong_argument(Machine& machine, std::string_view operation, int position,
                    std::string_view wanted, Word got) {
    return machine.fail("EvalError::NAryPrimopTypeError",
                        std::string(operation) + " wants " + std::string(wanted) + " as argument " +
                            std::to_string(position) + ", but got " + machine.describe(got),
                        machine.current_span());
}

std::optional<Next> refuse_sealed_tail(Machine& machine, Record& record, std::string action) {
    if (!Machine::has_sealed_tail(record)) return std::nullopt;
    return machine.illegal_tail(*record.extension, std::move(action));
}

struct ElementsState : Scratch {
    WithElements then = nullptr;
    Word array, state;
    value::ValueType otherwise = value::ValueType::Dyn;
    std::uint32_t next = 0;
    bool unknown = false;
};

static Next next_element(Machine& machine, ElementsState& state);

static Next element_ready(Machine& machine, const Frame& frame) {
    // Reached when the element has been evaluated, maybe after having parked.
    auto& state = *as<ElementsState>(frame.a);
    if (is(machine.result(), Tag::Unknown)) state.unknown = true;
    return next_element(machine, state);
}

static Next next_element(Machine& machine, ElementsState& state) {
    auto& array = *as<Array>(state.array);
    while (state.next < array.size) {
        if (machine.leaves(state.next)) return machine.limit_reached();
        Word word = machine.element(array, state.next++), value;
        if (machine.at_hand(word, value)) {
            state.unknown |= is(value, Tag::Unknown);
            // A sealed element is a mistake of the function that inspects it, even if others are
            // unknown.
            if (is(value, Tag::Sealed))
                return machine.blame_sealed(
                    value, "a value sealed by a polymorphic contract was inspected");
            continue;
        }
        // The state was written forward before the call: the frame goes on behind this element.
        machine.push(element_ready, nullptr, Word::of(&state));
        return machine.force(word);
    }
    if (state.unknown) return machine.give(machine.unknown(state.otherwise));
    return state.then(machine, array, state.state);
}

Next with_elements(Machine& machine, Word array, Word state, WithElements then,
                   value::ValueType otherwise) {
    auto* progress =
        machine.heap.scratch<ElementsState>([](const Scratch& scratch, Tracer& tracer) {
            const auto& of = static_cast<const ElementsState&>(scratch);
            tracer.word(of.array);
            tracer.word(of.state);
        });
    progress->then = then;
    progress->array = array;
    progress->state = state;
    progress->otherwise = otherwise;
    return next_element(machine, *progress);
}

// Small integers go up to 2^60; a larger number or a fraction is no length and no index.
std::optional<std::uint64_t> natural(Word word, std::uint64_t limit) {
    if (!word.is_integer() || word.as_integer() < 0) return std::nullopt;
    auto value = static_cast<std::uint64_t>(word.as_integer());
    if (value > limit) return std::nullopt;
    return value;
}

}
