#include "base/check.hpp"
#include "lang/data.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/evaluation.hpp"

#include <cstddef>
#include <cstdint>

// Any program ends within its limits: in a value that can be written, or in a finding that can be
// shown. It reads no files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lang::EvaluationOptions options;
    options.limits = {.max_memory = std::uint64_t{16} << 20,
                      .max_depth = 5000,
                      .max_steps = 100'000,
                      .import_roots = {"/nowhere"},
                      .collects_often = true};
    lang::Evaluation evaluation(options);
    std::vector<value::Diagnostic> found;
    std::string program(reinterpret_cast<const char*>(data), size);
    lang::Word word =
        evaluation.load_text("fuzz", std::move(program), lang::ast::ImportFormat::Nickel, found);
    CHECK(word.exists() == found.empty());
    if (word.exists()) {
        std::optional<value::Diagnostic> error;
        word = evaluation.evaluate_deep(word, error, lang::Machine::Depth::Exported);
        CHECK(word.exists() == !error.has_value());
        if (error) found.push_back(std::move(*error));
    }
    if (word.exists()) {
        std::string text;
        json::TextWriter writer(text, json::TextWriter::Style::Compact);
        lang::ExportFailure failure;
        CHECK(lang::write_data(evaluation.machine, word, writer, failure) ||
              !failure.message.empty());
    }
    for (const value::Diagnostic& diagnostic : found) {
        CHECK(!diagnostic.kind.empty() && !diagnostic.message.empty());
        CHECK(!lang::render_text(diagnostic, evaluation.sources).empty());
    }
    return 0;
}
