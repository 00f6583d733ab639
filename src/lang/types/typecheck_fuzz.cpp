#include "base/check.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/evaluation.hpp"

#include <cstddef>
#include <cstdint>

// Any program is well-typed, or there is a finding that can be shown, in both modes. Nothing is
// evaluated, and no files are read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto mode : {lang::types::Mode::Walk, lang::types::Mode::Strict}) {
        lang::EvaluationOptions options;
        options.limits = {.max_memory = std::uint64_t{16} << 20, .import_roots = {"/nowhere"}};
        options.typecheck = mode;
        lang::Evaluation evaluation(options);
        std::vector<value::Diagnostic> found;
        std::string program(reinterpret_cast<const char*>(data), size);
        const lang::Word word = evaluation.load_text("fuzz", std::move(program),
                                                     lang::ast::ImportFormat::Nickel, found);
        CHECK(word.exists() == found.empty());
        for (const value::Diagnostic& diagnostic : found) {
            CHECK(!diagnostic.kind.empty() && !diagnostic.message.empty());
            CHECK(!lang::render_text(diagnostic, evaluation.sources).empty());
        }
    }
    return 0;
}
