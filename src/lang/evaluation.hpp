#pragma once

#include "lang/eval/machine.hpp"
#include "lang/loader.hpp"
#include "lang/program.hpp"

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

// Everything one evaluation owns: sources, code, heap, machine, the standard library and what was
// imported. Nothing of it outlives it. One thread.
class Evaluation final : public LibrarySource {
public:
    explicit Evaluation(EvaluationOptions options);
    ~Evaluation() override;

    // The value of a file or text, unevaluated. On errors nothing, and the diagnostics.
    Word load_file(const std::string& path, ast::ImportFormat format,
                   std::vector<value::Diagnostic>& diagnostics);
    Word load_text(std::string name, std::string text, ast::ImportFormat format,
                   std::vector<value::Diagnostic>& diagnostics);

    // A name that whatever is loaded from now on may use, as it may use `std`.
    void define(std::string_view name, Word value);

    // Evaluates; on failure nothing, and the diagnostic.
    Word evaluate(Word word, std::optional<value::Diagnostic>& error);
    Word evaluate_deep(Word word, std::optional<value::Diagnostic>& error,
                       Machine::Depth depth = Machine::Depth::All);
    // All that fails in a value, each field by itself (all_errors.cpp).
    std::vector<value::Diagnostic> find_errors(Word word, Machine::Depth depth);

    SourceMap sources;
    Heap heap;
    SymbolOwner symbols;
    Shapes shapes;
    Machine machine;

    bool is_stopped() const { return machine.is_stopped(); }

    std::map<std::string, std::string> files() const { return loader_.files(); }
    const resolve::ImportGraph& imports() const { return loader_.graph(); }

    // LibrarySource
    Word std_module(std::string_view name) override;
    Word native_record() override;
    Word std_record() override { return std_; }
    Word std_fields(std::string_view name) override;
    Word std_part(std::string_view name, std::string_view field) override;

private:
    Word finish(Outcome outcome, std::optional<value::Diagnostic>& error);
    Word loaded(Word word, std::vector<value::Diagnostic>& diagnostics) const;

    EvaluationOptions options_;
    Loader loader_;
    std::map<std::string, Word> std_modules_;
    Word std_;
    Word native_;
    Task task_;
};

}
