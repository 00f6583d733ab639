#include "lang/eval/contract_support.hpp"
#include "lang/eval/numbers.hpp"
#include "lang/syntax/quoting.hpp"

#include "base/text.hpp"

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
        case TypeKind::String: return is_text(value);
        case TypeKind::Enum: {
            // A variant needs a look at its argument.
            if (!value.is_tag()) return std::nullopt;
            if (type.tail != ast::Tail::Closed) return true;
            for (std::size_t i = 0; i < type.row_names.size(); ++i) {
                // A tag may stand beside a variant of its name.
                if (type.row_names[i] == value.as_tag() && !type.row_types[i]) return true;
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
                return m.apply_contract(m.result(), as<BlameLabel>(frame.a), frame.b,
                                        mode_of(frame.number));
            },
            nullptr, Word::of(label), value, number_of(mode));
        return force(contract);
    }
    if (!ready.is_object()) return not_a_contract(ready, label);
    switch (ready.object()->tag) {
        case Tag::Type:
            return apply_type(*as<TypeObj>(ready), *as<TypeObj>(ready)->code, label, value, mode);
        case Tag::Record: return apply_record_contract(ready, label, value, mode);
        case Tag::CustomContract: {
            if (mode == Mode::Apply && is_predicate(ready)) {
                push_value(value);
                push(
                    [](Machine& m, const Frame& frame) {
                        return m.predicate_result(as<BlameLabel>(frame.a), m.stack(m.height() - 1),
                                                  frame.b);
                    },
                    nullptr, Word::of(label), ready);
                Word arguments[] = {Word::of(label), value};
                return apply(as<CustomContract>(ready)->function, arguments);
            }
            push(
                [](Machine& m, const Frame& frame) {
                    return m.custom_result(as<BlameLabel>(frame.a), frame.b, mode_of(frame.number));
                },
                nullptr, Word::of(label), value, number_of(mode));
            Word arguments[] = {Word::of(label), value};
            return apply(as<CustomContract>(ready)->function, arguments);
        }
        case Tag::Function:
            if (warnings != nullptr) warn_of_plain(*as<Function>(ready), label, value);
            [[fallthrough]];
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

void Machine::warn_of_plain(const Function& function, const BlameLabel* label, Word value) {
    constexpr std::size_t kMostWarnings = 64;
    const Span made = function.block->span;
    if (!is_in_program(made) || warnings->size() >= kMostWarnings) return;
    Span place = written(value);
    for (const BlameLabel* step = label; step != nullptr && !place.exists(); step = step->parent)
        if (step->step == BlameLabel::Step::Checked || step->parent == nullptr) place = step->span;
    value::Diagnostic warning;
    warning.severity = value::Severity::Warning;
    warning.message = "plain functions as contracts are deprecated";
    warning.labels = {{place, "applied to this term", true}, {made, "this function", false}};
    warning.notes = {"wrap it by `std.contract.from_validator` or `std.contract.custom`"};
    if (std::ranges::find(*warnings, warning) == warnings->end())
        warnings->push_back(std::move(warning));
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
                              as<BlameLabel>(frame.b), machine.result(), mode_of(frame.number));
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
    push(with_value, &type, Word::of(&holder), Word::of(label), number_of(mode));
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

// What there is to choose from, and what was meant by a slip.
static std::string enum_message(const Machine& machine, const TypeCode& type, Word value) {
    std::vector<std::string> tags;
    std::vector<std::string_view> names;
    for (Symbol name : type.row_names) names.push_back(name.text());
    std::ranges::sort(names);
    for (const std::string_view name : names) tags.push_back(quote_tag(name));
    std::string_view name;
    if (value.is_tag()) name = value.as_tag().text();
    if (is(value, Tag::Variant)) name = as<Variant>(value)->variant_tag.text();
    std::string message = "expected one of " + base::join(tags, ", ") + ", got " +
                          (name.empty() ? machine.describe(value) : quote_tag(name));
    if (const std::string_view meant = base::nearest(name, names); !name.empty() && !meant.empty())
        message += "; did you mean `" + quote_tag(meant) + "`?";
    return message;
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

// A contract that waits for the elements: each is checked when it is looked at.
static Word wrap_array(Machine& machine, const Array& array, Word contract,
                       const BlameLabel* label) {
    for (const PendingList* known = array.pending; known != nullptr; known = known->rest) {
        if (same_contract(known->contract.contract, contract)) return Word::of(&array);
    }
    auto* pending = machine.heap.array<PendingList>(1);
    *pending = {{contract, machine.step(label, BlameLabel::Step::Array)}, array.pending};
    auto* wrapped = machine.heap.make<Array>(Tag::Array);
    *wrapped = array;
    wrapped->pending = pending;
    wrapped->memo = nullptr;
    return Word::of(wrapped);
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
        if (type.kind == TypeKind::Enum)
            return contract_broken(label, enum_message(*this, type, value), mode);
        // Officially the failures of Number, Bool and String carry no message.
        return contract_broken(label,
                               "expected " + std::string(wanted(type)) + ", got " + describe(value),
                               mode, BlameLabel::Step::Reason);
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
            return contract_ok(wrap_array(*this, array, sub_type(*this, holder, type.first), label),
                               mode);
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
    return contract_broken(label, enum_message(*this, type, value), mode);
}

}
