#include "lang/builtins/support.hpp"

#include <algorithm>

// Records out of several records, and out of arrays.
namespace lang {

static Record* part_of(Machine& m, Record& record, const Record& other, bool shared) {
    std::vector<Symbol> kept;
    std::vector<Field> parts;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        if ((other.shape->find(record.shape->symbols[slot]) != Shape::kAbsent) != shared) continue;
        kept.push_back(record.shape->symbols[slot]);
        parts.push_back(m.full_field(record, slot));
    }
    auto* copied = m.heap.array<Field>(parts.size());
    std::ranges::copy(parts, copied);
    Record* part = m.make_record_with(m.shapes.intern(kept), {copied, parts.size()});
    part->flags |= record.flags & Record::kOpen;
    return part;
}

// What two records have in common, as each of them has it, and what only one of them has.
static Next split_pair(Machine& m, const Word* arguments) {
    for (int i = 0; i < 2; ++i) {
        if (!is(arguments[i], Tag::Record))
            return wrong_argument(m, "%record/split_pair%", i + 1, "a record", arguments[i]);
    }
    auto& left = *as<Record>(arguments[0]);
    auto& right = *as<Record>(arguments[1]);
    return m.give(Word::of(
        m.make_record_of({{Symbol::of("left_only"), Word::of(part_of(m, left, right, false))},
                          {Symbol::of("left_center"), Word::of(part_of(m, left, right, true))},
                          {Symbol::of("right_center"), Word::of(part_of(m, right, left, true))},
                          {Symbol::of("right_only"), Word::of(part_of(m, right, left, false))}})));
}

static Next disjoint_merge(Machine& m, const Word* arguments) {
    for (int i = 0; i < 2; ++i) {
        if (!is(arguments[i], Tag::Record))
            return wrong_argument(m, "%record/disjoint_merge%", i + 1, "a record", arguments[i]);
    }
    // For records that have no name in common. Should they, the right one's field is taken, and
    // nothing is merged.
    Record* sides[] = {part_of(m, *as<Record>(arguments[0]), *as<Record>(arguments[1]), false),
                       as<Record>(arguments[1])};
    return m.give(Word::of(m.merge_many(sides, m.current_span())));
}

static Next merge_contract(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Label))
        return m.fail("EvalError::InternalError", "%record/merge_contract% wants a label",
                      m.current_span());
    // Merging with something that is no record: the ordinary merge says what is wrong.
    if (!is(arguments[1], Tag::Record) || !is(arguments[2], Tag::Record))
        return m.merge(arguments[1], arguments[2], m.current_span());
    return m.apply_record_contract(arguments[2], as<BlameLabel>(arguments[0]), arguments[1],
                                   Machine::Mode::Check);
}

static Next from_arrays(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[0], arguments[1],
        [](Machine& machine, Array& keys, Word values_word) {
            // The pairs, the names, the record and its shape.
            if (!machine.heap.has_room(keys.size * (3 * sizeof(Word) + 8 * sizeof(Symbol))))
                return machine.no_room();
            std::vector<std::pair<Symbol, Word>> made;
            made.reserve(keys.size);
            for (std::uint32_t i = 0; i < keys.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word key = evaluated(machine, keys, i);
                if (!is(key, Tag::String))
                    return wrong_argument(machine, "from_array", "string field names", key);
                if (machine.heap.exhausted()) return machine.no_room();   // by the names
                made.emplace_back(Symbol::of(text_of(key)),
                                  machine.element(*as<Array>(values_word), i));
            }
            std::ranges::stable_sort(made, {}, [](const auto& field) { return field.first.id; });
            std::vector<Symbol> symbols;
            symbols.reserve(made.size());
            for (auto& [name, value] : made) {
                if (!symbols.empty() && symbols.back() == name) {
                    return machine.fail("EvalError::Other",
                                        "the field `" + std::string(name.text()) + "` comes twice",
                                        machine.current_span());
                }
                symbols.push_back(name);
            }
            Record* record = machine.make_record(machine.shapes.intern(symbols));
            for (std::size_t i = 0; i < made.size(); ++i) record->slots[i] = made[i].second;
            return machine.give(Word::of(record));
        },
        value::ValueType::Record);
}

static Next merge_all(Machine& m, const Word* arguments) {
    return with_elements(
        m, arguments[0], Word(),
        [](Machine& machine, Array& items, Word) {
            std::vector<Record*> records;
            for (std::uint32_t i = 0; i < items.size; ++i) {
                if (machine.leaves(i)) return machine.limit_reached();
                Word word = evaluated(machine, items, i);
                if (!is(word, Tag::Record))
                    return wrong_argument(machine, "merge_all", "records", word);
                records.push_back(as<Record>(word));
            }
            // One record alone is not merged with anything, so its tail stays as it is.
            for (Record* record : records) {
                if (records.size() < 2) break;
                if (auto next = refuse_sealed_tail(machine, *record, "merge it")) return *next;
            }
            return machine.give(Word::of(machine.merge_many(records, machine.current_span())));
        },
        value::ValueType::Record);
}

std::span<const Native> record_merge_natives() {
    using enum value::ValueType;
    static const Native natives[] = {
        {.name = "record/split_pair", .arity = 2, .strict = 2, .run = split_pair, .result = Record},
        {.name = "record/disjoint_merge",
         .arity = 2,
         .strict = 2,
         .run = disjoint_merge,
         .result = Record},
        {.name = "record/merge_contract", .arity = 3, .strict = 3, .run = merge_contract},
        {.name = "native/record/from_arrays",
         .arity = 2,
         .strict = 2,
         .run = from_arrays,
         .result = Record},
        {.name = "native/record/merge_all", .run = merge_all, .result = Record},
    };
    return natives;
}

}
