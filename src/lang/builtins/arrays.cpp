#include "lang/builtins/support.hpp"

#include <algorithm>
#include <unordered_map>

namespace lang {

// Sizes are of 32 bits in the heap's objects.
constexpr std::uint64_t kMaxArray = 0xFFFFFFFF;

static Next generate(Machine& m, const Word* arguments) {
    if (!is_number(arguments[0]))
        return wrong_argument(m, "%array/generate%", "a number", arguments[0]);
    auto size = natural(arguments[0], kMaxArray);
    if (!size)
        return m.fail("EvalError::Other",
                      "an array's length must be a whole number that is not negative or huge",
                      m.current_span());
    // Asked before anything is made: `generate 4000000000 f` is refused by its size, and does not
    // first fill the memory. An element costs a thunk and the call that it holds.
    if (!m.heap.has_room(*size * (sizeof(Thunk) + 3 * sizeof(Word)))) return m.no_room();
    Array* array = m.make_array(*size);
    for (std::size_t i = 0; i < *size; ++i) {
        // A stop or the time limit is looked at here, since these loops run without coming back to
        // the machine.
        if (m.leaves(i)) return m.limit_reached();
        array->chunk->elements[i] =
            m.delay_apply(arguments[1], {Word::integer(static_cast<std::int64_t>(i))});
    }
    return m.give(Word::of(array));
}

static Next length(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Array))
        return wrong_argument(m, "%array/length%", "an array", arguments[0]);
    return m.give(Word::integer(as<Array>(arguments[0])->size));
}

static Next map(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Array))
        return wrong_argument(m, "%array/map%", "an array", arguments[0]);
    auto& array = *as<Array>(arguments[0]);
    if (!m.heap.has_room(array.size * (sizeof(Thunk) + 3 * sizeof(Word)))) return m.no_room();
    Array* mapped = m.make_array(array.size);
    for (std::uint32_t i = 0; i < array.size; ++i) {
        if (m.leaves(i)) return m.limit_reached();
        // The function is called when the element is needed, so `map` over a million elements of
        // which one is read calls it once.
        mapped->chunk->elements[i] = m.delay_apply(arguments[1], {m.element(array, i)});
    }
    return m.give(Word::of(mapped));
}

static Next at(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Array))
        return wrong_argument(m, "%array/at%", 1, "an array", arguments[0]);
    if (!is_number(arguments[1]))
        return wrong_argument(m, "%array/at%", 2, "a number", arguments[1]);
    auto& array = *as<Array>(arguments[0]);
    auto index = natural(arguments[1], kMaxArray);
    if (!index || *index >= array.size) {
        return m.fail("EvalError::Other",
                      "index " + *to_text(arguments[1]) + " is not in an array of length " +
                          std::to_string(array.size),
                      m.current_span());
    }
    // Arguments that are out of range are named by their own text: an index may be a fraction.
    return m.force(m.element(array, *index));
}

static Next slice(Machine& m, const Word* arguments) {
    if (!is_number(arguments[0]))
        return wrong_argument(m, "%array/slice%", 1, "a number", arguments[0]);
    if (!is_number(arguments[1]))
        return wrong_argument(m, "%array/slice%", 2, "a number", arguments[1]);
    if (!is(arguments[2], Tag::Array))
        return wrong_argument(m, "%array/slice%", 3, "an array", arguments[2]);
    auto& array = *as<Array>(arguments[2]);
    auto from = natural(arguments[0], array.size), to = natural(arguments[1], array.size);
    if (!from || !to || *from > *to) {
        return m.fail("EvalError::Other",
                      "the slice " + *to_text(arguments[0]) + " to " + *to_text(arguments[1]) +
                          " is not in an array of length " + std::to_string(array.size),
                      m.current_span());
    }
    // Shares the elements with the array that it is of: nothing is copied.
    return m.give(m.slice(array, *from, *to));
}

static Next reverse(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Array))
        return wrong_argument(m, "reverse", "an array", arguments[0]);
    auto& array = *as<Array>(arguments[0]);
    if (!m.heap.has_room(array.size * sizeof(Word))) return m.no_room();
    Array* reversed = m.make_array(array.size);
    for (std::uint32_t i = 0; i < array.size; ++i) {
        if (m.leaves(i)) return m.limit_reached();
        // With the contracts that were still to be applied: an element takes them along.
        reversed->chunk->elements[i] = m.element(array, array.size - 1 - i);
    }
    return m.give(Word::of(reversed));
}

static Next range_step(Machine& m, const Word* arguments) {
    // The wrapper in the standard library has checked that all three are numbers.
    value::Rational start = Number(arguments[0]).get(), end = Number(arguments[1]).get(),
                    step = Number(arguments[2]).get();
    if (step.sign() <= 0)
        return m.fail("EvalError::Other", "the step of a range must be positive", m.current_span());
    // Rounded up, as the end is not part of it: 0 to 10 by 4 has the three elements 0, 4, 8.
    value::Rational count = ((end - start) / step).ceil();
    auto size = natural(m.heap.number(count.sign() < 0 ? value::Rational() : count), kMaxArray);
    if (!size)
        return m.fail("EvalError::Other", "this range is too long for an array", m.current_span());
    if (!m.heap.has_room(*size * sizeof(Word))) return m.no_room();
    Array* array = m.make_array(*size);
    value::Rational next = start;
    // By adding exact numbers: the millionth step of 0.1 is right, and no rounding adds up.
    for (std::size_t i = 0; i < *size; ++i) {
        array->chunk->elements[i] = m.heap.number(next);
        next = next + step;
        if (m.heap.exhausted() || m.leaves(i)) return m.limit_reached();
    }
    return m.give(Word::of(array));
}

// `filter` and `partition`: the standard library maps the predicate over the items, and this takes
// those whose flag is as wanted. So each predicate is an ordinary thunk that may park, and no
// state of this loop has to.
static Next select(Machine& m, const Word* arguments) {
    Array* state = m.make_array(2);
    state->chunk->elements[0] = arguments[0];
    state->chunk->elements[1] = arguments[2];
    return with_elements(
        m, arguments[1], Word::of(state),
        [](Machine& machine, Array& flags, Word packed) {
            Word wanted = machine.raw_element(*as<Array>(packed), 0);
            auto& items = *as<Array>(machine.raw_element(*as<Array>(packed), 1));
            if (!machine.heap.has_room(2 * sizeof(Word) * flags.size)) return machine.no_room();
            std::vector<Word> kept;
            for (std::uint32_t i = 0; i < flags.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                if (evaluated(machine, flags, i) == wanted)
                    kept.push_back(machine.element(items, i));
            }
            Array* result = machine.make_array(kept.size());
            std::ranges::copy(kept, result->chunk->elements);
            return machine.give(Word::of(result));
        },
        value::ValueType::Array);
}

static Next flatten(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[0], Word(),
        [](Machine& machine, Array& arrays, Word) {
            std::size_t size = 0;
            for (std::uint32_t i = 0; i < arrays.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word inner = evaluated(machine, arrays, i);
                if (!is(inner, Tag::Array))
                    return wrong_argument(machine, "flatten", "arrays", inner);
                size += as<Array>(inner)->size;
            }
            if (size > kMaxArray || !machine.heap.has_room(size * sizeof(Word)))
                return machine.no_room();
            // Two passes: the size is known before the one array of the result is made.
            Array* result = machine.make_array(size);
            std::size_t to = 0;
            for (std::uint32_t i = 0; i < arrays.size; ++i) {
                auto& inner = *as<Array>(evaluated(machine, arrays, i));
                for (std::uint32_t k = 0; k < inner.size; ++k) {
                    if (machine.leaves(to)) return machine.limit_reached();
                    result->chunk->elements[to++] = machine.element(inner, k);
                }
            }
            return machine.give(Word::of(result));
        },
        value::ValueType::Array);
}

static Next group_by(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[0], arguments[1],
        [](Machine& machine, Array& keys, Word items) {
            // By the number of the name's symbol, and not by its text: the names of the result are
            // symbols anyway.
            std::unordered_map<std::uint32_t, std::vector<Word>> groups;
            for (std::uint32_t i = 0; i < keys.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word key = evaluated(machine, keys, i);
                if (!is(key, Tag::String))
                    return wrong_argument(machine, "group", "string keys", key);
                if (machine.heap.exhausted()) return machine.no_room();   // by the names
                groups[Symbol::of(text_of(key)).id].push_back(
                    machine.element(*as<Array>(items), i));
            }
            std::vector<Symbol> names;
            for (auto& group : groups) names.push_back(Symbol{group.first});
            // Shapes keep names in the order of their numbers; in the order of a hash table two
            // evaluations could differ.
            std::ranges::sort(names, {}, &Symbol::id);
            Record* record = machine.make_record(machine.shapes.intern(names));
            for (std::size_t i = 0; i < names.size(); ++i) {
                auto& group = groups[names[i].id];
                Array* array = machine.make_array(group.size());
                std::ranges::copy(group, array->chunk->elements);
                record->slots[i] = Word::of(array);
            }
            return machine.give(Word::of(record));
        },
        value::ValueType::Record);
}

std::span<const Native> array_natives() {
    static const Native natives[] = {
        {.name = "array/generate",
         .arity = 2,
         .strict = 1,
         .run = generate,
         .result = value::ValueType::Array},
        {.name = "array/length", .run = length, .result = value::ValueType::Number},
        {.name = "array/map",
         .arity = 2,
         .strict = 1,
         .run = map,
         .result = value::ValueType::Array},
        {.name = "array/at", .arity = 2, .strict = 2, .run = at},
        {.name = "array/slice",
         .arity = 3,
         .strict = 3,
         .run = slice,
         .result = value::ValueType::Array},
        {.name = "native/array/reverse", .run = reverse, .result = value::ValueType::Array},
        {.name = "native/array/range_step",
         .arity = 3,
         .strict = 3,
         .run = range_step,
         .result = value::ValueType::Array},
        {.name = "native/array/select",
         .arity = 3,
         .strict = 3,
         .run = select,
         .result = value::ValueType::Array},
        {.name = "native/array/flatten", .run = flatten, .result = value::ValueType::Array},
        {.name = "native/array/group_by",
         .arity = 2,
         .strict = 2,
         .run = group_by,
         .result = value::ValueType::Record},
    };
    return natives;
}

}
