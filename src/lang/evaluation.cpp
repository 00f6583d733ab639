#include "lang/evaluation.hpp"

#include "base/text.hpp"
#include "lang/builtins/families.hpp"

namespace lang {

Evaluation::Evaluation(EvaluationOptions options)
    : heap(options.limits.max_memory), symbols(heap.meter), shapes(heap),
      machine(heap, shapes, sources), options_(std::move(options)),
      loader_(options_, sources, machine) {
    SymbolScope scope(symbols);
    if (options_.limits.collects_often) heap.collect_often();
    machine.library = this;
    machine.max_depth = options_.limits.max_depth;
    machine.max_steps = options_.limits.max_steps;
    machine.stop = options_.stop;
    task_.id = 1;
    auto* load = heap.make<NativeFunction>(Tag::NativeFunction);
    load->native = find_native("std/load");
    // Lazily: a program that never says `std` never parses it.
    std_ = machine.delay_apply(Word::of(load), {Word::null()});
    loader_.globals.emplace(Symbol::of("std"), std_);
}

Evaluation::~Evaluation() = default;

// In place of whatever was found wrong after the evaluation was asked to stop.
static value::Diagnostic stopped() {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::Stopped";
    diagnostic.message = "the evaluation was stopped";
    return diagnostic;
}

Word Evaluation::loaded(Word word, std::vector<value::Diagnostic>& diagnostics) const {
    if (!is_stopped()) return word;
    diagnostics.assign(1, stopped());
    return Word();
}

void Evaluation::define(std::string_view name, Word value) {
    SymbolScope scope(symbols);
    loader_.globals.insert_or_assign(Symbol::of(name), value);
}

Word Evaluation::load_text(std::string name, std::string text, ast::ImportFormat format,
                           std::vector<value::Diagnostic>& diagnostics) {
    SymbolScope scope(symbols);
    return loaded(loader_.text(std::move(name), std::move(text), format, false, diagnostics),
                  diagnostics);
}

Word Evaluation::load_file(const std::string& path, ast::ImportFormat format,
                           std::vector<value::Diagnostic>& diagnostics) {
    SymbolScope scope(symbols);
    return loaded(loader_.file(path, format, diagnostics), diagnostics);
}

Word Evaluation::std_module(std::string_view name) {
    Word& known = std_modules_[std::string(name)];
    if (known.exists()) return known;
    std::vector<value::Diagnostic> diagnostics;
    known = loader_.module(name, diagnostics);
    // Its text is ours and tested, so findings in it are our mistakes.
    if (is_stopped()) return Word::null();   // nobody will look at it
    CHECK(diagnostics.empty());
    return known;
}

Word Evaluation::std_fields(std::string_view name) {
    return options_.library_in_parts ? loader_.module_fields(name) : Word();
}

Word Evaluation::std_part(std::string_view name, std::string_view field) {
    std::vector<value::Diagnostic> diagnostics;
    const Word part = loader_.module_part(name, field, diagnostics);
    if (is_stopped()) return Word::null();   // nobody will look at it
    CHECK(diagnostics.empty());
    return part;
}

// {array = {fold_left = …}, …}: every native whose name starts with "native/".
Word Evaluation::native_record() {
    if (native_.exists()) return native_;
    const Heap::Keeping keeping(heap);
    std::map<std::string, std::vector<std::pair<Symbol, Word>>> groups;
    for (auto family : native_families()) {
        for (const Native& native : family) {
            if (!native.name.starts_with("native/")) continue;
            auto parts = base::split(native.name, '/');
            auto* function = heap.make<NativeFunction>(Tag::NativeFunction);
            function->native = &native;
            groups[std::string(parts[1])].emplace_back(Symbol::of(parts[2]), Word::of(function));
        }
    }
    std::vector<std::pair<Symbol, Word>> fields;
    for (auto& [name, natives] : groups)
        fields.emplace_back(Symbol::of(name), Word::of(machine.make_record_of(natives)));
    return native_ = Word::of(machine.make_record_of(fields));
}

Word Evaluation::finish(Outcome outcome, std::optional<value::Diagnostic>& error) {
    if (outcome == Outcome::Done) return machine.result();
    error = outcome == Outcome::Stopped ? stopped() : machine.take_error();
    return Word();
}

Word Evaluation::evaluate(Word word, std::optional<value::Diagnostic>& error) {
    SymbolScope scope(symbols);
    return finish(machine.start(task_, word), error);
}

Word Evaluation::evaluate_deep(Word word, std::optional<value::Diagnostic>& error,
                               Machine::Depth depth) {
    SymbolScope scope(symbols);
    return finish(machine.start_deep(task_, word, depth), error);
}

}
