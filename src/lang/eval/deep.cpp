#include "lang/eval/steps.hpp"
#include "lang/syntax/quoting.hpp"

// Forcing everything below a value, in order; and structural equality. Both keep their place in
// frames, so that they can be deep and can park.
namespace lang {

using Depth = Machine::Depth;

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

// Of each walk its own: what a program forces by a primitive while it is exported is forced as
// ever.
static Word to_word(Depth depth) { return Word::boolean(depth == Depth::Exported); }
static Depth to_depth(Word word) { return word.is_true() ? Depth::Exported : Depth::All; }

static Next deep_array(Machine& machine, Word array, std::uint32_t from, Depth depth);
static Next deep_record(Machine& machine, Word record, std::uint32_t from, Depth depth);

static Next deep_value(Machine& machine, const Frame& done) {
    const Depth depth = to_depth(done.b);
    Word value = machine.result();
    if (is(value, Tag::Sealed)) return machine.blame_sealed(value, "a sealed value was inspected");
    if (is_leaf(value)) return Next::Return;
    switch (value.object()->tag) {
        case Tag::Array: return deep_array(machine, value, 0, depth);
        case Tag::Record: return deep_record(machine, value, 0, depth);
        default:
            machine.push([](Machine& m, const Frame& frame) { return m.give(frame.a); }, nullptr,
                         value);
            return machine.deep_force(as<Variant>(value)->argument, depth);
    }
}

static Next deep_array_more(Machine& machine, const Frame& frame) {
    return deep_array(machine, frame.a, frame.number, to_depth(frame.b));
}
static Next deep_array(Machine& machine, Word array, std::uint32_t from, Depth depth) {
    auto& items = *as<Array>(array);
    for (std::uint32_t i = from; i < items.size && !machine.leaves(i); ++i) {
        Word word = machine.element(items, i), value;
        // Elements that are plain values already need no frame: most arrays of numbers and texts.
        if (machine.at_hand(word, value) && is_leaf(value) && !is(value, Tag::Sealed)) continue;
        machine.push(deep_array_more, nullptr, array, to_word(depth), i + 1);
        return machine.deep_force(word, depth);
    }
    return machine.give(array);
}

static Next deep_record_more(Machine& machine, const Frame& frame) {
    return deep_record(machine, frame.a, frame.number, to_depth(frame.b));
}
static Next deep_record(Machine& machine, Word record, std::uint32_t from, Depth depth) {
    auto& fields = *as<Record>(record);
    // By name and not by slot, so that of several errors the same is told each time: slots are in
    // the order in which names were first met.
    auto order = fields.shape->sorted_slots();
    for (std::uint32_t i = from; i < order.size() && !machine.leaves(i); ++i) {
        const Meta* meta = depth == Depth::Exported ? machine.meta(fields, order[i]) : nullptr;
        if (meta != nullptr && meta->not_exported) continue;
        Word word = machine.field(fields, order[i]), value;
        if (!word.exists()) {
            if (machine.is_empty_optional(fields, order[i])) continue;
            // `access` says what is missing, with both places.
            return machine.access(record, fields.shape->symbols[order[i]], Span{});
        }
        if (machine.at_hand(word, value) && is_leaf(value) && !is(value, Tag::Sealed)) continue;
        machine.push(deep_record_more, nullptr, record, to_word(depth), i + 1);
        return machine.deep_force(word, depth);
    }
    return machine.give(record);
}

// Appends the step that a frame of the walk stands for; whether it is one.
bool add_deep_step(const Frame& frame, std::string& path) {
    if (frame.resume == deep_value) return true;
    if (frame.resume == deep_array_more) {
        path += "[" + std::to_string(frame.number - 1) + "]";
        return true;
    }
    if (frame.resume != deep_record_more) return false;
    const Shape& shape = *as<Record>(frame.a)->shape;
    const Symbol name = shape.symbols[shape.sorted_slots()[frame.number - 1]];
    if (!path.empty()) path += '.';
    path += quote_field(name.text());
    return true;
}

Next Machine::deep_force(Word word, Depth depth) {
    // A step of its own: shared parts are walked as often as they are met.
    if (reaches_limit()) [[unlikely]]
        return limit_reached();
    push(deep_value, nullptr, {}, to_word(depth));
    return force(word);
}

}
