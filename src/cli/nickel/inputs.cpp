#include "cli/nickel/inputs.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/nickel/import_paths.hpp"
#include "engine/workspace/modules.hpp"
#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/syntax/field_path.hpp"
#include "lang/syntax/quoting.hpp"
#include "providers/all.hpp"
#include "providers/extension/provider.hpp"

#include <unistd.h>

namespace cli::nickel {

using lang::Record;
using lang::Shape;
using lang::Symbol;
using lang::Tag;
using lang::Word;
using lang::ast::ImportFormat;
using value::Diagnostic;

// A pipe may have no end.
constexpr std::size_t kMaxStdin = std::size_t{256} << 20U;

void Inputs::declare_files(Args& args) {
    args.positional("FILE", &files, "merged with `&`; none: standard input")
        .completes(Completes::File);
    args.option("apply-contract", &contracts, "a file whose value is applied as a contract")
        .value_name("FILE")
        .completes(Completes::File);
    declare_import_paths(args, import_paths);
    args.option("error-format", &error_format, "how errors are told")
        .value_name("FORMAT")
        .values({"text", "json", "yaml", "toml"});
}

void Inputs::declare(Args& args) {
    declare_files(args);
    args.option("field", &field, "only this part").value_name("PATH");
    args.option("stdin-format", &stdin_format, "what standard input is")
        .value_name("FORMAT")
        .values({"nickel", "json", "yaml", "toml", "text"});
    declare_unused(args);
}

void Inputs::declare_plain(Args& args) {
    declare_files(args);
    declare_unused(args);
}

void Inputs::declare_typecheck(Args& args) {
    declare_files(args);
    args.flag("strict-typechecking", strict, "code without annotations too");
    declare_unused(args);
}

// What the official command line has and scripts give: accepted, so that they go on working.
void Inputs::declare_unused(Args& args) {
    args.option("manifest-path", &manifest, "of packages, in place of the nearest `Nickel-pkg.ncl`")
        .value_name("FILE")
        .completes(Completes::File);
    args.option("package-cache-dir", &package_cache, "where packages that were downloaded lie")
        .value_name("DIR")
        .completes(Completes::Directory);
}

void Inputs::declare_customise(Args& args) {
    args.flag("all-errors", all_errors, "tell each field that fails, and not only the first");
    args.rest("PATH=EXPR", customise, "fill in fields; `list` shows them");
}

// In a workspace, what its programs may import under provisioning/; elsewhere nothing.
static std::vector<lang::BuiltinModule> modules_of(const Context& context) {
    const auto workspace = find_workspace(context);
    // `nickel eval` in any folder of the world is no error.
    if (!workspace.ok()) return {};
    std::vector<lang::BuiltinModule> modules = {engine::prelude_module()};
    for (const provider::Provider* provider : providers::all())
        modules.push_back(engine::builtin_module(provider->schema()));
    // One that cannot be read is told by the commands that use it.
    const auto extensions =
        providers::extension::load(*workspace, {.import_roots = import_roots(context.settings())});
    if (!extensions.ok()) return modules;
    for (const auto& extension : *extensions)
        modules.push_back(engine::builtin_module(extension->schema()));
    return modules;
}

static lang::EvaluationOptions options_of(const Context& context, const Inputs& inputs) {
    lang::EvaluationOptions options;
    read_limits(context.settings(), options.limits);
    options.import_paths = all_import_paths(inputs.import_paths);
    // Looked up at the first import of one only: to find a workspace and its extensions costs more
    // than most evaluations.
    options.late_modules = [&context] { return modules_of(context); };
    options.manifest = inputs.manifest.value_or("");
    if (inputs.package_cache) options.limits.package_cache = *inputs.package_cache;
    options.library_in_parts = inputs.library_in_parts;
    if (inputs.strict) options.typecheck = lang::types::Mode::Strict;
    return options;
}

FileEvaluation::FileEvaluation(Context& context, const Inputs& inputs)
    : evaluation(options_of(context, inputs)), context_(context), inputs_(inputs) {
    evaluation.machine.warnings = &warnings_;
}

FileEvaluation::~FileEvaluation() { tell_warnings(); }

void FileEvaluation::tell_warnings() {
    if (warnings_.empty()) return;
    report_findings(context_, inputs_.error_format, warnings_, evaluation.sources);
    warnings_.clear();
}

void FileEvaluation::fail(std::string kind, std::string message) {
    Diagnostic diagnostic;
    diagnostic.kind = std::move(kind);
    diagnostic.message = std::move(message);
    fail(std::move(diagnostic));
}

Word FileEvaluation::load_stdin() {
    auto text = base::read_all(STDIN_FILENO, "standard input", kMaxStdin);
    if (!text) {
        fail("ImportError::IoError", text.error().text());
        return {};
    }
    const std::string name = inputs_.stdin_format.value_or("nickel");
    const ImportFormat format = name == "json"   ? ImportFormat::Json
                                : name == "yaml" ? ImportFormat::Yaml
                                : name == "toml" ? ImportFormat::Toml
                                : name == "text" ? ImportFormat::Text
                                                 : ImportFormat::Nickel;
    return evaluation.load_text("<stdin>", std::move(*text), format, diagnostics_);
}

Word FileEvaluation::load_inputs() {
    if (inputs_.files.empty()) return load_stdin();
    Word all;
    for (const std::string& file : inputs_.files) {
        const Word word = evaluation.load_file(file, ImportFormat::Auto, diagnostics_);
        if (failed()) return {};
        // Left to right; for a merge it makes no difference, but for the places in messages.
        all = all.exists() ? evaluation.machine.delay_merge(all, word) : word;
    }
    return all;
}

Word FileEvaluation::with_contracts(Word word) {
    // In their order, each around what the ones before have made of it.
    for (const std::string& file : inputs_.contracts) {
        const Word contract = evaluation.load_file(file, ImportFormat::Auto, diagnostics_);
        if (failed()) return {};
        auto* label = evaluation.heap.make<lang::BlameLabel>(Tag::Label);
        // The label of a contract that stands in no program: blame is on the file that was given.
        label->step = lang::BlameLabel::Step::Root;
        label->positive = true;
        label->name = Symbol::of(file);
        word = evaluation.machine.delay_contract(contract, label, word);
    }
    return word;
}

Word FileEvaluation::load() {
    Word word = load_inputs();
    if (failed()) {
        Diagnostic& first = diagnostics_.front();
        // A program of a workspace, evaluated outside of one: "no such file" alone would send
        // people looking for a file that exists nowhere.
        if (first.kind == "ImportError::IoError" &&
            first.message.find("provisioning/") != std::string::npos && first.notes.size() < 2 &&
            !find_workspace(context_).ok()) {
            first.notes = {
                "in a workspace, a folder with a `main.ncl`, these modules are built in; "
                "elsewhere `provisioning schema --export .` writes them out"};
        }
        return {};
    }
    return with_contracts(word);
}

Word FileEvaluation::evaluate(Word word) {
    std::optional<Diagnostic> error;
    word = evaluation.evaluate(word, error);
    if (!error) return word;
    fail(std::move(*error));
    return {};
}

Word FileEvaluation::evaluate_deep(Word word, lang::Machine::Depth depth) {
    std::optional<Diagnostic> error;
    const Word value = evaluation.evaluate_deep(word, error, depth);
    if (!error) return value;
    // A second evaluation, of each field by itself: the first one stops where it fails.
    if (inputs_.all_errors) diagnostics_ = evaluation.find_errors(word, depth);
    // It may be one that only the whole has.
    if (diagnostics_.empty()) fail(std::move(*error));
    return {};
}

std::optional<std::vector<Symbol>> FileEvaluation::path(const std::string& text, std::string name) {
    const lang::Source* source = evaluation.sources.add(std::move(name), text);
    if (source == nullptr) {
        fail("ImportError::IoError", "the sources together are too large");
        return std::nullopt;
    }
    std::vector<Symbol> path = lang::parse_field_path(*source, diagnostics_);
    if (failed()) return std::nullopt;
    return path;
}

static Diagnostic field_failure(std::string kind, std::string message, Symbol name) {
    Diagnostic diagnostic;
    diagnostic.kind = std::move(kind);
    diagnostic.message = std::move(message);
    diagnostic.expectation.emplace_back("field", std::string(name.text()));
    return diagnostic;
}

std::optional<FileEvaluation::FoundField> FileEvaluation::find(Word root,
                                                               const std::vector<Symbol>& path) {
    FoundField place;
    Word word = root;
    std::string walked;
    // Step by step, so the message can say which part of the path is missing.
    for (const Symbol name : path) {
        const std::string quoted = lang::quote_field(name.text());
        if (place.record != nullptr) {
            word = evaluation.machine.field(*place.record, place.slot);
            if (!word.exists()) {
                fail(field_failure("EvalError::MissingFieldDef",
                                   "the field `" + walked + "` has no value", name));
                return std::nullopt;
            }
        }
        // Only what lies on the way is evaluated: the rest of the program may fail and is not
        // asked.
        const Word value = evaluate(word);
        if (failed()) return std::nullopt;
        if (!lang::is(value, Tag::Record)) {
            fail(field_failure("EvalError::QueryNonRecord",
                               "there is no field `" + quoted + "` in " +
                                   evaluation.machine.describe(value),
                               name));
            return std::nullopt;
        }
        place.record = lang::as<Record>(value);
        place.slot = place.record->shape->find(name);
        walked += (walked.empty() ? "" : ".") + quoted;
        if (place.slot == Shape::kAbsent) {
            Diagnostic missing = field_failure("EvalError::FieldMissing",
                                               "there is no field `" + walked + "`", name);
            std::vector<std::string_view> there;
            for (const std::uint32_t slot : place.record->shape->sorted_slots()) {
                there.push_back(place.record->shape->symbols[slot].text());
            }
            std::string help = base::did_you_mean(name.text(), there);
            if (!help.empty()) missing.notes.push_back(std::move(help));
            fail(std::move(missing));
            return std::nullopt;
        }
    }
    return place;
}

Word FileEvaluation::select(Word root) {
    if (!inputs_.field) return root;
    const auto names = path(*inputs_.field, "<field path>");
    if (!names || names->empty()) return failed() ? Word() : root;
    const auto place = find(root, *names);
    if (!place) return {};
    const Word word = evaluation.machine.field(*place->record, place->slot);
    if (!word.exists()) {
        fail(field_failure("EvalError::MissingFieldDef",
                           "the field `" + *inputs_.field + "` has no value", names->back()));
    }
    return word;
}

std::optional<std::vector<lang::tools::DocField>> FileEvaluation::documentation() {
    Word root = load();
    if (!failed()) root = select(root);
    if (failed()) return std::nullopt;
    std::optional<Diagnostic> error;
    auto fields = lang::tools::collect_documentation(evaluation, root, error);
    if (error) fail(std::move(*error));
    return fields;
}

int FileEvaluation::report() {
    tell_warnings();
    return report_findings(context_, inputs_.error_format, diagnostics_, evaluation.sources);
}

int report_findings(Context& context, const std::optional<std::string>& error_format,
                    const std::vector<Diagnostic>& findings, const lang::SourceMap& sources) {
    // What was printed before the finding is to be read before it, also where both go to one
    // terminal.
    context.out().flush();
    const std::string wanted = error_format.value_or(context.json() ? "json" : "text");
    if (wanted != "text") {
        const bool lines = wanted == "json";
        const auto format = json::format_from_name(wanted);
        context.err().raw(lang::render_data(findings, sources,
                                            // JSON as one line for each report, so that readers
                                            // need not know where it ends.
                                            lines ? json::Format::CompactJson : format.value()));
        if (lines) context.err().write("\n");
        return 1;
    }
    const lang::RenderOptions options{.colour = context.err_terminal().color,
                                      .width = context.err_terminal().width};
    for (const Diagnostic& finding : findings) {
        context.err().write(lang::render_text(finding, sources, options));
    }
    return 1;
}

void print_document(Context& context, std::string_view text) {
    // A terminal has control characters shown, a file has each byte as it is.
    if (context.out_terminal().is_terminal) return context.out().write(text);
    context.out().raw(text);
}

base::Result<void> write_output(Context& context, const std::optional<std::string>& path,
                                std::string_view text) {
    // Not synced: what is exported can be exported again.
    if (path) return base::write_file_atomic(*path, text, {.sync = false});
    print_document(context, text);
    return {};
}

}
