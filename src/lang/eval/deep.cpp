#include "lang/eval/machine.hpp"

// Forcing everything below a value, in order; and structural equality. Both keep their place in
// frames, so that they can be deep and can park.
namespace lang {

static bool is_leaf(Word word) {
    if (!word.is_object()) return true;
    switch (word.object()->tag) {
        case Tag::Array: return as<Array>(word)->size == 0;
        // Another instance is referred to, not looked into.
        // Its outputs may be unknown or belong to a task that has not run; whoever needs it reads
        // a cell.
        case Tag::Record:
            return as<Record>(word)->shape->size == 0 ||
                   (as<Record>(word)->extension && as<Record>(word)->extension->instance);
        case Tag::Variant:
        case Tag::Thunk: return false;
        default: return true;
    }
}

static Next deep_array(Machine& machine, Word array, std::uint32_t from);
static Next deep_record(Machine& machine, Word record, std::uint32_t from);

static Next deep_value(Machine& machine, const Frame&) {
    Word value = machine.result();
    if (is(value, Tag::Sealed)) return machine.blame_sealed(value, "a sealed value was inspected");
    if (is_leaf(value)) return Next::Return;
    switch (value.object()->tag) {
        case Tag::Array: return deep_array(machine, value, 0);
        case Tag::Record: return deep_record(machine, value, 0);
        default:
            machine.push([](Machine& m, const Frame& frame) { return m.give(frame.a); }, nullptr,
                         value);
            return machine.deep_force(as<Variant>(value)->argument);
    }
}

static Next deep_array_more(Machine& machine, const Frame& frame) {
    return deep_array(machine, frame.a, frame.number);
}
static Next deep_array(Machine& machine, Word array, std::uint32_t from) {
    auto& items = *as<Array>(array);
    for (std::uint32_t i = from; i < items.size && !machine.leaves(i); ++i) {
        Word word = machine.element(items, i), value;
        // Elements that are plain values already need no frame: most arrays of numbers and texts.
        if (machine.at_hand(word, value) && is_leaf(value) && !is(value, Tag::Sealed)) continue;
        machine.push(deep_array_more, nullptr, array, {}, i + 1);
        return machine.deep_force(word);
    }
    return machine.give(array);
}

static Next deep_record_more(Machine& machine, const Frame& frame) {
    return deep_record(machine, frame.a, frame.number);
}
static Next deep_record(Machine& machine, Word record, std::uint32_t from) {
    auto& fields = *as<Record>(record);
    // By name and not by slot, so that of several errors the same is told each time: slots are in
    // the order in which names were first met.
    auto order = fields.shape->sorted_slots();
    for (std::uint32_t i = from; i < order.size() && !machine.leaves(i); ++i) {
        if (machine.is_skipped(fields, order[i])) continue;
        Word word = machine.field(fields, order[i]), value;
        if (!word.exists()) {
            if (machine.is_empty_optional(fields, order[i])) continue;
            // `access` says what is missing, with both places.
            return machine.access(record, fields.shape->symbols[order[i]], Span{});
        }
        if (machine.at_hand(word, value) && is_leaf(value) && !is(value, Tag::Sealed)) continue;
        machine.push(deep_record_more, nullptr, record, {}, i + 1);
        return machine.deep_force(word);
    }
    return machine.give(record);
}

Next Machine::deep_force(Word word) {
    // A step of its own: shared parts are walked as often as they are met.
    if (reaches_limit()) [[unlikely]]
        return limit_reached();
    push(deep_value);
    return force(word);
}

}
