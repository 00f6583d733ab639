#include "lang/builtins/support.hpp"

#include "lang/eval/tracer.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

// Natives that call back into the program. Their progress lies in frames or in the heap, so that
// any call can park.
namespace lang {

// frame: a = function, b = array, number = next element; the result is the accumulator.
static Next fold_step(Machine& m, const Frame& frame) {
    auto& array = *as<Array>(frame.b);
    std::uint32_t i = frame.number;
    // The frame is pushed before the call, so the call's result is found by it. The last call
    // needs none, which makes it a tail call: what the function gives is the result.
    if (i + 1 < array.size) m.push(fold_step, nullptr, frame.a, frame.b, i + 1);
    Word arguments[] = {m.result(), m.element(array, i)};
    return m.apply(frame.a, arguments);
}

static Next fold_left(Machine& m, const Word* arguments) {
    auto& array = *as<Array>(arguments[2]);
    if (array.size == 0) return m.force(arguments[1]);
    if (array.size > 1) m.push(fold_step, nullptr, arguments[0], arguments[2], 1);
    Word call[] = {arguments[1], m.element(array, 0)};
    return m.apply(arguments[0], call);
}

static Next fold_right_from(Machine& m, const Word* arguments) {
    auto& array = *as<Array>(arguments[2]);
    auto i = static_cast<std::size_t>(arguments[3].as_integer());
    if (i == array.size) return m.force(arguments[1]);
    auto* self = m.heap.make<NativeFunction>(Tag::NativeFunction);
    self->native = find_native("fold_right_from");
    // Right folds are lazy: the rest is a thunk, and a function that does not look at it ends the
    // fold. As a native of its own, because the thunk needs to say where it goes on.
    Word rest = m.delay_apply(Word::of(self), {arguments[0], arguments[1], arguments[2],
                                               Word::integer(static_cast<std::int64_t>(i + 1))});
    Word call[] = {m.element(array, i), rest};
    return m.apply(arguments[0], call);
}

static Next fold_right(Machine& m, const Word* arguments) {
    Word with_index[] = {arguments[0], arguments[1], arguments[2], Word::integer(0)};
    return fold_right_from(m, with_index);
}

// frame: a = predicate, b = array, number = (next element) * 2 + (looking for true)
static Next search(Machine& m, Word predicate, Word array, std::uint32_t progress);
static Next search_step(Machine& m, const Frame& frame) {
    bool wanted = frame.number & 1;
    // Ends at the first one that decides.
    if (m.result() == Word::boolean(wanted)) return m.give(Word::boolean(wanted));
    // An unknown answer makes the whole unknown, even if an element behind it would decide.
    if (is(m.result(), Tag::Unknown)) return m.give(m.unknown(value::ValueType::Bool));
    if (!m.result().is_bool())
        return m.fail("EvalError::TypeError",
                      "a predicate must give a boolean, but gave " + m.describe(m.result()),
                      m.current_span());
    return search(m, frame.a, frame.b, frame.number);
}
static Next search(Machine& m, Word predicate, Word array, std::uint32_t progress) {
    auto& items = *as<Array>(array);
    std::uint32_t i = progress >> 1;
    if (i == items.size) return m.give(Word::boolean(!(progress & 1)));
    m.push(search_step, nullptr, predicate, array, progress + 2);
    Word call[] = {m.element(items, i)};
    return m.apply(predicate, call);
}

// Stable merge sort, bottom up.
// Merge sort, as it is stable and asks n log n questions at most whatever the order function
// answers. Its state lies in the heap: each question is a call of the program, which may park, and
// then goes on here.
struct SortState : Scratch {
    // "from" and "to" take turns: each pass merges runs of `width` into runs of twice that.
    Word order;
    Word* from = nullptr;
    Word* to = nullptr;
    std::size_t size = 0, width = 0, left = 0, right = 0, at = 0, middle = 0, end = 0;
};

static Next sort_run(Machine& m, SortState& s);
static Next sort_compared(Machine& m, const Frame& frame) {
    auto& s = *as<SortState>(frame.a);
    if (is(m.result(), Tag::Unknown)) return m.give(m.unknown(value::ValueType::Array));
    static const Symbol kGreater = Symbol::forever("Greater");
    // Equal ones are taken from the left: stable. A wrong answer (neither 'Lesser nor 'Equal)
    // counts as not greater, and does no harm but an odd order.
    bool take_right = m.result() == Word::tag(kGreater);
    s.to[s.at++] = take_right ? s.from[s.right++] : s.from[s.left++];
    return sort_run(m, s);
}
static Next sort_run(Machine& m, SortState& s) {
    for (;;) {
        if (s.left < s.middle && s.right < s.end) {
            m.push(sort_compared, nullptr, Word::of(&s));
            Word call[] = {s.from[s.left], s.from[s.right]};
            return m.apply(s.order, call);
        }
        // One of the two runs is used up.
        while (s.left < s.middle) s.to[s.at++] = s.from[s.left++];
        while (s.right < s.end) s.to[s.at++] = s.from[s.right++];
        if (s.at == s.size) {
            std::swap(s.from, s.to);
            s.width *= 2;
            s.at = 0;
            if (s.width >= s.size) break;
        }
        s.left = s.at;
        s.middle = std::min(s.left + s.width, s.size);
        s.right = s.middle;
        s.end = std::min(s.middle + s.width, s.size);
    }
    Array* sorted = m.make_array(s.size);
    std::copy_n(s.from, s.size, sorted->chunk->elements);
    return m.give(Word::of(sorted));
}
static Next sort(Machine& m, Word order, Word word) {
    auto& array = *as<Array>(word);
    if (array.size < 2) return m.give(word);
    if (!m.heap.has_room(3 * sizeof(Word) * array.size)) return m.no_room();
    auto* s = m.heap.scratch<SortState>([](const Scratch& scratch, Tracer& tracer) {
        const auto& of = static_cast<const SortState&>(scratch);
        tracer.word(of.order);
        tracer.array(of.from, of.size);
        tracer.array(of.to, of.size);
    });
    s->order = order;
    s->size = array.size;
    s->width = 1;
    s->from = m.heap.words(array.size);
    s->to = m.heap.words(array.size);
    for (std::uint32_t i = 0; i < array.size; ++i) {
        if (m.leaves(i)) return m.limit_reached();
        s->from[i] = m.element(array, i);
    }
    // The first pair; the rest of the state is zero.
    s->middle = 1;
    s->right = 1;
    s->end = 2;
    return sort_run(m, *s);
}

// Scalars by a set; as soon as one is none, by comparing with all that are kept.
// Worked example: [1, "a", 1] goes by the set; [1, [2], [2]] by comparing, as arrays are equal by
// their contents, which may have to be evaluated.
struct DedupState : Scratch {
    Array* items = nullptr;
    Word* kept = nullptr;
    std::size_t count = 0, next = 0, against = 0;
};

static Next dedup_compare(Machine& m, DedupState& s) {
    while (s.next < s.items->size) {
        if (s.against < s.count) {
            m.push(
                [](Machine& machine, const Frame& frame) {
                    auto& state = *as<DedupState>(frame.a);
                    if (is(machine.result(), Tag::Unknown))
                        return machine.give(machine.unknown(value::ValueType::Array));
                    if (machine.result().is_true()) {
                        ++state.next;
                        state.against = 0;
                    } else {
                        ++state.against;
                    }
                    return dedup_compare(machine, state);
                },
                nullptr, Word::of(&s));
            return m.equal(s.kept[s.against], evaluated(m, *s.items, s.next), {});
        }
        s.kept[s.count++] = evaluated(m, *s.items, s.next++);
        s.against = 0;
    }
    Array* result = m.make_array(s.count);
    std::copy_n(s.kept, s.count, result->chunk->elements);
    return m.give(Word::of(result));
}

static Next dedup(Machine& m, const Word* arguments) {
    if (is(arguments[0], Tag::Array) && as<Array>(arguments[0])->size < 2)
        return m.give(arguments[0]);
    return with_elements(
        m, arguments[0], Word(),
        [](Machine& machine, Array& items, Word) {
            // Each key is a node of the set with a text of its own.
            // 80 bytes: a node of the set, its text, and a slot.
            if (!machine.heap.has_room(80 * std::uint64_t{items.size})) return machine.no_room();
            std::unordered_set<std::string> seen;
            auto* s = machine.heap.scratch<DedupState>([](const Scratch& scratch, Tracer& tracer) {
                const auto& of = static_cast<const DedupState&>(scratch);
                tracer.object(of.items);
                tracer.array(of.kept, of.items->size);
            });
            s->items = &items;
            s->kept = machine.heap.words(items.size);
            bool scalars = true;
            for (std::uint32_t i = 0; i < items.size && scalars; ++i) {
                Word word = evaluated(machine, items, i);
                scalars = !word.is_object() || is(word, Tag::String);
            }
            if (!scalars) return dedup_compare(machine, *s);
            for (std::uint32_t i = 0; i < items.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word word = evaluated(machine, items, i);
                // Small numbers, tags, booleans and null are their own bits.
                std::uint64_t bits = word.bits();
                std::string key = is(word, Tag::String)
                                      ? "s" + std::string(text_of(word))
                                      : std::string(reinterpret_cast<char*>(&bits), 8);
                if (seen.insert(std::move(key)).second) s->kept[s->count++] = word;
            }
            s->next = items.size;
            return dedup_compare(machine, *s);
        },
        value::ValueType::Array);
}

// Natives of a function and, last, an array: the array is evaluated, the function only once it
// is called. `run` gets both, and what lies between.
using OverArray = Next (*)(Machine&, const Word* arguments);

template <OverArray run, std::size_t arity, value::ValueType result>
// The array is evaluated here and not by `strict`, since strict arguments are the first ones, and
// the function must not be one of them.
static Next over_array(Machine& m, const Word* arguments) {
    m.push(
        [](Machine& machine, const Frame& frame) {
            if (is(machine.result(), Tag::Unknown)) return machine.give(machine.unknown(result));
            Word call[] = {frame.a, arity == 3 ? frame.b : machine.result(), machine.result()};
            return run(machine, call);
        },
        nullptr, arguments[0], arity == 3 ? arguments[1] : Word());
    return m.force(arguments[arity - 1]);
}

static Next any_of(Machine& m, const Word* a) { return search(m, a[0], a[1], 1); }
static Next all_of(Machine& m, const Word* a) { return search(m, a[0], a[1], 0); }
static Next sort_by(Machine& m, const Word* a) { return sort(m, a[0], a[1]); }

std::span<const Native> fold_natives() {
    using enum value::ValueType;
    static const Native natives[] = {
        {.name = "native/array/fold_left",
         .arity = 3,
         .strict = 0,
         .run = over_array<fold_left, 3, Dyn>},
        {.name = "native/array/fold_right",
         .arity = 3,
         .strict = 0,
         .run = over_array<fold_right, 3, Dyn>},
        {.name = "fold_right_from", .arity = 4, .strict = 0, .run = fold_right_from},
        {.name = "native/array/any", .arity = 2, .strict = 0, .run = over_array<any_of, 2, Bool>},
        {.name = "native/array/all", .arity = 2, .strict = 0, .run = over_array<all_of, 2, Bool>},
        {.name = "native/array/sort",
         .arity = 2,
         .strict = 0,
         .run = over_array<sort_by, 2, Array>},
        {.name = "native/array/dedup", .run = dedup, .result = Array},
    };
    return natives;
}

}
