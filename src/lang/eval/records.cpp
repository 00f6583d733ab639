#include "lang/eval/machine.hpp"

#include "base/text.hpp"

#include <algorithm>

// Records: how a slot gets its word, access, dynamic fields, freezing.
namespace lang {

static const Code kMergeCode{Op::MergeThunk, 0, 0, {}};
static const Block kMergeBlock{.body = &kMergeCode};
static const Code kCellCode{Op::CellThunk, 0, 0, {}};
static const Block kCellBlock{.body = &kCellCode};

const Block& Machine::merge_block() { return kMergeBlock; }

Record* Machine::make_record(const Shape* shape) {
    auto* record = heap.make<Record>(Tag::Record, shape->size);
    record->shape = shape;
    record->span = current_span();
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) record->slots[slot] = Word();
    return record;
}

Record* Machine::make_record_with(const Shape* shape, std::span<const Field> fields) {
    Record* record = make_record(shape);
    record->fields = fields.data();
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        const Field& field = fields[slot];
        // What has no contract and does not depend on the record is shown as it is.
        if (field.method == Method::Shared && !field.contracts) record->slots[slot] = field.source;
        if (field.meta && field.meta->optional) record->flags |= Record::kHasOptional;
    }
    return record;
}

Record* Machine::make_record_of(std::vector<std::pair<Symbol, Word>> sorted) {
    std::ranges::sort(sorted, {}, [](const auto& field) { return field.first.id; });
    std::vector<Symbol> names;
    for (const auto& field : sorted) names.push_back(field.first);
    Record* record = make_record(shapes.intern(names));
    for (std::size_t i = 0; i < sorted.size(); ++i) record->slots[i] = sorted[i].second;
    return record;
}

// A field's code with its record as self. Constructors are built at once, without a thunk.
Word Machine::instantiate(const Block& block, Word self, Word environment) {
    Op op = block.body->op;
    // Without locals there is nothing to keep a stack for: the object is built here and now.
    if (op <= Op::VariantLiteral && block.locals == 0) {
        Word pair[2] = {self, environment};
        const Word* before = task_->captures;
        task_->captures = pair;
        Word word = delay(block.body);
        task_->captures = before;
        return word;
    }
    return make_thunk(block, {self, environment});
}

Word Machine::raw_value(const Field& field, Word self) {
    switch (field.method) {
        case Method::None: return Word();
        case Method::Shared: return field.source;
        case Method::Code: return instantiate(*field.code, self, field.source);
        case Method::Merge: return make_thunk(kMergeBlock, {self, field.source});
        case Method::Output: return make_thunk(kCellBlock, {self, Word::integer(field.index)});
    }
    UNREACHABLE();
}

Word Machine::field(Record& record, std::uint32_t slot) {
    Word& memo = record.slots[slot];
    // Once: siblings and outside see the same word, so a field is evaluated once for a record.
    if (memo.exists() || !record.fields) return memo;
    Field field = record.fields[slot];
    if (field.method == Method::None) return Word();
    if (field.method == Method::Code && !field.source.exists()) field.source = record.environment;
    Word value = raw_value(field, Word::of(&record));
    if (field.contracts) value = with_contracts(record, field, value);
    return record.slots[slot] = value;
}

Word Machine::with_contracts(Record& record, const Field& field, Word value) {
    // First to last, each around what is there. Those that depend on their record see this one.
    for (const ContractItem& item : field.contracts->items) {
        Word contract = item.value;
        if (!contract.exists()) {
            contract =
                instantiate(*item.code, Word::of(&record),
                            item.environment.exists() ? item.environment : record.environment);
        }
        value = delay_contract(contract, item.label, value, field.span);
    }
    return value;
}

bool Machine::has_value(const Record& record, std::uint32_t slot) const {
    // A slot may be empty although the field has a value: it has not been asked for.
    return record.slots[slot].exists() ||
           (record.fields && record.fields[slot].method != Method::None);
}

const Meta* Machine::meta(const Record& record, std::uint32_t slot) const {
    return record.fields ? record.fields[slot].meta : nullptr;
}

// The flag spares the look at metadata for all records without optional fields.
bool Machine::is_empty_optional(const Record& record, std::uint32_t slot) const {
    if (!(record.flags & Record::kHasOptional) || has_value(record, slot)) return false;
    const Meta* about = meta(record, slot);
    return about && about->optional;
}

Next Machine::access(Word object, Symbol name, Span span, const AccessCode* code, bool use_cache) {
    if (!is(object, Tag::Record)) {
        if (is(object, Tag::Unknown)) return give(unknown(value::ValueType::Dyn));
        if (is(object, Tag::Sealed)) {
            return blame_sealed(object, "a value sealed by a polymorphic contract was inspected");
        }
        return fail("EvalError::TypeError",
                    "only records have fields, but this is " + describe(object), span,
                    "tried to read the field `" + std::string(name.text()) + "`");
    }
    auto* record = as<Record>(object);
    std::uint32_t slot = 0;
    const AccessCode* cache = use_cache ? code : nullptr;
    // Inline cache: one place in the code mostly sees one shape, and then a field costs a
    // comparison.
    if (cache && cache->seen_shape == record->shape) {
        slot = cache->seen_slot;
    } else {
        slot = record->shape->find(name);
        if (cache && slot != Shape::kAbsent) {
            if (cache->seen_shape == nullptr) shapes.add_cache(*cache);
            cache->seen_shape = record->shape;
            cache->seen_slot = slot;
        }
    }
    if (slot != Shape::kAbsent) [[likely]] {
        Word word = field(*record, slot);
        if (word.exists()) {
            // From within it is the record itself that reads, by the names of its scope.
            const bool is_sibling = code && code->small == 1;
            if (record->extension && record->extension->instance && !is_sibling) [[unlikely]]
                touch(cells->presence(*record->extension->instance));
            return force(word);
        }
        // From inside the record a missing value is always told; from outside, an optional field
        // without one is as if it were not there.
        bool sibling = code && code->small == 1;
        if (sibling || !is_empty_optional(*record, slot)) {
            value::Diagnostic diagnostic;
            diagnostic.kind = "EvalError::MissingFieldDef";
            diagnostic.message = "the field `" + std::string(name.text()) + "` has no value";
            if (span.exists()) diagnostic.labels.push_back({span, "needed here", true});
            if (const Meta* about = meta(*record, slot); about && about->span.exists()) {
                diagnostic.labels.push_back({about->span, "declared here", !span.exists()});
            }
            if (record->span.exists())
                diagnostic.labels.push_back({record->span, "in this record", false});
            diagnostic.expectation.emplace_back("field", name.text());
            return fail(std::move(diagnostic));
        }
    }
    if (record->extension && record->extension->sealed_tail.exists()) {
        auto* tail = as<Record>(record->extension->sealed_tail);
        if (tail->shape->find(name) != Shape::kAbsent) {
            return illegal_tail(*record->extension,
                                "read the field `" + std::string(name.text()) + "`");
        }
    }
    if (record->flags & Record::kUnknownNames) return give(unknown(value::ValueType::Dyn));
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::FieldMissing";
    diagnostic.message = "there is no field `" + std::string(name.text()) + "` in this record";
    if (span.exists()) diagnostic.labels.push_back({span, "", true});
    if (record->span.exists()) diagnostic.labels.push_back({record->span, "this record", false});
    std::vector<std::string_view> names;
    for (Symbol known : record->shape->names()) names.push_back(known.text());
    if (std::string help = base::did_you_mean(name.text(), names); !help.empty())
        diagnostic.notes.push_back(help);
    diagnostic.expectation.emplace_back("field", name.text());
    return fail(std::move(diagnostic));
}

Next Machine::illegal_tail(const RecordExtension& extension, std::string action) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::IllegalPolymorphicTailAccess";
    diagnostic.message =
        "a function must not look behind a polymorphic tail, but tried to " + action;
    if (extension.tail_label) {
        const BlameLabel* root = extension.tail_label;
        while (root->parent) root = root->parent;
        if (root->span.exists())
            diagnostic.labels.push_back({root->span, "sealed by this type", false});
    }
    if (current_span().exists())
        diagnostic.labels.insert(diagnostic.labels.begin(), {current_span(), "", true});
    return fail(std::move(diagnostic));
}

// Contracts of a field with what they captured made explicit, so that they can move to another
// record.
static const ContractList*
explicit_contracts(Machine& machine, Record& record, const ContractList* list,
                   Word (*made)(Machine&, const ContractItem&, Record&)) {
    // Most lists capture nothing of their record and are shared as they are.
    bool constant = std::ranges::all_of(list->items, [](const ContractItem& item) {
        return item.code == nullptr || item.environment.exists();
    });
    if (constant) return list;
    auto* items = machine.heap.array<ContractItem>(list->items.size());
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        items[i] = list->items[i];
        if (!items[i].code || items[i].environment.exists()) continue;
        // Kept as code with its environment: in the merged record it is run with that one as self.
        if (items[i].depends_on_self) {
            items[i].environment = record.environment.exists() ? record.environment : Word::null();
        } else {
            items[i].value = made(machine, items[i], record);
            items[i].code = nullptr;
        }
    }
    auto* result = machine.heap.array<ContractList>(1);
    result->items = {items, list->items.size()};
    return result;
}

Field Machine::full_field(Record& record, std::uint32_t slot) {
    if (!record.fields) return Field{.method = Method::Shared, .source = record.slots[slot]};
    Field field = record.fields[slot];
    if (field.method == Method::Code) {
        if (!field.depends_on_self) {
            // Shared: evaluated once, whatever the records that show it.
            // Its value is the same in all records that get the field. With contracts only the
            // bare value is shared, as those are still to be applied by whichever record shows it.
            Word word = field.contracts
                            ? instantiate(*field.code, Word::of(&record),
                                          field.source.exists() ? field.source : record.environment)
                            : this->field(record, slot);
            field.method = Method::Shared;
            field.source = word;
            field.code = nullptr;
        } else if (!field.source.exists()) {
            field.source = record.environment.exists() ? record.environment : Word::null();
        }
    }
    if (field.contracts) {
        field.contracts = explicit_contracts(
            *this, record, field.contracts,
            [](Machine& machine, const ContractItem& item, Record& of) {
                return machine.instantiate(*item.code, Word::of(&of), of.environment);
            });
    }
    return field;
}

// From here on what the record shows is what it is: no field is computed anew by a later merge. As
// a dictionary needs it, whose fields are data.
Record* Machine::freeze(Record& record) {
    std::uint32_t size = record.shape->size;
    Field* fields = nullptr;
    if (record.fields) {
        fields = heap.array<Field>(size);
        for (std::uint32_t slot = 0; slot < size; ++slot) {
            Word word = field(record, slot);
            fields[slot] = Field{.method = word.exists() ? Method::Shared : Method::None,
                                 .source = word,
                                 .meta = meta(record, slot)};
            // Declared and without value: a merge may still give it one, which these then check.
            if (!word.exists() && record.fields[slot].contracts)
                fields[slot].contracts = full_field(record, slot).contracts;
        }
    }
    Record* frozen = make_record(record.shape);
    frozen->fields = fields;
    frozen->flags = record.flags;
    frozen->span = record.span;
    frozen->extension = record.extension;
    for (std::uint32_t slot = 0; slot < size; ++slot) frozen->slots[slot] = field(record, slot);
    return frozen;
}

// frame.number: the dynamic field whose name is evaluated; names so far lie on the stack.
static Next dynamic_name(Machine& machine, const Frame& frame) {
    auto& code = *static_cast<const RecordCode*>(frame.code);
    Word name = machine.result();
    if (!is(name, Tag::String) && !is(name, Tag::Unknown)) {
        if (is(name, Tag::Sealed))
            return machine.blame_sealed(name, "a sealed value was inspected");
        return machine.fail("EvalError::TypeError",
                            "a field name must be a string, but this is " + machine.describe(name),
                            code.dynamic[frame.number].span);
    }
    machine.push_value(name);
    return machine.run_dynamic(code, frame.number + 1);
}

Next Machine::build_dynamic(const RecordCode& code) { return run_dynamic(code, 0); }

Next Machine::run_dynamic(const RecordCode& code, std::size_t next) {
    if (next < code.dynamic.size()) {
        push(dynamic_name, &code, {}, {}, static_cast<std::uint32_t>(next));
        code_ = code.dynamic[next].name;
        return Next::Run;
    }
    return give_dynamic(code);
    // The names are evaluated first, in the order in which they are written; then the record is
    // built.
}

Next Machine::give_dynamic(const RecordCode& code) {
    auto* base = as<Record>(make_literal(code));
    std::size_t first = height() - code.dynamic.size();
    std::vector<std::pair<Symbol, const DynamicField*>> added;
    bool unknown_names = false;
    for (std::size_t i = 0; i < code.dynamic.size(); ++i) {
        Word name = stack(first + i);
        // The field cannot be placed. All that can be said of the record is that there may be more
        // than it shows.
        if (is(name, Tag::Unknown)) {
            unknown_names = true;
            continue;
        }
        Symbol symbol = Symbol::of(as<StringObj>(name)->text());
        bool twice = code.shape->find(symbol) != Shape::kAbsent ||
                     std::ranges::any_of(added, [&](auto& other) { return other.first == symbol; });
        if (twice) {
            return fail("EvalError::Other",
                        "the field `" + std::string(symbol.text()) + "` is there already",
                        code.dynamic[i].span,
                        "a computed field name must not repeat another field of the record");
        }
        added.emplace_back(symbol, &code.dynamic[i]);
    }
    std::vector<Symbol> names(code.shape->names().begin(), code.shape->names().end());
    for (auto& [symbol, field] : added) names.push_back(symbol);
    std::ranges::sort(names, {}, &Symbol::id);
    const Shape* shape = shapes.intern(names);
    auto* fields = heap.array<Field>(shape->size);
    std::vector<Word> slots(shape->size);
    for (std::uint32_t slot = 0; slot < code.shape->size; ++slot) {
        std::uint32_t to = shape->find(code.shape->symbols[slot]);
        fields[to] = full_field(*base, slot);
        slots[to] = field(*base, slot);
    }
    for (auto& [symbol, dynamic] : added) {
        std::uint32_t to = shape->find(symbol);
        fields[to] = dynamic->field;
        if (dynamic->field.contracts) {
            fields[to].contracts = explicit_contracts(
                *this, *base, dynamic->field.contracts,
                [](Machine& machine, const ContractItem& item, Record& of) {
                    return machine.instantiate(*item.code, Word::of(&of), of.environment);
                });
        }
        // Not late bound: the static part is all that such a field can see.
        if (dynamic->field.method == Method::Code) {
            fields[to].method = Method::Shared;
            fields[to].source =
                instantiate(*dynamic->field.code, Word::of(base), base->environment);
            fields[to].depends_on_self = false;
        }
    }
    Record* record = make_record_with(shape, {fields, shape->size});
    record->span = code.span;
    record->flags |= code.flags;
    if (unknown_names) record->flags |= Record::kUnknownNames;
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        if (slots[slot].exists()) record->slots[slot] = slots[slot];
    }
    return give(Word::of(record));
}

}
