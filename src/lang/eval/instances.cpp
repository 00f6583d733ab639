#include "lang/eval/machine.hpp"

#include "lang/cells.hpp"

// Records of resource types. A built-in module's record contract is marked as a type; applying it
// makes an instance (ENGINE §2), whose outputs are cells.
namespace lang {

static const Code kMarkCode{Op::MarkThunk, 0, 0, {}};
static const Block kMarkBlock{.body = &kMarkCode};

constexpr std::string_view kPrelude = "prelude";

// What lies outside of the heap, as a word: an integer, whose bits are those of the address.
static Word from_outside(const void* object) {
    return Word::integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(object)));
}
static const void* outside(Word word) {
    return reinterpret_cast<const void*>(static_cast<std::uintptr_t>(word.as_integer()));
}

// `secret "env:NAME"`: a text in which the secret is named. Whoever hands it on puts the secret in
// its place; everything computed from it is marked as secret.
static Next secret(Machine& machine, const Word* arguments) {
    std::string_view reference =
        is(arguments[0], Tag::String) ? as<StringObj>(arguments[0])->text() : std::string_view();
    if (!value::is_secret_name(reference)) {
        return machine.fail("EvalError::BlameError",
                            "`secret` wants a reference such as \"env:NAME\" or \"file:PATH\", "
                            "but got " +
                                (reference.empty() ? machine.describe(arguments[0])
                                                   : "`" + std::string(reference) + "`"),
                            machine.current_span());
    }
    // From here on the text is secret, and so is all that is computed from it: secrecy spreads in
    // the same way as dependencies do.
    machine.touch(machine.touched_sets.secret_leaf());
    return machine.give_secret(value::SecretTemplate::reference(reference));
}
static constexpr Native kSecret{.name = "secret",
                                .arity = 1,
                                .strict = 1,
                                .run = secret,
                                .result = value::ValueType::String};

// The module's value with its types marked, when it is evaluated.
Word Machine::mark_types(Word module_value, const BuiltinModule& module) {
    // In a plain evaluation (`nickel`) there are no cells: types are record contracts and nothing
    // more.
    if (!cells || (module.types.empty() && module.name != kPrelude)) return module_value;
    return make_thunk(kMarkBlock, {module_value, from_outside(&module)});
}

// Replaces the type contracts, late binding and all: fields of a module never refer to each other's
// types by merge.
Next Machine::mark_evaluated(Record& record, const BuiltinModule& module) {
    Record* marked = make_record(record.shape);
    marked->flags = record.flags;
    marked->span = record.span;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        Word word = field(record, slot);
        for (const TypeInfo& type : module.types) {
            std::string_view name = type.name;
            if (std::size_t dot = name.rfind('.'); dot != std::string_view::npos)
                name.remove_prefix(dot + 1);
            if (name != record.shape->symbols[slot].text()) continue;
            // As a thunk each: a module has a hundred types, of which a program uses a few.
            word = make_thunk(kMarkBlock, {word, from_outside(&type), Word::null()});
        }
        if (module.name == kPrelude && record.shape->symbols[slot].text() == "secret") {
            auto* function = heap.make<NativeFunction>(Tag::NativeFunction);
            function->native = &kSecret;
            word = Word::of(function);
        }
        marked->slots[slot] = word;
    }
    return give(Word::of(marked));
}

// The contract's record again, as the schema of a type: outputs become cells of whoever it is
// applied to.
Next Machine::mark_contract(Record& contract, const TypeInfo& type) {
    std::uint32_t size = contract.shape->size;
    auto* fields = heap.array<Field>(size);
    for (std::uint32_t slot = 0; slot < size; ++slot) fields[slot] = full_field(contract, slot);
    // An output has no value in the text of the module. What it shows is the cell, and that was
    // checked by the schema when it was set.
    for (std::uint32_t output = 0; output < type.outputs.size(); ++output) {
        std::uint32_t slot = contract.shape->find(Symbol::of(type.outputs[output].name));
        if (slot == Shape::kAbsent) continue;
        fields[slot].method = Method::Output;
        fields[slot].index = output;
        fields[slot].contracts = nullptr;
    }
    Record* marked = make_record_with(contract.shape, {fields, size});
    marked->flags = contract.flags;
    marked->span = contract.span;
    marked->extension = heap.array<RecordExtension>(1);
    marked->extension->type = cells->type_index(type.name) + 1;
    return give(Word::of(marked));
}

Next Machine::run_mark(const Thunk& thunk) {
    if (thunk.count == 2) {
        push(
            [](Machine& m, const Frame& frame) {
                if (!is(m.result_, Tag::Record))
                    return m.fail("EvalError::InternalError", "a built-in module is no record");
                return m.mark_evaluated(*as<Record>(m.result_),
                                        *static_cast<const BuiltinModule*>(frame.code));
            },
            outside(thunk.captures[1]));
    } else {
        push(
            [](Machine& m, const Frame& frame) {
                if (!is(m.result_, Tag::Record))
                    return m.fail("EvalError::InternalError",
                                  "a resource type is no record contract");
                return m.mark_contract(*as<Record>(m.result_),
                                       *static_cast<const TypeInfo*>(frame.code));
            },
            outside(thunk.captures[1]));
    }
    return force(thunk.captures[0]);
}

}
