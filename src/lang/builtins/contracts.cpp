#include "lang/builtins/support.hpp"

namespace lang {

// What %contract/apply% may take: a type, a record as a contract, a function, or what
// %contract/custom% made.
static const BlameLabel* label_of(Word word) { return as<BlameLabel>(word); }
static bool is_label(Word word) { return is(word, Tag::Label); }
static bool is_contract(Word word) {
    return is(word, Tag::Type) || is(word, Tag::Record) || is(word, Tag::CustomContract) ||
           is_function(word);
}

static Next custom(Machine& m, const Word* arguments) {
    if (!is_function(arguments[0]))
        return wrong_argument(m, "%contract/custom%", "a function", arguments[0]);
    auto* contract = m.heap.make<CustomContract>(Tag::CustomContract);
    contract->function = arguments[0];
    return m.give(Word::of(contract));
}

static Next run_contract(Machine& m, const Word* arguments, Machine::Mode mode,
                         std::string_view operation) {
    // A contract that is not known yet cannot be checked; the value goes through, and is checked
    // in the next round, when it is known.
    if (is(arguments[0], Tag::Unknown)) return m.contract_ok(arguments[2], mode);
    if (!is_contract(arguments[0]))
        return wrong_argument(m, operation, 1, "a contract", arguments[0]);
    if (!is_label(arguments[1])) return wrong_argument(m, operation, 2, "a label", arguments[1]);
    // Own notes and messages of this application belong to it alone and not to the label it came
    // with.
    const BlameLabel* label = m.step(label_of(arguments[1]), BlameLabel::Step::Diagnostic);
    return m.apply_contract(arguments[0], label, arguments[2], mode);
}
static Next apply(Machine& m, const Word* a) {
    return run_contract(m, a, Machine::Mode::Apply, "%contract/apply%");
}
static Next check(Machine& m, const Word* a) {
    return run_contract(m, a, Machine::Mode::Check, "%contract/check%");
}

static Next array_lazy_apply(Machine& m, const Word* arguments) {
    if (!is_label(arguments[0]))
        return wrong_argument(m, "%contract/array_lazy_apply%", 1, "a label", arguments[0]);
    if (!is(arguments[1], Tag::Array))
        return wrong_argument(m, "%contract/array_lazy_apply%", 2, "an array", arguments[1]);
    auto& array = *as<Array>(arguments[1]);
    // The contract is applied to each element when it is read. The memo of elements that were read
    // without it must not be shared.
    auto* pending = m.heap.array<PendingList>(1);
    *pending = {{arguments[2], label_of(arguments[0])}, array.pending};
    auto* wrapped = m.heap.make<Array>(Tag::Array);
    *wrapped = array;
    wrapped->pending = pending;
    wrapped->memo = nullptr;
    return m.give(Word::of(wrapped));
}

static Next record_lazy_apply(Machine& m, const Word* arguments) {
    if (!is_label(arguments[0]))
        return wrong_argument(m, "%contract/record_lazy_apply%", 1, "a label", arguments[0]);
    if (!is(arguments[1], Tag::Record))
        return wrong_argument(m, "%contract/record_lazy_apply%", 2, "a record", arguments[1]);
    auto& record = *as<Record>(arguments[1]);
    auto* fields = m.heap.array<Field>(record.shape->size);
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        Symbol name = record.shape->symbols[slot];
        Word contract = m.delay_apply(arguments[2], {m.heap.string(name.text())});
        fields[slot] = m.full_field(record, slot);
        // Added to the contracts that a field has already.
        fields[slot].contracts =
            m.add_contract(fields[slot].contracts, contract,
                           m.step(label_of(arguments[0]), BlameLabel::Step::Field, name));
    }
    Record* wrapped = m.make_record_with(record.shape, {fields, record.shape->size});
    wrapped->flags = record.flags;
    wrapped->span = record.span;
    return m.give(Word::of(wrapped));
}

// ---- labels

template <BlameLabel::Step step>
static Next go(Machine& m, const Word* arguments) {
    // One template for steps without a payload; the error can only come from a program that calls
    // the operation by name.
    if (!is_label(arguments[0])) return wrong_argument(m, "%label/…%", "a label", arguments[0]);
    const BlameLabel* label = m.step(label_of(arguments[0]), step);
    // The path grows, the polarity is the program's own business (%label/flip_polarity%).
    if (step == BlameLabel::Step::Domain)
        const_cast<BlameLabel*>(label)->positive = label_of(arguments[0])->positive;
    return m.give(Word::of(label));
}

static Next polarity(Machine& m, const Word* arguments) {
    if (!is_label(arguments[0]))
        return wrong_argument(m, "%label/polarity%", "a label", arguments[0]);
    return m.give(
        Word::tag(Symbol::of(label_of(arguments[0])->positive ? "Positive" : "Negative")));
}

static Next with_text(Machine& m, const Word* arguments, BlameLabel::Step step,
                      std::string_view operation) {
    if (!is(arguments[0], Tag::String))
        return wrong_argument(m, operation, 1, "a string", arguments[0]);
    if (!is_label(arguments[1])) return wrong_argument(m, operation, 2, "a label", arguments[1]);
    Word payload = arguments[0];
    if (step == BlameLabel::Step::Field) {
        return m.give(Word::of(m.step(label_of(arguments[1]), step, Symbol::of(text_of(payload)))));
    }
    if (step == BlameLabel::Step::Notes) {
        Array* notes = m.make_array(1);
        notes->chunk->elements[0] = payload;
        payload = Word::of(notes);
    }
    return m.give(Word::of(m.step(label_of(arguments[1]), step, {}, payload)));
}
static Next go_field(Machine& m, const Word* a) {
    return with_text(m, a, BlameLabel::Step::Field, "%label/go_field%");
}
static Next with_message(Machine& m, const Word* a) {
    return with_text(m, a, BlameLabel::Step::Message, "%label/with_message%");
}
static Next append_note(Machine& m, const Word* a) {
    return with_text(m, a, BlameLabel::Step::Notes, "%label/append_note%");
}

static Next with_notes(Machine& m, const Word* arguments) {
    if (!is_label(arguments[1]))
        return wrong_argument(m, "%label/with_notes%", 2, "a label", arguments[1]);
    if (!is(arguments[0], Tag::Array))
        return wrong_argument(m, "%label/with_notes%", 1, "an array of strings", arguments[0]);
    auto& array = *as<Array>(arguments[0]);
    // They must be there already: to evaluate them here would let the writing of an error message
    // fail, or never end.
    for (std::uint32_t i = 0; i < array.size; ++i) {
        Word note;
        if (!m.at_hand(m.element(array, i), note) || !is(note, Tag::String)) {
            return wrong_argument(m, "%label/with_notes%", 1, "evaluated strings",
                                  m.element(array, i));
        }
    }
    return m.give(
        Word::of(m.step(label_of(arguments[1]), BlameLabel::Step::Notes, {}, arguments[0])));
}

// Keys cannot be written by a program, so these only ever refuse.
// Sealing is done within the machine, by the contracts of polymorphic types. They are here so that
// a program that names them gets an error about its argument.
static Next wants_key(Machine& m, const Word* arguments) {
    return wrong_argument(m, "this operation", 1, "a sealing key", arguments[0]);
}

std::span<const Native> contract_natives() {
    using Step = BlameLabel::Step;
    static const Native natives[] = {
        {.name = "contract/custom", .run = custom},
        {.name = "contract/apply", .arity = 3, .strict = 2, .run = apply, .raw = true},
        {.name = "contract/check", .arity = 3, .strict = 2, .run = check, .raw = true},
        {.name = "contract/array_lazy_apply", .arity = 3, .strict = 2, .run = array_lazy_apply},
        {.name = "contract/record_lazy_apply", .arity = 3, .strict = 2, .run = record_lazy_apply},
        {.name = "label/flip_polarity", .run = go<Step::Flip>},
        {.name = "label/polarity", .run = polarity},
        {.name = "label/go_dom", .run = go<Step::Domain>},
        {.name = "label/go_codom", .run = go<Step::Codomain>},
        {.name = "label/go_array", .run = go<Step::Array>},
        {.name = "label/go_dict", .run = go<Step::Dict>},
        {.name = "label/push_diag", .run = go<Step::Diagnostic>},
        {.name = "label/go_field", .arity = 2, .strict = 2, .run = go_field},
        {.name = "label/with_message", .arity = 2, .strict = 2, .run = with_message},
        {.name = "label/append_note", .arity = 2, .strict = 2, .run = append_note},
        {.name = "label/with_notes", .arity = 2, .strict = 2, .run = with_notes},
        {.name = "seal", .arity = 3, .strict = 2, .run = wants_key},
        {.name = "unseal", .arity = 3, .strict = 2, .run = wants_key},
        {.name = "label/insert_type_variable", .arity = 4, .strict = 4, .run = wants_key},
        {.name = "label/lookup_type_variable", .arity = 2, .strict = 2, .run = wants_key},
    };
    return natives;
}

}
