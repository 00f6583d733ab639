#include "lang/builtins/support.hpp"

#include <algorithm>

namespace lang {

// A record whose names are all known; else the operation's result is unknown.
static bool names_unknown(const Record& record) { return record.flags & Record::kUnknownNames; }

static Next missing(Machine& m, Record& record, std::uint32_t slot) {
    return m.access(Word::of(&record), record.shape->symbols[slot], m.current_span());
}

static Next names(Machine& m, Word word, bool with_optional, std::string_view operation) {
    if (!is(word, Tag::Record)) return wrong_argument(m, operation, "a record", word);
    auto& record = *as<Record>(word);
    if (names_unknown(record)) return m.give(m.unknown(value::ValueType::Array));
    std::vector<Word> found;
    // In the order of the alphabet, and not of the definition: the manual has it so for fields and
    // values.
    for (std::uint32_t slot : record.shape->sorted_slots()) {
        if (!with_optional && m.is_empty_optional(record, slot)) continue;
        if (m.leaves(found.size())) return m.limit_reached();
        found.push_back(m.heap.string(record.shape->symbols[slot].text()));
    }
    Array* array = m.make_array(found.size());
    std::ranges::copy(found, array->chunk->elements);
    return m.give(Word::of(array));
}
static Next fields(Machine& m, const Word* a) { return names(m, a[0], false, "%record/fields%"); }
static Next fields_with_opts(Machine& m, const Word* a) {
    return names(m, a[0], true, "%record/fields_with_opts%");
}

static Next values(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Record))
        return wrong_argument(m, "%record/values%", "a record", arguments[0]);
    auto& record = *as<Record>(arguments[0]);
    if (names_unknown(record)) return m.give(m.unknown(value::ValueType::Array));
    std::vector<Word> found;
    for (std::uint32_t slot : record.shape->sorted_slots()) {
        Word word = m.field(record, slot);
        if (!word.exists()) {
            if (m.is_empty_optional(record, slot)) continue;
            return missing(m, record, slot);
        }
        // A field without a value and not optional is an error here, as the access to it would be.
        if (m.leaves(found.size())) return m.limit_reached();
        found.push_back(word);
    }
    Array* array = m.make_array(found.size());
    std::ranges::copy(found, array->chunk->elements);
    return m.give(Word::of(array));
}

// The same names, each value replaced; frozen, metadata and `..` kept, empty optional fields
// dropped.
static Next map(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Record))
        return wrong_argument(m, "%record/map%", "a record", arguments[0]);
    auto& record = *as<Record>(arguments[0]);
    if (names_unknown(record)) return m.give(m.unknown(value::ValueType::Record));
    // A sealed tail hides fields that this function's type promises not to look at.
    if (auto next = refuse_sealed_tail(m, record, "map over it")) return *next;
    std::vector<Symbol> kept;
    std::vector<Field> mapped;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        Word word = m.field(record, slot);
        if (!word.exists()) {
            if (m.is_empty_optional(record, slot)) continue;
            return missing(m, record, slot);
        }
        if (m.leaves(kept.size())) return m.limit_reached();
        Symbol name = record.shape->symbols[slot];
        kept.push_back(name);
        // Frozen: the values are what they were when map was called. A later merge overrides a
        // field and does not run the function again.
        mapped.push_back(
            Field{.method = Method::Shared,
                  .source = m.delay_apply(arguments[1], {m.heap.string(name.text()), word}),
                  .meta = m.meta(record, slot)});
    }
    bool plain = std::ranges::all_of(mapped, [](const Field& field) { return !field.meta; });
    Record* result = nullptr;
    if (plain) {
        result = m.make_record(m.shapes.intern(kept));
        for (std::size_t i = 0; i < mapped.size(); ++i) result->slots[i] = mapped[i].source;
    } else {
        auto* copied = m.heap.array<Field>(mapped.size());
        std::ranges::copy(mapped, copied);
        result = m.make_record_with(m.shapes.intern(kept), {copied, mapped.size()});
    }
    result->flags |= record.flags & Record::kOpen;
    return m.give(Word::of(result));
}

// A copy of the record's fields for a shape with one name more or less.
// With and without methods: a record of plain slots is copied slot by slot; otherwise every field
// keeps how it is computed, so it can still be overridden.
static Record* reshape(Machine& m, Record& record, const Shape* shape, Symbol added, Word value) {
    if (!record.fields) {
        Record* result = m.make_record(shape);
        result->flags = record.flags;
        for (std::uint32_t slot = 0, from = 0; slot < shape->size; ++slot) {
            // Both shapes are sorted by symbol: one walk over both.
            while (from < record.shape->size &&
                   record.shape->symbols[from].id < shape->symbols[slot].id)
                ++from;
            result->slots[slot] = shape->symbols[slot] == added ? value : record.slots[from];
        }
        result->extension = record.extension;
        return result;
    }
    auto* fields = m.heap.array<Field>(shape->size);
    std::vector<Word> memos(shape->size);
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        if (shape->symbols[slot] == added) {
            fields[slot] = Field{.method = Method::Shared, .source = value};
            continue;
        }
        std::uint32_t from = record.shape->find(shape->symbols[slot]);
        fields[slot] = m.full_field(record, from);
        memos[slot] = m.field(record, from);   // siblings keep what they saw
    }
    Record* result = m.make_record_with(shape, {fields, shape->size});
    result->flags |= record.flags;
    result->extension = record.extension;
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        if (memos[slot].exists()) result->slots[slot] = memos[slot];
    }
    return result;
}

static std::optional<Next> name_and_record(Machine& m, const Word* arguments,
                                           std::string_view operation) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, operation, 1, "a string", arguments[0]);
    if (!is(arguments[1], Tag::Record))
        return wrong_argument(m, operation, 2, "a record", arguments[1]);
    return std::nullopt;
}

static Next insert_with(Machine& m, const Word* arguments, bool with_optional,
                        std::string_view operation) {
    if (auto next = name_and_record(m, arguments, operation)) return *next;
    auto& record = *as<Record>(arguments[1]);
    Symbol name = Symbol::of(text_of(arguments[0]));
    std::uint32_t slot = record.shape->find(name);
    // An optional field without a value is not there for most operations; it may be inserted, and
    // gets its value.
    bool there = slot != Shape::kAbsent && (with_optional || !m.is_empty_optional(record, slot));
    if (there) {
        return m.fail("EvalError::Other",
                      "the record has a field `" + std::string(name.text()) +
                          "` already, so it cannot be inserted",
                      m.current_span());
    }
    const Shape* shape = slot == Shape::kAbsent ? m.shapes.with(record.shape, name) : record.shape;
    return m.give(Word::of(reshape(m, record, shape, name, arguments[2])));
}
static Next insert(Machine& m, const Word* a) {
    return insert_with(m, a, false, "%record/insert%");
}
static Next insert_with_opts(Machine& m, const Word* a) {
    return insert_with(m, a, true, "%record/insert_with_opts%");
}

static Next remove_with(Machine& m, const Word* arguments, bool with_optional,
                        std::string_view operation) {
    if (auto next = name_and_record(m, arguments, operation)) return *next;
    auto& record = *as<Record>(arguments[1]);
    Symbol name = Symbol::of(text_of(arguments[0]));
    std::uint32_t slot = record.shape->find(name);
    if (slot == Shape::kAbsent || (!with_optional && m.is_empty_optional(record, slot))) {
        // A field in the sealed tail is there, but not for this function: a breach of its type,
        // and no missing field.
        if (Machine::has_sealed_tail(record) &&
            as<Record>(record.extension->sealed_tail)->shape->find(name) != Shape::kAbsent) {
            return m.illegal_tail(*record.extension,
                                  "remove the field `" + std::string(name.text()) + "`");
        }
        value::Diagnostic diagnostic;
        diagnostic.kind = "EvalError::FieldMissing";
        diagnostic.message = "there is no field `" + std::string(name.text()) + "` to remove";
        if (m.current_span().exists()) diagnostic.labels.push_back({m.current_span(), "", true});
        diagnostic.expectation.emplace_back("field", name.text());
        return m.fail(std::move(diagnostic));
    }
    return m.give(
        Word::of(reshape(m, record, m.shapes.without(record.shape, name), Symbol{}, Word())));
}
static Next remove(Machine& m, const Word* a) {
    return remove_with(m, a, false, "%record/remove%");
}
static Next remove_with_opts(Machine& m, const Word* a) {
    return remove_with(m, a, true, "%record/remove_with_opts%");
}

// Presence (`defined`: with a value) of a field.
static Next presence(Machine& m, const Word* arguments, bool with_optional, bool defined,
                     std::string_view operation) {
    if (auto next = name_and_record(m, arguments, operation)) return *next;
    auto& record = *as<Record>(arguments[1]);
    std::uint32_t slot = record.shape->find(Symbol::of(text_of(arguments[0])));
    // Unknown names: one of them may be this one, so the answer is unknown and not false.
    if (slot == Shape::kAbsent)
        return m.give(names_unknown(record) ? m.unknown(value::ValueType::Bool)
                                            : Word::boolean(false));
    bool there =
        defined ? m.has_value(record, slot) : with_optional || !m.is_empty_optional(record, slot);
    return m.give(Word::boolean(there));
}
static Next has_field(Machine& m, const Word* a) {
    return presence(m, a, false, false, "%record/has_field%");
}
static Next has_field_with_opts(Machine& m, const Word* a) {
    return presence(m, a, true, false, "%record/has_field_with_opts%");
}
static Next is_defined(Machine& m, const Word* a) {
    return presence(m, a, false, true, "%record/field_is_defined%");
}
static Next is_defined_with_opts(Machine& m, const Word* a) {
    return presence(m, a, true, true, "%record/field_is_defined_with_opts%");
}

static Next freeze(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Record))
        return wrong_argument(m, "%record/freeze%", "a record", arguments[0]);
    auto& record = *as<Record>(arguments[0]);
    if (record.flags & Record::kUnfrozenTail) return m.illegal_tail(*record.extension, "freeze it");
    return m.give(Word::of(m.freeze(record)));
}

static Next empty_with_tail(Machine& m, const Word* arguments) {
    if (!is(arguments[0], Tag::Record))
        return wrong_argument(m, "%record/empty_with_tail%", "a record", arguments[0]);
    Record* empty = m.make_record(m.shapes.empty());
    auto& record = *as<Record>(arguments[0]);
    if (Machine::has_sealed_tail(record)) {
        empty->extension = m.heap.array<RecordExtension>(1);
        empty->extension->sealed_tail = record.extension->sealed_tail;
        empty->extension->tail_key = record.extension->tail_key;
        empty->extension->tail_label = record.extension->tail_label;
        empty->flags |= Record::kUnfrozenTail;
    }
    return m.give(Word::of(empty));
}

static Next seal_tail(Machine& m, const Word* arguments) {
    return wrong_argument(m, "%record/seal_tail%", 1, "a sealing key", arguments[0]);
}
static Next unseal_tail(Machine& m, const Word* arguments) {
    return wrong_argument(m, "%record/unseal_tail%", 1, "a sealing key", arguments[0]);
}

std::span<const Native> record_natives() {
    using enum value::ValueType;
    static const Native natives[] = {
        {.name = "record/fields", .run = fields, .result = Array},
        {.name = "record/fields_with_opts", .run = fields_with_opts, .result = Array},
        {.name = "record/values", .run = values, .result = Array},
        {.name = "record/map", .arity = 2, .strict = 1, .run = map, .result = Record},
        {.name = "record/insert", .arity = 3, .strict = 2, .run = insert, .result = Record},
        {.name = "record/insert_with_opts",
         .arity = 3,
         .strict = 2,
         .run = insert_with_opts,
         .result = Record},
        {.name = "record/remove", .arity = 2, .strict = 2, .run = remove, .result = Record},
        {.name = "record/remove_with_opts",
         .arity = 2,
         .strict = 2,
         .run = remove_with_opts,
         .result = Record},
        {.name = "record/has_field", .arity = 2, .strict = 2, .run = has_field, .result = Bool},
        {.name = "record/has_field_with_opts",
         .arity = 2,
         .strict = 2,
         .run = has_field_with_opts,
         .result = Bool},
        {.name = "record/field_is_defined",
         .arity = 2,
         .strict = 2,
         .run = is_defined,
         .result = Bool},
        {.name = "record/field_is_defined_with_opts",
         .arity = 2,
         .strict = 2,
         .run = is_defined_with_opts,
         .result = Bool},
        {.name = "record/freeze", .run = freeze, .result = Record},
        {.name = "record/empty_with_tail", .run = empty_with_tail, .result = Record},
        {.name = "record/seal_tail", .arity = 5, .strict = 4, .run = seal_tail},
        {.name = "record/unseal_tail", .arity = 3, .strict = 3, .run = unseal_tail},
    };
    return natives;
}

}
