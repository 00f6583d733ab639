#pragma once

#include "lang/eval/machine.hpp"
#include "lang/program.hpp"
#include "lang/syntax/arena.hpp"

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

struct EvaluationOptions {
    Limits limits;
    std::vector<std::string> import_paths;   // searched after the folder of the importing file
    std::string schemas_dir;                 // of the workspace: found before the built-in modules
    std::vector<BuiltinModule> modules;
    std::optional<std::map<std::string, std::string>> frozen_files;   // in place of the disk
    // Once it is asked to stop, everything here returns soon, with nothing and a diagnostic of the
    // kind EvalError::Stopped.
    std::stop_token stop = {};
};

// Everything one evaluation owns: sources, code, heap, machine, the standard library and what was
// imported. Nothing of it outlives it. One thread.
class Evaluation final : public ImportSource {
public:
    explicit Evaluation(EvaluationOptions options);
    ~Evaluation() override;

    // The value of a file or text, unevaluated. On errors nothing, and the diagnostics.
    Word load_file(const std::string& path, ast::ImportFormat format,
                   std::vector<value::Diagnostic>& diagnostics);
    Word load_text(std::string name, std::string text, ast::ImportFormat format,
                   std::vector<value::Diagnostic>& diagnostics);

    // Evaluates; on failure nothing, and the diagnostic.
    Word evaluate(Word word, std::optional<value::Diagnostic>& error);
    Word evaluate_deep(Word word, std::optional<value::Diagnostic>& error,
                       Machine::Depth depth = Machine::Depth::All);

    SourceMap sources;
    Heap heap;
    Shapes shapes;
    Machine machine;

    bool is_stopped() const { return machine.is_stopped(); }

    std::map<std::string, std::string> files() const;   // every file read, with its content

    // ImportSource
    Word import(const ImportCode& import, std::optional<value::Diagnostic>& error) override;
    Word std_module(std::string_view name) override;
    Word native_record() override;
    Word std_record() override { return std_; }

private:
    Word finish(Outcome outcome, std::optional<value::Diagnostic>& error);
    Word load_source(const Source& source, ast::ImportFormat format, bool trusted,
                     std::vector<value::Diagnostic>& diagnostics, Word* slot = nullptr);
    const BuiltinModule* builtin(std::string_view path) const;
    bool exists(const std::string& path) const;
    std::string canonical(const std::string& path) const;
    base::Result<std::string> read(const std::string& path) const;
    bool may_import(const std::string& path) const;
    std::string resolve(std::string_view path, std::string_view importer) const;

    EvaluationOptions options_;
    Arena arena_;
    std::unordered_map<Symbol, Word, SymbolHash> globals_;
    std::map<std::string, Word> loaded_;   // by canonical path and format
    std::map<std::string, Word> std_modules_;
    std::map<std::string, const Source*> files_;
    Word std_;
    Word native_;
    Task task_;
};

// Json, Yaml, … by a file's extension; Nickel otherwise.
ast::ImportFormat format_of_path(std::string_view path);

}
