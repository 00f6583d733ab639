#include "lang/eval/contract_support.hpp"
#include "lang/eval/numbers.hpp"

#include <algorithm>

// `&`: a new record whose fields are taken from both sides by priority; fields that depend on
// their record are computed again for the new one (late binding). Values are not forced.
namespace lang {

// Ranks come first: every `default` is below every number, every `force` above. Without an
// annotation a value has the number 0. Examples: {a | default = 1} & {a = 2} gives 2; {a |
// priority 5 = 1} & {a = 2} gives 1; {a | priority -1 = 1} & {a = 2} gives 2; {a = 1} & {a = 2} is
// an error when `a` is read.
static int compare(const Priority& a, const Priority& b) {
    if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
    if (!a.number && !b.number) return 0;
    static const value::Rational kZero;
    auto order = (a.number ? *a.number : kZero) <=> (b.number ? *b.number : kZero);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

static Priority priority_of(const Field& field) {
    return field.meta ? field.meta->priority : Priority{};
}

static const Meta* merge_meta(Machine& machine, const Field& left, const Field& right,
                              const Field& winner) {
    // Left wins where only one can stand (doc, type); what holds on either side holds
    // (not_exported), and optional stays only what both call so: one side that needs the field
    // makes it needed.
    const Meta* a = left.meta;
    const Meta* b = right.meta;
    if (!a && !b) return nullptr;
    static const Meta kNone;
    const Meta& l = a ? *a : kNone;
    const Meta& r = b ? *b : kNone;
    Meta merged = l;
    if (!l.has_doc) {
        merged.doc = r.doc;
        merged.has_doc = r.has_doc;
    }
    merged.optional = l.optional && r.optional;
    merged.not_exported = l.not_exported || r.not_exported;
    merged.priority = priority_of(winner);
    merged.has_priority = winner.meta && winner.meta->has_priority;
    if (!l.type.exists()) merged.type = r.type;
    if (!merged.span.exists()) merged.span = r.span;
    if (l.contracts.empty()) {
        merged.contracts = r.contracts;
    } else if (!r.contracts.empty()) {
        auto* spans = machine.heap.array<Span>(l.contracts.size() + r.contracts.size());
        std::size_t count = 0;
        for (Span span : l.contracts) spans[count++] = span;
        for (Span span : r.contracts) {
            // Shown once when written the same; record contracts stay, as they do officially.
            std::string_view text = machine.sources.text(span);
            bool known = std::ranges::any_of(l.contracts, [&](Span other) {
                return (other.begin == span.begin && other.end == span.end) ||
                       (!text.starts_with('{') && machine.sources.text(other) == text);
            });
            if (!known) spans[count++] = span;
        }
        merged.contracts = {spans, count};
    }
    auto* meta = machine.heap.array<Meta>(1);
    *meta = merged;
    return meta;
}

static const ContractList* merge_contracts(Machine& machine, const ContractList* first,
                                           const ContractList* second) {
    // The same list on both sides is common: both records come from one literal.
    if (!first || !second || first == second) return first ? first : second;
    auto* items = machine.heap.array<ContractItem>(first->items.size() + second->items.size());
    std::size_t count = 0;
    for (const ContractItem& item : first->items) items[count++] = item;
    for (const ContractItem& item : second->items) {
        // Otherwise a contract would be applied again with each merge of a configuration, and a
        // chain of ten overrides would check its fields ten times.
        bool known = std::ranges::any_of(
            first->items, [&](const ContractItem& other) { return same_contract(other, item); });
        if (!known) items[count++] = item;
    }
    auto* list = machine.heap.array<ContractList>(1);
    list->items = {items, count};
    return list;
}

static Field merge_field(Machine& machine, const Field& left, const Field& right, Symbol name,
                         bool as_contract, Span span) {
    bool has_left = left.method != Method::None, has_right = right.method != Method::None;
    int order = compare(priority_of(left), priority_of(right));
    // A field without value has no say, whatever its priority: {a | force | String} & {a = "x"}
    // gives "x".
    if (!has_left) order = has_right ? -1 : order;
    if (has_left && !has_right) order = 1;
    Field merged = order >= 0 ? left : right;
    if (order == 0 && has_left && has_right) {
        // Equal constants need no merge of their own; most fields of merged configurations are
        // like that.
        bool same = left.method == Method::Shared && right.method == Method::Shared &&
                    left.source == right.source &&
                    (!left.source.is_object() || is(left.source, Tag::String) ||
                     is(left.source, Tag::Rational));
        if (!same) {
            // Both are kept, unevaluated, and merged when the field is read: two records become
            // one again, two different numbers an error, and one that nobody reads is none.
            auto* methods = machine.heap.make<MergedMethods>(Tag::MergedMethods);
            methods->left = left;
            methods->right = right;
            methods->span = span;
            methods->name = name;
            merged = Field{.method = Method::Merge,
                           .depends_on_self = left.depends_on_self || right.depends_on_self,
                           .source = Word::of(methods)};
        }
    }
    // A contract's own contracts come after what the value already promised.
    merged.contracts = as_contract ? merge_contracts(machine, right.contracts, left.contracts)
                                   : merge_contracts(machine, left.contracts, right.contracts);
    const Field& winner = order >= 0 ? left : right;
    merged.meta = as_contract ? merge_meta(machine, right, left, winner)
                              : merge_meta(machine, left, right, winner);
    // Where the value is, rather than where it was declared.
    merged.span = has_right || !has_left ? right.span : left.span;
    return merged;
}

// With as_contract, `left` is the contract.
Record* Machine::combine(Record& left, Record& right, bool as_contract, Span span) {
    const ShapeMerge& plan = shapes.merge(left.shape, right.shape);
    // Most fields of a large record were merged before, and are taken as they are.
    const auto taken = [&](Record& record, std::uint32_t slot) {
        const Field* field = record.fields ? &record.fields[slot] : nullptr;
        const bool is_whole = field && field->method != Method::Code && !field->contracts;
        return is_whole ? *field : full_field(record, slot);
    };
    auto* fields = static_cast<Field*>(heap.allocate(plan.result->size * sizeof(Field)));
    for (std::uint32_t slot = 0; slot < plan.result->size; ++slot) {
        std::uint32_t l = plan.left[slot], r = plan.right[slot];
        if (r == Shape::kAbsent) {
            ::new (fields + slot) Field(taken(left, l));
        } else if (l == Shape::kAbsent) {
            ::new (fields + slot) Field(taken(right, r));
        } else {
            ::new (fields + slot)
                Field(merge_field(*this, full_field(left, l), full_field(right, r),
                                  plan.result->symbols[slot], as_contract, span));
        }
    }
    // New slots: a field that depends on its record is run again with this one as self. That is
    // late binding: {b = a + 1, a | default = 1} & {a = 5} has b = 6.
    Record* record = make_record_with(plan.result, {fields, plan.result->size});
    record->span = right.span.exists() ? right.span : left.span;
    record->flags |= (left.flags | right.flags) & (Record::kUnknownNames | Record::kOpen);
    return record;
}

// One by one, each merge would copy the fields of all before it: quadratic for a thousand files.
Record* Machine::merge_many(std::span<Record* const> records, Span span) {
    std::vector<std::pair<Symbol, Field>> all;
    std::uint8_t flags = 0;
    for (Record* record : records) {
        flags |= record->flags & (Record::kOpen | Record::kUnknownNames);
        for (std::uint32_t slot = 0; slot < record->shape->size; ++slot) {
            all.emplace_back(record->shape->symbols[slot], full_field(*record, slot));
        }
    }
    // Stable: with equal names the order of the records is the order of merging.
    std::ranges::stable_sort(all, {}, [](const auto& field) { return field.first.id; });
    std::vector<Symbol> names;
    std::vector<Field> merged;
    for (auto& [name, field] : all) {
        if (!names.empty() && names.back() == name) {
            merged.back() = merge_field(*this, merged.back(), field, name, false, span);
        } else {
            names.push_back(name);
            merged.push_back(field);
        }
    }
    auto* fields = heap.array<Field>(merged.size());
    std::ranges::copy(merged, fields);
    Record* result = make_record_with(shapes.intern(names), {fields, merged.size()});
    result->flags |= flags;
    return result;
}

Next Machine::merge_records(Record& left, Record& right, Span span) {
    for (Record* side : {&left, &right}) {
        if (has_sealed_tail(*side)) return illegal_tail(*side->extension, "merge it");
    }
    Record* merged = combine(left, right, false, span);
    std::uint32_t types[2] = {left.extension ? left.extension->type : 0,
                              right.extension ? right.extension->type : 0};
    std::uint32_t instances[2] = {instance_type(left), instance_type(right)};
    if (instances[0] || instances[1]) {
        // An instance that is merged with a plain record stays one (overrides); of two types
        // nobody could say which thing it is.
        if (instances[0] && instances[1] && instances[0] != instances[1]) {
            value::Diagnostic diagnostic;
            diagnostic.kind = "EvalError::MergeIncompatibleArgs";
            diagnostic.message = "resources of two different types cannot be merged";
            diagnostic.labels = {{span, "", true},
                                 {left.span, "one type", false},
                                 {right.span, "another type", false}};
            return fail(std::move(diagnostic));
        }
        become_instance(*merged, instances[0] ? instances[0] : instances[1]);
    } else if (types[0] || types[1]) {
        // Schemas can be extended by a merge before they are applied.
        merged->extension = heap.array<RecordExtension>(1);
        merged->extension->type = types[0] ? types[0] : types[1];
    }
    return give(Word::of(merged));
}

Record* Machine::merge_contract(Record& value, Record& contract, Span span) {
    Record* merged = combine(contract, value, true, span);
    std::uint32_t type = contract.extension ? contract.extension->type : 0;
    // Applying a contract to what is an instance already keeps it one.
    if (!type) type = instance_type(value);
    if (type) {
        become_instance(*merged, type);
    } else if (value.extension) {
        merged->extension = heap.array<RecordExtension>(1);
        merged->extension->type = value.extension->type;
    }
    return merged;
}

std::uint32_t Machine::instance_type(const Record& record) const {
    return record.extension && record.extension->instance ? record.extension->type : 0;
}

void Machine::become_instance(Record& record, std::uint32_t type) {
    record.extension = heap.array<RecordExtension>(1);
    record.extension->type = type;
    record.extension->instance = heap.array<Instance>(1);
    record.extension->instance->type = type - 1;
    record.extension->instance->record = &record;
}

static MergeSides sides_of(const MergedMethods& methods) {
    return {methods.name, methods.left.span, methods.right.span};
}

static Next merge_left(Machine& machine, const Frame& frame) {
    auto& methods = *as<MergedMethods>(frame.b);
    Word left = machine.result(), right;
    if (machine.at_hand(frame.a, right))
        return machine.merge(left, right, methods.span, sides_of(methods));
    machine.push(
        [](Machine& m, const Frame& f) {
            auto& of = *as<MergedMethods>(f.b);
            return m.merge(f.a, m.result(), of.span, sides_of(of));
        },
        nullptr, left, frame.b);
    return machine.force(frame.a);
}

// Their contracts are not applied here: those of both sides are in the merged field, and are
// applied to what comes out.
Next Machine::merge_methods(Record& self, const MergedMethods& methods) {
    Word left = raw_value(methods.left, Word::of(&self));
    Word right = raw_value(methods.right, Word::of(&self));
    push(merge_left, nullptr, right, Word::of(&methods));
    return force(left);
}

// What is merged, put into words; and both places, if there are two: otherwise that of the `&`.
static std::string name_sides(const Machine& machine, Span span, const MergeSides& sides,
                              value::Diagnostic& diagnostic) {
    std::string name(sides.name.text());
    // Several definitions of a field in one record are merged without an `&`: the place is that of
    // the second name.
    if (name.empty() && span.exists() && sides.left.exists()) {
        const std::string_view text = machine.sources.text(span);
        if (text != "&") name = text;
    }
    const bool are_two = !name.empty() && sides.left.exists() && sides.right.exists() &&
                         !(sides.left == sides.right);
    if (are_two) {
        diagnostic.labels = {{sides.right, "this value", true}, {sides.left, "and this", false}};
        if (machine.is_in_program(span) && machine.sources.text(span) == "&")
            diagnostic.labels.push_back({span, "merged here", false});
    } else if (span.exists()) {
        diagnostic.labels = {{span, "merged here", true}};
    }
    return name;
}

static Next incompatible(Machine& machine, Word left, Word right, Span span,
                         const MergeSides& sides) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::MergeIncompatibleArgs";
    auto shown = [&](Word word) {
        auto text = to_text(word);
        return text && text->size() <= 60 ? machine.describe(word) + " `" + *text + "`"
                                          : machine.describe(word);
    };
    const std::string name = name_sides(machine, span, sides, diagnostic);
    const std::string what = name.empty() ? "these values" : "the values of `" + name + "`";
    diagnostic.message = what + " cannot be merged: " + shown(left) + " and " + shown(right);
    diagnostic.notes.push_back(
        "both have the same priority; mark one of them `| default` or the other `| force`");
    return machine.fail(std::move(diagnostic));
}

static Next unequal_arrays(Machine& machine, Span span, const MergeSides& sides, std::string what) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::BlameError";
    const std::string name = name_sides(machine, span, sides, diagnostic);
    diagnostic.message = "arrays can only be merged when they are equal, but " + what;
    if (!name.empty()) diagnostic.message = "`" + name + "`: " + diagnostic.message;
    diagnostic.notes.push_back("mark one of them `| default` or the other `| force`, or use `@`");
    return machine.fail(std::move(diagnostic));
}

// An element of merged arrays: the left one, once it is known to equal the right one.
static Next equal_element(Machine& machine, const Word* arguments) {
    machine.push(
        [](Machine& m, const Frame& frame) {
            if (m.result().is_true()) return m.force(frame.a);
            if (is(m.result(), Tag::Unknown)) return m.give(m.unknown(value::ValueType::Dyn));
            Span span{static_cast<Pos>(frame.b.as_integer()),
                      static_cast<Pos>(frame.b.as_integer() + 1)};
            return unequal_arrays(m, span, {}, "these differ in an element");
        },
        nullptr, arguments[0], arguments[2]);
    return machine.equal(arguments[0], arguments[1], {});
}

// Arrays are not merged by position; they must be equal. Whether they are is found out element by
// element, when one is read.
Next Machine::merge_arrays(Array& left, Array& right, Span span, const MergeSides& sides) {
    if (left.size != right.size) {
        return unequal_arrays(*this, span, sides,
                              "one has " + std::to_string(left.size) + " elements and the other " +
                                  std::to_string(right.size));
    }
    static const Native kEqual{
        .name = "equal_element", .arity = 3, .strict = 0, .run = equal_element};
    auto* check = heap.make<NativeFunction>(Tag::NativeFunction);
    check->native = &kEqual;
    Array* merged = make_array(left.size);
    for (std::uint32_t i = 0; i < left.size && !leaves(i); ++i) {
        merged->chunk->elements[i] = delay_apply(
            Word::of(check), {element(left, i), element(right, i), Word::integer(span.begin)});
    }
    return give(Word::of(merged));
}

Word Machine::delay_merge(Word left, Word right) {
    auto* methods = heap.make<MergedMethods>(Tag::MergedMethods);
    methods->left = Field{.method = Method::Shared, .source = left};
    methods->right = Field{.method = Method::Shared, .source = right};
    methods->span = current_span();
    // The code of merged fields wants a record as self; values have no use for it.
    return make_thunk(merge_block(), {Word::of(make_record(shapes.empty())), Word::of(methods)});
}

Word Machine::delay_merge(const Field& left, const Field& right, Symbol name) {
    auto* methods = heap.make<MergedMethods>(Tag::MergedMethods);
    methods->left = left;
    methods->right = right;
    methods->name = name;
    return make_thunk(merge_block(), {Word::of(make_record(shapes.empty())), Word::of(methods)});
}

// Both evaluated.
Next Machine::merge(Word left, Word right, Span span, const MergeSides& sides) {
    if (is(left, Tag::Sealed)) return blame_sealed(left, "a sealed value was merged");
    if (is(right, Tag::Sealed)) return blame_sealed(right, "a sealed value was merged");
    // What an unknown merges with decides nothing: with equal priority both must be equal, and
    // that is not known. It stays a value of which nothing is known.
    if (is(left, Tag::Unknown) || is(right, Tag::Unknown))
        return give(unknown(value::ValueType::Dyn));
    if (is(left, Tag::Record) && is(right, Tag::Record)) {
        return merge_records(*as<Record>(left), *as<Record>(right), span);
    }
    // Equal scalars merge to themselves, so that two files may say the same.
    if (left == right && !left.is_object()) return give(left);
    if (is_number(left) && is_number(right) && Number(left).get() == Number(right).get())
        return give(left);
    if (is(left, Tag::String) && is(right, Tag::String) &&
        as<StringObj>(left)->text() == as<StringObj>(right)->text()) {
        return give(left);
    }
    if (is(left, Tag::SecretTemplate) && is(right, Tag::SecretTemplate) &&
        *as<SecretTemplateObj>(left)->text == *as<SecretTemplateObj>(right)->text) {
        return give(left);
    }
    if (is(left, Tag::Variant) && is(right, Tag::Variant) &&
        as<Variant>(left)->variant_tag == as<Variant>(right)->variant_tag) {
        return give(
            make_variant(as<Variant>(left)->variant_tag,
                         delay_merge(as<Variant>(left)->argument, as<Variant>(right)->argument)));
    }
    if (is(left, Tag::Array) && is(right, Tag::Array))
        return merge_arrays(*as<Array>(left), *as<Array>(right), span, sides);
    return incompatible(*this, left, right, span, sides);
}

}
