#include "lang/eval/contract_support.hpp"

#include <algorithm>

// Contracts of records: record types, dictionaries, and records that are contracts themselves.
namespace lang {

using Mode = Machine::Mode;

// {_ : T} freezes the record; {_ | C} hangs a pending contract on each field.
// Two meanings: after `:` the record is a plain dictionary from here on, after `|` it keeps its
// fields with their late binding, and a merge later on is still checked.
Word Machine::wrap_dictionary(Record& record, Word contract, const BlameLabel* label,
                              bool keeps_fields) {
    std::uint32_t size = record.shape->size;
    if (!keeps_fields) {
        Record* wrapped = freeze(record);
        for (std::uint32_t slot = 0; slot < size; ++slot) {
            if (!wrapped->slots[slot].exists()) continue;
            const BlameLabel* of_field =
                step(label, BlameLabel::Step::Field, record.shape->symbols[slot]);
            wrapped->slots[slot] = delay_contract(contract, of_field, wrapped->slots[slot]);
            if (wrapped->fields)
                // The slot alone would lose the contract with the next merge, which takes the
                // field.
                const_cast<Field*>(wrapped->fields)[slot].source = wrapped->slots[slot];
        }
        return Word::of(wrapped);
    }
    auto* fields = heap.array<Field>(size);
    for (std::uint32_t slot = 0; slot < size; ++slot) {
        fields[slot] = full_field(record, slot);
        fields[slot].contracts =
            add_contract(fields[slot].contracts, contract,
                         step(label, BlameLabel::Step::Field, record.shape->symbols[slot]));
    }
    Record* wrapped = make_record_with(record.shape, {fields, size});
    wrapped->flags = record.flags;
    wrapped->span = record.span;
    carry_extension(*wrapped, record);
    return Word::of(wrapped);
}

const ContractList* Machine::add_contract(const ContractList* list, Word contract,
                                          const BlameLabel* label) {
    std::size_t count = list ? list->items.size() : 0;
    auto* items = heap.array<ContractItem>(count + 1);
    if (list) std::ranges::copy(list->items, items);
    items[count] = ContractItem{.value = contract, .label = label};
    auto* result = heap.array<ContractList>(1);
    result->items = {items, count + 1};
    return result;
}

void Machine::carry_extension(Record& to, const Record& from) {
    if (!from.extension) return;
    // Another record, so another instance: what is checked is made anew, with the same type.
    if (from.extension->instance) {
        become_instance(to, from.extension->type);
    } else {
        to.extension = from.extension;
    }
}

namespace {

std::string name_list(const std::vector<Symbol>& names) {
    std::string text;
    for (Symbol name : names) text += (text.empty() ? "`" : ", `") + std::string(name.text()) + "`";
    return text;
}

std::string counted_fields(std::string_view what, const std::vector<Symbol>& names) {
    return std::string(what) + (names.size() > 1 ? " fields " : " field ") + name_list(names);
}

bool has(const Record& record, Symbol name) { return record.shape->find(name) != Shape::kAbsent; }

// The fields of a record beside those that a record type names.
struct Rows {
    std::vector<Symbol> missing;
    std::vector<Symbol> extra;   // what a tail of the type stands for
};

Rows compare_rows(const Machine& m, const TypeCode& type, const Record& record) {
    Rows rows;
    // With a name that is not known yet any field may be there.
    const bool is_complete = (record.flags & Record::kUnknownNames) == 0;
    for (Symbol name : type.row_names) {
        if (is_complete && !has(record, name)) rows.missing.push_back(name);
    }
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        const Symbol name = record.shape->symbols[slot];
        if (std::ranges::find(type.row_names, name) != type.row_names.end()) continue;
        // An optional field without value is not there, as far as the outside is concerned.
        if (!m.is_empty_optional(record, slot)) rows.extra.push_back(name);
    }
    return rows;
}

// Why such fields are not of the type; empty if they are.
std::string misfit(const TypeCode& type, const Rows& rows) {
    if (!rows.missing.empty()) return counted_fields("missing", rows.missing);
    if (type.tail == ast::Tail::Closed && !rows.extra.empty())
        return counted_fields("extra", rows.extra);
    // A tail variable stands for other fields than those named: a field in both would have two
    // types.
    for (Symbol name : rows.extra) {
        if (std::ranges::find(type.excluded, name) != type.excluded.end())
            return "the field `" + std::string(name.text()) + "` is not allowed in the tail";
    }
    return {};
}

// The record that the rest of the program sees: the fields of the rows under their types, and with
// an open type the others as they are. `tail` is what was sealed and comes back to light.
Record* typed_record(Machine& m, const TypeObj& holder, const TypeCode& type,
                     const BlameLabel* label, Record& record, std::span<const Symbol> shown,
                     Record* tail) {
    std::vector<Symbol> names(type.row_names.begin(), type.row_names.end());
    names.insert(names.end(), shown.begin(), shown.end());
    if (tail) names.insert(names.end(), tail->shape->names().begin(), tail->shape->names().end());
    std::ranges::sort(names, {}, &Symbol::id);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase_if(names,
                  [&](Symbol name) { return !has(record, name) && !(tail && has(*tail, name)); });
    const Shape* shape = m.shapes.intern(names);
    auto* fields = m.heap.array<Field>(shape->size);
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        Symbol name = shape->symbols[slot];
        Record& from = has(record, name) ? record : *tail;
        std::uint32_t source = from.shape->find(name);
        Word word = m.field(from, source);
        auto row = std::ranges::find(type.row_names, name);
        if (row != type.row_names.end() && word.exists()) {
            const TypeCode* of =
                type.row_types[static_cast<std::size_t>(row - type.row_names.begin())];
            word = m.delay_contract(sub_type(m, holder, of),
                                    m.step(label, BlameLabel::Step::Field, name), word);
        }
        // Shared: what leaves a record type is not computed anew for another record. That is the
        // difference between `: {…}` and a record contract, which is merged.
        fields[slot] = Field{.method = word.exists() ? Method::Shared : Method::None,
                             .source = word,
                             .meta = m.meta(from, source)};
    }
    Record* result = m.make_record_with(shape, {fields, shape->size});
    result->span = record.span;
    result->flags |= record.flags & Record::kUnknownNames;
    return result;
}

// Hides the fields that a polymorphic tail stands for from whoever gets the record.
void hide_tail(Machine& m, Record& result, Record& record, std::vector<Symbol> hidden,
               const TypeVariables& variable, const BlameLabel* label) {
    std::ranges::sort(hidden, {}, &Symbol::id);
    auto* kept = m.heap.array<Field>(hidden.size());
    for (std::size_t i = 0; i < hidden.size(); ++i)
        kept[i] = m.full_field(record, record.shape->find(hidden[i]));
    result.extension = m.heap.array<RecordExtension>(1);
    result.extension->sealed_tail =
        Word::of(m.make_record_with(m.shapes.intern(hidden), {kept, hidden.size()}));
    result.extension->tail_key = variable.key;
    result.extension->tail_label = label;
    // Nothing was in sight when it was sealed; the official machine cannot freeze such a record.
    if (result.shape->size == 0) result.flags |= Record::kUnfrozenTail;
}

}

Next Machine::check_record_type(const TypeObj& holder, const TypeCode& type,
                                const BlameLabel* label, Record& record, Mode mode) {
    const Rows rows = compare_rows(*this, type, record);
    if (std::string why = misfit(type, rows); !why.empty())
        return contract_broken(label, std::move(why), mode);
    const TypeVariables* variable = nullptr;
    // The innermost binding of that name: inner foralls hide outer ones.
    if (type.tail == ast::Tail::Variable) {
        variable = holder.variables;
        while (variable && variable->name != type.name) variable = variable->outer;
    }
    // Coming in, what the tail stands for is put aside under its key; going out, it has to be there
    // again, with nothing beside it that the function has added.
    const bool seals = variable && variable->positive != label->positive;
    Record* tail = nullptr;
    if (variable && !seals) {
        bool sealed_here = record.extension && record.extension->sealed_tail.exists() &&
                           record.extension->tail_key == variable->key;
        if (!sealed_here || !rows.extra.empty()) {
            return contract_broken(label,
                                   sealed_here ? "extra field " + name_list(rows.extra)
                                               : "the polymorphic tail `" +
                                                     std::string(type.name.text()) + "` is missing",
                                   mode);
        }
        tail = as<Record>(record.extension->sealed_tail);
    }
    const bool shows_all = type.tail != ast::Tail::Closed && !seals;
    Record* result = typed_record(
        *this, holder, type, label, record,
        shows_all ? std::span<const Symbol>(rows.extra) : std::span<const Symbol>(), tail);
    if (seals) hide_tail(*this, *result, record, rows.extra, *variable, label);
    return contract_ok(Word::of(result), mode);
}

Next Machine::apply_record_contract(Word contract, const BlameLabel* label, Word value, Mode mode) {
    Word known;
    if (!at_hand(value, known)) {
        push(
            [](Machine& m, const Frame& frame) {
                return m.apply_record_contract(frame.b, as<BlameLabel>(frame.a), m.result(),
                                               mode_of(frame.number));
            },
            nullptr, Word::of(label), contract, number_of(mode));
        return force(value);
    }
    if (is(known, Tag::Unknown)) {
        auto type = static_cast<value::ValueType>(as<UnknownObj>(known)->type);
        if (type == value::ValueType::Dyn || type == value::ValueType::Record)
            return contract_ok(known, mode);
    }
    if (is(known, Tag::Sealed))
        return blame_sealed(known, "a value sealed by a polymorphic contract was inspected");
    if (!is(known, Tag::Record))
        return contract_broken(label, "expected a record, got " + describe(known), mode);
    auto& schema = *as<Record>(contract);
    auto& record = *as<Record>(known);
    // What lies behind a tail is not to be merged with, as that would be a look at it.
    for (Record* side : {&record, &schema}) {
        if (has_sealed_tail(*side)) return illegal_tail(*side->extension, "merge it");
    }
    std::uint32_t own = instance_type(record),
                  wanted_type =
                      schema.extension && !schema.extension->instance ? schema.extension->type : 0;
    // Applying a resource contract twice is applying it once; two different ones make no sense.
    if (own && wanted_type) {
        if (own == wanted_type) return contract_ok(known, mode);   // the same instance
        return contract_broken(label, "this is a resource of another type already", mode);
    }
    // A closed contract allows no other fields. Tested here, as the merge below takes all of both
    // sides.
    if (!(schema.flags & Record::kOpen)) {
        std::vector<Symbol> extra;
        for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
            Symbol name = record.shape->symbols[slot];
            if (schema.shape->find(name) == Shape::kAbsent) extra.push_back(name);
        }
        if (!extra.empty()) return extra_fields(label, extra, schema, record, mode);
    }
    return contract_ok(Word::of(merge_contract(record, schema, current_span())), mode);
}

}
