#pragma once

#include "cli/args.hpp"
#include "lang/evaluation.hpp"
#include "lang/tools/documentation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cli {
class Context;
}

namespace cli::nickel {

// The options of the commands that evaluate files, as the official command line has them.
struct Inputs {
    std::vector<std::string> files;   // none: standard input
    std::vector<std::string> contracts;
    std::vector<std::string> import_paths;
    std::optional<std::string> field;
    std::optional<std::string> stdin_format;
    std::optional<std::string> error_format;
    std::optional<std::string> manifest;        // of packages
    std::optional<std::string> package_cache;   // of those that are fetched
    std::vector<std::string> customise;

    bool all_errors = false;         // of each field by itself
    bool library_in_parts = false;   // no metadata is shown
    bool strict = false;             // type checking, of code without annotations too

    void declare(Args& args);
    void declare_typecheck(Args& args);
    void declare_customise(Args& args);
    // What each of these commands takes, and no more.
    void declare_plain(Args& args);

private:
    void declare_files(Args& args);
    void declare_unused(Args& args);
};

// One evaluation of such a command, and what went wrong in it.
class FileEvaluation {
public:
    FileEvaluation(Context& context, const Inputs& inputs);
    ~FileEvaluation();   // tells what is only a warning, if nobody has
    FileEvaluation(const FileEvaluation&) = delete;
    FileEvaluation& operator=(const FileEvaluation&) = delete;

    // The files merged, contracts and assignments applied; unevaluated. Nothing after an error.
    lang::Word load();
    // The part that --field names, not evaluated.
    lang::Word select(lang::Word root);
    // The record that holds the last name of the path, evaluated, and its slot.
    struct FoundField {
        lang::Record* record = nullptr;
        std::uint32_t slot = 0;
    };
    std::optional<FoundField> find(lang::Word root, const std::vector<lang::Symbol>& path);
    std::optional<std::vector<lang::Symbol>> path(const std::string& text, std::string name);

    lang::Word evaluate(lang::Word word);
    // With --all-errors, all that fails in it is told.
    lang::Word evaluate_deep(lang::Word word, lang::Machine::Depth depth);

    // Of the files, or of the part that --field names; nothing after an error.
    std::optional<std::vector<lang::tools::DocField>> documentation();

    void fail(value::Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }
    void fail(std::string kind, std::string message);
    std::vector<value::Diagnostic>& diagnostics() { return diagnostics_; }
    bool failed() const { return !diagnostics_.empty(); }
    // Tells what went wrong on standard error; the exit code.
    int report();

    lang::Evaluation evaluation;

private:
    void tell_warnings();
    lang::Word load_inputs();
    lang::Word load_stdin();
    lang::Word with_contracts(lang::Word word);

    Context& context_;
    const Inputs& inputs_;
    std::vector<value::Diagnostic> diagnostics_;
    std::vector<value::Diagnostic> warnings_;
};

// Tells what is wrong on standard error, in the form that was asked for; the exit code.
int report_findings(Context& context, const std::optional<std::string>& error_format,
                    const std::vector<value::Diagnostic>& findings, const lang::SourceMap& sources);
// As it is, for whoever reads it; on a terminal, which a person reads, made harmless.
void print_document(Context& context, std::string_view text);
// To a file, or to standard output.
base::Result<void> write_output(Context& context, const std::optional<std::string>& path,
                                std::string_view text);

}
