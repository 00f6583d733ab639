#include "base/text.hpp"
#include "lang/print/printer.hpp"
#include "lang/syntax/quoting.hpp"
#include "lang/workspace/workspace_program.hpp"
#include "value/builder.hpp"

#include <algorithm>

// What a program declares under `inputs`, held against what it is given.
namespace lang {

using value::Diagnostic;

// How a value of the type would be given.
static std::string example_of(std::string_view type) {
    if (type.starts_with("Number") || type.starts_with("std.number")) return "1";
    if (type.starts_with("Bool")) return "true";
    if (type.starts_with("Array")) return "[]";
    if (type.starts_with("{")) return "{}";
    if (const std::size_t tag = type.find('\''); type.starts_with("[|") && tag != type.npos) {
        return std::string(type.substr(tag, type.find_first_of(" ,|", tag) - tag));
    }
    return "\"…\"";
}

std::string WorkspaceProgram::annotation_of(const Meta& meta) const {
    std::vector<std::string> parts;
    if (meta.type.exists()) parts.push_back(print_annotation(evaluation_->sources, meta.type));
    for (const Span span : meta.contracts)
        parts.push_back(print_annotation(evaluation_->sources, span));
    return base::join(parts, " | ");
}

bool WorkspaceProgram::check_declared(Record& declared) {
    const GivenValues::Node* given = GivenValues::find(given_->root(), kDeclaredInputs);
    if (given != nullptr && given->is_value()) return true;   // by something that is no record
    const bool is_fine =
        given == nullptr || check_given(declared, *given, std::string(kDeclaredInputs));
    Machine& machine = evaluation_->machine;
    Diagnostic missing;
    missing.kind = "EvalError::MissingFieldDef";
    std::vector<std::string> names;
    for (const std::uint32_t slot : declared.shape->sorted_slots()) {
        const std::string name(declared.shape->symbols[slot].text());
        const bool is_given = given != nullptr && GivenValues::find(*given, name) != nullptr;
        if (is_given || machine.has_value(declared, slot) ||
            machine.is_empty_optional(declared, slot))
            continue;
        const Meta* meta = machine.meta(declared, slot);
        const Span where = declared.fields ? declared.fields[slot].span : declared.span;
        const std::string path = "inputs." + quote_field(name);
        missing.labels.push_back(
            {where, meta && meta->has_doc ? std::string(meta->doc) : "", true});
        missing.notes.push_back(
            "for instance --set " +
            base::quote_shell(path + "=" + example_of(meta ? annotation_of(*meta) : "")));
        missing.expectation.emplace_back("input", name);
        names.push_back(name);
    }
    if (names.empty()) return is_fine;
    missing.message = std::string(names.size() == 1 ? "the input `" : "the inputs `") +
                      base::join(names, "`, `") +
                      (names.size() == 1 ? "` has no value" : "` have no value");
    fail(std::move(missing), "");
    return false;
}

void WorkspaceProgram::finish_declared(const Work& work, TouchedSets::Id touched) {
    const Word value = evaluation_->machine.result();
    if (is(value, Tag::Record)) {
        if (!check_declared(*as<Record>(value))) return;
        return open_inputs(touched);
    }
    if (is(value, Tag::Unknown)) return open_moved(touched);
    fail({.kind = "EvalError::Other",
          .message = "`inputs` declares what the program may be given, as a record, but this is " +
                     evaluation_->machine.describe(value),
          .labels = {{work.where, "", true}}},
         "");
}

// Each input is held against its contracts, also one that nothing reads: who gave it believes that
// it counts. Nothing else is opened before, as whatever reads a wrong one would tell it again.
void WorkspaceProgram::open_inputs(TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    const std::uint32_t slot = whole_->shape->find(Symbol::of(kDeclaredInputs));
    std::optional<Diagnostic> error;
    const Word inputs = evaluation_->evaluate(machine.field(*whole_, slot), error);
    if (error) return fail(std::move(*error), "");
    if (!is(inputs, Tag::Record)) return open_moved(touched);
    auto& record = *as<Record>(inputs);
    for (const std::uint32_t at : record.shape->sorted_slots()) {
        if (!machine.has_value(record, at)) continue;
        Work work;
        work.kind = Work::Kind::Given;
        work.word = machine.field(record, at);
        work.inherited = touched;
        ++inputs_left_;
        queue(std::move(work));
    }
    if (inputs_left_ == 0) open_moved(touched);
}

// One that rests on a resource is looked at when that is known, and holds nothing up.
void WorkspaceProgram::input_seen(TouchedSets::Id touched) {
    if (inputs_left_ > 0 && --inputs_left_ == 0 && !failed_) open_moved(touched);
}

// A merge that fails because of what was given is mended in the program, and not by priorities.
void WorkspaceProgram::explain_given(Diagnostic& finding) const {
    if (finding.kind != "EvalError::MergeIncompatibleArgs") return;
    std::size_t given = 0;
    for (const value::Label& label : finding.labels) {
        const Source* source = evaluation_->sources.find(label.span.begin);
        if (source != nullptr && given_->has_source(*source)) ++given;
    }
    if (given == 1) {
        finding.notes = {
            "what is given replaces a default: write `| default` in the program, as in "
            "`port | Number | default = 80`"};
    } else if (given > 1) {
        finding.notes = {"one key stands twice in what is given, with two values"};
    }
}

// ---- the list

value::InputPlace WorkspaceProgram::place_of(Span span) const {
    const Place place = evaluation_->sources.place(span.begin);
    return {place.source ? place.source->name : std::string(), place.line, place.column};
}

// `now`: the same record with what is given.
DeclaredInput WorkspaceProgram::declared_input(Record& declared, std::uint32_t slot, Record& now) {
    Machine& machine = evaluation_->machine;
    DeclaredInput out;
    const Symbol name = declared.shape->symbols[slot];
    out.name = name.text();
    const auto read = [&](Word word, std::optional<Diagnostic>& error) {
        std::optional<value::Value> result;
        const Word evaluated = evaluation_->evaluate_deep(word, error);
        if (error) return result;
        value::ValueBuilder builder;
        emit(evaluated, builder);
        if (auto taken = builder.take(); taken.ok()) result = std::move(taken).value();
        return result;
    };
    const Meta* meta = machine.meta(declared, slot);
    if (meta != nullptr) {
        out.type = annotation_of(*meta);
        out.doc = meta->doc;
        out.is_optional = meta->optional;
        std::optional<Diagnostic> ignored;
        if (meta->priority.rank < 0 && machine.has_value(declared, slot))
            out.fallback = read(machine.field(declared, slot), ignored);
    }
    const GivenValues::Node* all = GivenValues::find(given_->root(), kDeclaredInputs);
    const GivenValues::Node* given =
        all != nullptr ? GivenValues::find(*all, name.text()) : nullptr;
    if (given != nullptr) out.given = options_.given[given->number];
    const std::uint32_t at = now.shape->find(name);
    out.place = place_of(now.fields != nullptr ? now.fields[at].span : now.span);
    if (machine.has_value(now, at)) out.value = read(machine.field(now, at), out.error);
    if (out.error) explain_given(*out.error);
    return out;
}

std::optional<std::vector<DeclaredInput>>
WorkspaceProgram::declared_inputs(std::vector<Diagnostic>& findings) {
    SymbolScope scope(evaluation_->symbols);
    Machine& machine = evaluation_->machine;
    loaded_ = true;
    load_program(findings);
    if (!findings.empty()) return std::nullopt;
    const auto branch_of = [&](Word root) -> std::optional<Record*> {
        std::optional<Diagnostic> error;
        Word value = evaluation_->evaluate(root, error);
        if (!error && is(value, Tag::Record)) {
            auto& record = *as<Record>(value);
            const std::uint32_t slot = record.shape->find(Symbol::of(kDeclaredInputs));
            if (slot == Shape::kAbsent || !machine.has_value(record, slot)) return nullptr;
            value = evaluation_->evaluate(machine.field(record, slot), error);
        }
        if (error) findings.push_back(std::move(*error));
        if (error || !is(value, Tag::Record)) return std::nullopt;
        return as<Record>(value);
    };
    std::vector<DeclaredInput> out;
    const auto declared = branch_of(program_);
    const auto now = declared && *declared ? branch_of(root_) : declared;
    if (!declared || !now) return std::nullopt;
    if (*declared == nullptr) return out;
    for (const std::uint32_t slot : (*declared)->shape->sorted_slots())
        out.push_back(declared_input(**declared, slot, **now));
    return out;
}

}
