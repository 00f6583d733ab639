#include "lang/eval/contract_support.hpp"
#include "lang/eval/numbers.hpp"

#include <algorithm>

// Applying contracts. Checks that only need the head of a value run natively; what lies deeper is
// wrapped lazily (array elements, fields, functions).
namespace lang {

using Mode = Machine::Mode;

// Check mode is std.contract.check: it answers with a value instead of ending the evaluation.
Next Machine::contract_ok(Word value, Mode mode) {
    if (mode == Mode::Apply) return force(value);
    static const Symbol kOk = Symbol::forever("Ok");
    return give(make_variant(kOk, value));
}

Next Machine::contract_broken(const BlameLabel* label, std::string message, Mode mode,
                              BlameLabel::Step kept_as) {
    if (mode == Mode::Apply) return blame(label, std::move(message));
    if (!message.empty()) label = step(label, kept_as, {}, heap.string(message));
    static const Symbol kError = Symbol::forever("Error");
    return give(make_variant(kError, failure_record(label)));
}

static bool is_function_like(Word word) {
    return is(word, Tag::Function) || is(word, Tag::Partial) || is(word, Tag::NativeFunction) ||
           is(word, Tag::Wrapped);
}

// What a first-order type says of an evaluated word; nothing when it has to look deeper.
// What can be told from the word alone. Everything else goes through a frame.
static std::optional<bool> flat_check(const TypeCode& type, Word value) {
    switch (type.kind) {
        case TypeKind::Dyn: return true;
        case TypeKind::Number: return is_number(value);
        case TypeKind::Bool: return value.is_bool();
        case TypeKind::String: return is(value, Tag::String);
        case TypeKind::Enum: {
            // A variant needs a look at its argument.
            if (!value.is_tag()) return std::nullopt;
            if (type.tail != ast::Tail::Closed) return true;
            for (std::size_t i = 0; i < type.row_names.size(); ++i) {
                if (type.row_names[i] == value.as_tag()) return type.row_types[i] == nullptr;
            }
            return false;
        }
        default: return std::nullopt;
    }
}

// The hot path of typed programs: a value that is there and fits its flat type needs no thunk.
// Only without touched cells, as the set would be lost with the thunk.
Word Machine::delay_contract(Word contract, const BlameLabel* label, Word value, Span where) {
    if (is(contract, Tag::Type)) {
        const TypeCode& type = *as<TypeObj>(contract)->code;
        if (type.trivial) return value;
        Word known = value;
        if (is(value, Tag::Thunk) && as<Thunk>(value)->state() == Thunk::Done &&
            as<Thunk>(value)->touched == 0) {
            known = as<Thunk>(value)->value;
        }
        if (!is(known, Tag::Thunk) && flat_check(type, known) == true) return known;
    }
    static const Code kCode{Op::ContractThunk, 0, 0, {}};
    static const Block kBlock{.body = &kCode};
    if (where.exists()) {
        // Known only here is where the value was written; blame shows it beside the annotation.
        auto* checked = const_cast<BlameLabel*>(step(label, BlameLabel::Step::Checked));
        checked->span = where;
        label = checked;
    }
    return make_thunk(kBlock, {contract, Word::of(label), value});
}

Next Machine::apply_contract(Word contract, const BlameLabel* label, Word value, Mode mode) {
    Word ready;
    if (!at_hand(contract, ready)) {
        // The contract is an expression too (`Foo x`), and may take any number of steps.
        push(
            [](Machine& m, const Frame& frame) {
                return m.apply_contract(m.result(), static_cast<const BlameLabel*>(frame.code),
                                        frame.a, mode_of(frame.b));
            },
            label, value, mode_word(mode));
        return force(contract);
    }
    if (!ready.is_object()) return not_a_contract(ready, label);
    switch (ready.object()->tag) {
        case Tag::Type:
            return apply_type(*as<TypeObj>(ready), *as<TypeObj>(ready)->code, label, value, mode);
        case Tag::Record: return apply_record_contract(ready, label, value, mode);
        case Tag::CustomContract: {
            push(
                [](Machine& m, const Frame& frame) {
                    return m.custom_result(static_cast<const BlameLabel*>(frame.code), frame.a,
                                           mode_of(frame.b));
                },
                label, value, mode_word(mode));
            Word arguments[] = {Word::of(label), value};
            return apply(as<CustomContract>(ready)->function, arguments);
        }
        case Tag::Function:
        case Tag::Partial:
        case Tag::NativeFunction:
        // A bare function gives the value or blames by itself. In check mode its giving anything
        // is what 'Ok means.
        case Tag::Wrapped: {
            if (mode == Mode::Check) {
                push([](Machine& m, const Frame&) {
                    return m.contract_ok(m.result(), Mode::Check);
                });
            }
            Word arguments[] = {Word::of(label), value};
            return apply(ready, arguments);
        }
        case Tag::Unknown: return contract_ok(value, mode);   // checked when it is known
        case Tag::Sealed: return blame_sealed(ready, "a sealed value was used as a contract");
        default: return not_a_contract(ready, label);
    }
}

Next Machine::not_a_contract(Word word, const BlameLabel* label) {
    const BlameLabel* root = label;
    while (root->parent) root = root->parent;
    return fail("EvalError::NAryPrimopTypeError", "this is no contract but " + describe(word),
                root->span.exists() ? root->span : current_span(),
                "a contract is a type, a record or what std.contract makes");
}

Word sub_type(Machine& machine, const TypeObj& holder, const TypeCode* type) {
    auto* object = machine.heap.make<TypeObj>(Tag::Type);
    object->code = type;
    object->captures = holder.captures;
    object->variables = holder.variables;
    return Word::of(object);
}

static Next with_value(Machine& machine, const Frame& frame) {
    const TypeObj& holder = *as<TypeObj>(frame.a);
    return machine.check_type(holder, *static_cast<const TypeCode*>(frame.code),
                              as<BlameLabel>(frame.b), machine.result(),
                              frame.number ? Mode::Check : Mode::Apply);
}

Next Machine::apply_type(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                         Word value, Mode mode) {
    switch (type.kind) {
        case TypeKind::Dyn: return contract_ok(value, mode);
        case TypeKind::Term: return apply_contract(holder.captures[type.term], label, value, mode);
        // Polymorphism by sealing, as the manual has it: each time a `forall` is met its variable
        // gets a key of its own. Where a value comes in from outside it is sealed with that key,
        // where it goes out it must have that very seal, and in between nobody can look at it. So
        // `forall a. a -> a` can only give back what it was given.
        case TypeKind::Forall: {
            auto* variables = heap.array<TypeVariables>(1);
            *variables = {type.name, new_seal(), label->positive, holder.variables};
            auto* inner = as<TypeObj>(sub_type(*this, holder, type.first));
            inner->variables = variables;
            return apply_type(*inner, *type.first, label, value, mode);
        }
        case TypeKind::Variable: {
            const TypeVariables* variable = holder.variables;
            while (variable && variable->name != type.name) variable = variable->outer;
            if (!variable) return contract_ok(value, mode);
            // Compared with the side on which the forall stood, and not fixed: a forall may itself
            // stand left of an arrow.
            if (variable->positive != label->positive) {
                auto* sealed = heap.make<Sealed>(Tag::Sealed);
                sealed->key = variable->key;
                sealed->value = value;
                sealed->label = label;
                return contract_ok(Word::of(sealed), mode);
            }
            break;
        }
        default: break;
    }
    Word known;
    if (at_hand(value, known)) return check_type(holder, type, label, known, mode);
    push(with_value, &type, Word::of(&holder), Word::of(label), mode == Mode::Check);
    return force(value);
}

static std::string_view wanted(const TypeCode& type) {
    switch (type.kind) {
        case TypeKind::Number: return "a number";
        case TypeKind::Bool: return "a boolean";
        case TypeKind::String: return "a string";
        case TypeKind::Enum: return "one of the enum's tags";
        case TypeKind::Array: return "an array";
        case TypeKind::Arrow: return "a function";
        default: return "a record";
    }
}

static bool may_be(const TypeCode& type, value::ValueType known) {
    switch (known) {
        case value::ValueType::Dyn: return true;
        case value::ValueType::Null: return false;
        case value::ValueType::Bool: return type.kind == TypeKind::Bool;
        case value::ValueType::Number: return type.kind == TypeKind::Number;
        case value::ValueType::String:
            return type.kind == TypeKind::String || type.kind == TypeKind::Enum;
        case value::ValueType::Array: return type.kind == TypeKind::Array;
        case value::ValueType::Record:
            return type.kind == TypeKind::Record || type.kind == TypeKind::Dict ||
                   type.kind == TypeKind::DictContract;
    }
    UNREACHABLE();
}

Next Machine::check_type(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                         Word value, Mode mode) {
    // An unknown of a type that can never fit is an error now and not only after apply.
    if (is(value, Tag::Unknown)) {
        if (may_be(type, static_cast<value::ValueType>(as<UnknownObj>(value)->type)) ||
            type.kind == TypeKind::Variable)
            return contract_ok(value, mode);
        return contract_broken(label,
                               "expected " + std::string(wanted(type)) +
                                   ", but this output will be something else",
                               mode);
    }
    if (type.kind == TypeKind::Variable) {
        const TypeVariables* variable = holder.variables;
        while (variable->name != type.name) variable = variable->outer;
        if (is(value, Tag::Sealed) && as<Sealed>(value)->key == variable->key)
            return contract_ok(as<Sealed>(value)->value, mode);
        return contract_broken(label,
                               "a polymorphic function must give back what it was given for `" +
                                   std::string(type.name.text()) + "`, but gave " + describe(value),
                               mode);
    }
    // Before any test: even "is it a number" would tell something about it.
    if (is(value, Tag::Sealed))
        return blame_sealed(value, "a value sealed by a polymorphic contract was inspected");
    if (std::optional<bool> flat = flat_check(type, value)) {
        if (*flat) return contract_ok(value, mode);
        // Officially the failures of Number, Bool and String carry no message.
        return contract_broken(
            label, "expected " + std::string(wanted(type)) + ", got " + describe(value), mode,
            type.kind == TypeKind::Enum ? BlameLabel::Step::Message : BlameLabel::Step::Reason);
    }
    switch (type.kind) {
        case TypeKind::Enum: return check_variant(holder, type, label, value, mode);
        // Lazily: the contract of the elements is hung on the array, and each is wrapped when it
        // is read. An array of a million elements of which one is used costs one check.
        case TypeKind::Array: {
            if (!is(value, Tag::Array)) break;
            auto& array = *as<Array>(value);
            if (!type.first || type.first->trivial || array.size == 0)
                return contract_ok(value, mode);
            auto* pending = heap.array<PendingList>(1);
            *pending = {{sub_type(*this, holder, type.first), step(label, BlameLabel::Step::Array)},
                        array.pending};
            auto* wrapped = heap.make<Array>(Tag::Array);
            *wrapped = array;
            wrapped->pending = pending;
            wrapped->memo = nullptr;
            return contract_ok(Word::of(wrapped), mode);
        }
        // A function can only be checked by using it.
        case TypeKind::Arrow: {
            if (!is_function_like(value)) break;
            auto* wrapped = heap.make<Wrapped>(Tag::Wrapped);
            wrapped->function = value;
            wrapped->arrow = &type;
            wrapped->captures = holder.captures;
            wrapped->variables = holder.variables;
            wrapped->label = label;
            return contract_ok(Word::of(wrapped), mode);
        }
        case TypeKind::Record:
            if (is(value, Tag::Record))
                return check_record_type(holder, type, label, *as<Record>(value), mode);
            break;
        case TypeKind::Dict:
        case TypeKind::DictContract: {
            if (!is(value, Tag::Record)) break;
            if (type.first->trivial) return contract_ok(value, mode);
            if (has_sealed_tail(*as<Record>(value)) && type.kind == TypeKind::Dict)
                return illegal_tail(*as<Record>(value)->extension, "map over it");
            return contract_ok(wrap_dictionary(*as<Record>(value),
                                               sub_type(*this, holder, type.first),
                                               step(label, BlameLabel::Step::Dict),
                                               type.kind == TypeKind::DictContract),
                               mode);
        }
        default: UNREACHABLE();
    }
    return contract_broken(
        label, "expected " + std::string(wanted(type)) + ", got " + describe(value), mode);
}

Next Machine::check_variant(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                            Word value, Mode mode) {
    if (is(value, Tag::Variant)) {
        auto& variant = *as<Variant>(value);
        // Rows are few, so a search is fast; an enum row without argument never fits a variant.
        for (std::size_t i = 0; i < type.row_names.size(); ++i) {
            if (type.row_names[i] != variant.variant_tag || !type.row_types[i]) continue;
            if (type.row_types[i]->trivial) return contract_ok(value, mode);
            Word argument =
                delay_contract(sub_type(*this, holder, type.row_types[i]), label, variant.argument);
            return contract_ok(make_variant(variant.variant_tag, argument), mode);
        }
        if (type.tail != ast::Tail::Closed) return contract_ok(value, mode);
    }
    std::string tags;
    for (Symbol name : type.row_names)
        tags += (tags.empty() ? "'" : ", '") + std::string(name.text());
    std::string got = value.is_tag() ? "'" + std::string(value.as_tag().text())
                      : is(value, Tag::Variant)
                          ? "'" + std::string(as<Variant>(value)->variant_tag.text())
                          : describe(value);
    return contract_broken(label, "expected one of " + tags + ", got " + got, mode);
}

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

static std::string name_list(const std::vector<Symbol>& names) {
    std::string text;
    for (Symbol name : names) text += (text.empty() ? "`" : ", `") + std::string(name.text()) + "`";
    return text;
}

Next Machine::check_record_type(const TypeObj& holder, const TypeCode& type,
                                const BlameLabel* label, Record& record, Mode mode) {
    std::vector<Symbol> missing, extra, names;
    for (Symbol name : type.row_names) {
        std::uint32_t slot = record.shape->find(name);
        if (slot == Shape::kAbsent) missing.push_back(name);
    }
    std::vector<std::uint32_t> rest;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        if (std::ranges::find(type.row_names, record.shape->symbols[slot]) != type.row_names.end())
            continue;
        // An optional field without value is not there, as far as the outside is concerned.
        if (is_empty_optional(record, slot)) continue;
        rest.push_back(slot);
        extra.push_back(record.shape->symbols[slot]);
    }
    // With a name that is not known yet any field may be there.
    if (record.flags & Record::kUnknownNames) missing.clear();
    if (!missing.empty())
        return contract_broken(label,
                               "missing field" + std::string(missing.size() > 1 ? "s " : " ") +
                                   name_list(missing),
                               mode);
    const TypeVariables* variable = nullptr;
    // The innermost binding of that name: inner foralls hide outer ones.
    if (type.tail == ast::Tail::Variable) {
        variable = holder.variables;
        while (variable && variable->name != type.name) variable = variable->outer;
    }
    bool open = type.tail != ast::Tail::Closed;
    if (!open && !extra.empty())
        return contract_broken(
            label, "extra field" + std::string(extra.size() > 1 ? "s " : " ") + name_list(extra),
            mode);
    // A tail variable stands for other fields than those named: a field in both would have two
    // types.
    for (Symbol name : extra) {
        if (std::ranges::find(type.excluded, name) != type.excluded.end()) {
            return contract_broken(
                label, "the field `" + std::string(name.text()) + "` is not allowed in the tail",
                mode);
        }
    }
    Record* tail = nullptr;
    // Coming in, what the tail stands for is put aside under its key; going out, it has to be
    // there again, with nothing beside it that the function has added.
    bool seals = variable && variable->positive != label->positive;
    if (variable && !seals) {
        bool sealed_here = record.extension && record.extension->sealed_tail.exists() &&
                           record.extension->tail_key == variable->key;
        if (!sealed_here || !extra.empty()) {
            return contract_broken(label,
                                   sealed_here ? "extra field " + name_list(extra)
                                               : "the polymorphic tail `" +
                                                     std::string(type.name.text()) + "` is missing",
                                   mode);
        }
        tail = as<Record>(record.extension->sealed_tail);
    }
    names.assign(type.row_names.begin(), type.row_names.end());
    if (open && !seals) names.insert(names.end(), extra.begin(), extra.end());
    if (tail) names.insert(names.end(), tail->shape->names().begin(), tail->shape->names().end());
    std::ranges::sort(names, {}, &Symbol::id);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase_if(names, [&](Symbol name) {
        return record.shape->find(name) == Shape::kAbsent &&
               !(tail && tail->shape->find(name) != Shape::kAbsent);
    });
    const Shape* shape = shapes.intern(names);
    auto* fields = heap.array<Field>(shape->size);
    for (std::uint32_t slot = 0; slot < shape->size; ++slot) {
        Symbol name = shape->symbols[slot];
        Record& from = record.shape->find(name) != Shape::kAbsent ? record : *tail;
        std::uint32_t source = from.shape->find(name);
        Word word = field(from, source);
        auto row = std::ranges::find(type.row_names, name);
        if (row != type.row_names.end() && word.exists()) {
            const TypeCode* of =
                type.row_types[static_cast<std::size_t>(row - type.row_names.begin())];
            word = delay_contract(sub_type(*this, holder, of),
                                  step(label, BlameLabel::Step::Field, name), word);
        }
        // Shared: what leaves a record type is not computed anew for another record. That is the
        // difference between `: {…}` and a record contract, which is merged.
        fields[slot] = Field{.method = word.exists() ? Method::Shared : Method::None,
                             .source = word,
                             .meta = meta(from, source)};
    }
    Record* result = make_record_with(shape, {fields, shape->size});
    result->span = record.span;
    result->flags |= record.flags & Record::kUnknownNames;
    if (seals) {
        std::vector<Symbol> hidden(extra);
        std::ranges::sort(hidden, {}, &Symbol::id);
        auto* kept = heap.array<Field>(hidden.size());
        for (std::size_t i = 0; i < hidden.size(); ++i)
            kept[i] = full_field(record, record.shape->find(hidden[i]));
        result->extension = heap.array<RecordExtension>(1);
        result->extension->sealed_tail =
            Word::of(make_record_with(shapes.intern(hidden), {kept, hidden.size()}));
        result->extension->tail_key = variable->key;
        result->extension->tail_label = label;
        // Nothing was in sight when it was sealed; the official machine cannot freeze such a
        // record.
        if (shape->size == 0) result->flags |= Record::kUnfrozenTail;
    }
    return contract_ok(Word::of(result), mode);
}

Next Machine::apply_record_contract(Word contract, const BlameLabel* label, Word value, Mode mode) {
    Word known;
    if (!at_hand(value, known)) {
        push(
            [](Machine& m, const Frame& frame) {
                return m.apply_record_contract(frame.a, static_cast<const BlameLabel*>(frame.code),
                                               m.result(), mode_of(frame.b));
            },
            label, contract, mode_word(mode));
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
