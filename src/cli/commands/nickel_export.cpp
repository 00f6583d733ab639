#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/customise.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/data.hpp"
#include "json/format.hpp"

namespace cli::nickel_export {

using lang::Tag;
using lang::Word;

class NickelExport final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare(args);
        args.option("format,f", &format_, "of what is written (json)")
            .value_name("FORMAT")
            .values({"json", "yaml", "yaml-documents", "toml", "text", "raw"});
        args.option("output,o", &output_, "write there, not to standard output")
            .value_name("FILE")
            .completes(Completes::File);
        inputs_.declare_customise(args);
    }

    base::Result<int> run(Context& context) override {
        const auto customise = TRY(nickel::Customise::parse(inputs_.customise));
        if (customise.helps) {
            context.out().write(nickel::Customise::help());
            return 0;
        }
        // One heap and one machine for all files: they may import the same modules.
        inputs_.library_in_parts = true;
        nickel::FileEvaluation files(context, inputs_);
        Word root = files.load();
        if (!files.failed() && customise.lists) {
            const std::string text = customise.list(files, root);
            if (files.failed()) return files.report();
            context.out().write(text);
            return 0;
        }
        if (!files.failed()) root = customise.apply(files, root);
        if (!files.failed()) root = files.select(root);
        if (!files.failed()) {
            root = files.evaluate_deep(root, lang::Machine::Depth::Exported);
        }
        std::string text;
        if (!files.failed()) write(files, root, text);
        if (files.failed()) return files.report();
        TRY(nickel::write_output(context, output_, text));
        return 0;
    }

private:
    void write(nickel::FileEvaluation& files, Word word, std::string& text) {
        const std::string format = format_.value_or("json");
        if (format == "text" || format == "raw") {
            // A string as it is, without quotes or a line break at its end: fit for a file.
            if (lang::is(word, Tag::String)) {
                text = lang::as<lang::StringObj>(word)->text();
            } else {
                files.fail("ExportError::NotAString",
                           "as text only a string can be exported, not " +
                               files.evaluation.machine.describe(word));
            }
            return;
        }
        if (format == "yaml-documents" && !check_documents(files, word)) return;
        const auto kind = json::format_from_name(format);
        const auto writer = json::make_writer(*kind, text);
        lang::ExportFailure failure;
        if (lang::write_data(files.evaluation.machine, word, *writer, failure)) {
            if (*kind == json::Format::Json) text += '\n';
            return;
        }
        // TOML's writer says so at the end; the kind has a name of its own.
        // By its text, as a writer's errors have no kinds.
        if (failure.message == "TOML has no null") failure.kind = "ExportError::UnsupportedNull";
        value::Diagnostic diagnostic;
        diagnostic.kind = failure.kind;
        diagnostic.message = failure.message;
        if (!failure.path.empty()) diagnostic.notes.push_back("at " + failure.path);
        files.fail(std::move(diagnostic));
    }

    static bool check_documents(nickel::FileEvaluation& files, Word word) {
        lang::Machine& machine = files.evaluation.machine;
        if (!lang::is(word, Tag::Array)) {
            files.fail("ExportError::ExpectedArray",
                       "documents are exported from an array, not from " + machine.describe(word));
            return false;
        }
        auto& array = *lang::as<lang::Array>(word);
        for (std::size_t i = 0; i < array.size; ++i) {
            Word known;
            if (machine.at_hand(machine.element(array, i), known) && known.is_null()) {
                files.fail("ExportError::UnsupportedNull", "a document cannot be null");
                return false;
            }
        }
        return true;
    }

    nickel::Inputs inputs_;
    std::optional<std::string> format_;
    std::optional<std::string> output_;
};

const Register<NickelExport> registration{{
    .path = "nickel export",
    .summary = "evaluate a program and write its value as data",
    .manual = embedded::nickel_export_md,
    .nickel_dialect = true,
}};

}
