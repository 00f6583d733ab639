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
        nickel::Session session(context, inputs_);
        Word root = session.load();
        if (!session.failed() && customise.lists) {
            const std::string text = customise.list(session, root);
            if (session.failed()) return session.report();
            context.out().write(text);
            return 0;
        }
        if (!session.failed()) root = customise.apply(session, root);
        if (!session.failed()) root = session.select(root);
        if (!session.failed()) {
            root = session.evaluate_deep(root, lang::Machine::Depth::Exported);
        }
        std::string text;
        if (!session.failed()) write(session, root, text);
        if (session.failed()) return session.report();
        TRY(nickel::write_output(context, output_, text));
        return 0;
    }

private:
    void write(nickel::Session& session, Word word, std::string& text) {
        const std::string format = format_.value_or("json");
        if (format == "text" || format == "raw") {
            if (lang::is(word, Tag::String)) {
                text = lang::as<lang::StringObj>(word)->text();
            } else {
                session.fail("ExportError::NotAString",
                             "as text only a string can be exported, not " +
                                 session.evaluation.machine.describe(word));
            }
            return;
        }
        if (format == "yaml-documents" && !check_documents(session, word)) return;
        const auto kind = json::format_from_name(format);
        const auto writer = json::make_writer(*kind, text);
        lang::ExportFailure failure;
        if (lang::write_data(session.evaluation.machine, word, *writer, failure)) {
            if (*kind == json::Format::Json) text += '\n';
            return;
        }
        // TOML's writer says so at the end; the kind has a name of its own.
        if (failure.message == "TOML has no null") failure.kind = "ExportError::UnsupportedNull";
        value::Diagnostic diagnostic;
        diagnostic.kind = failure.kind;
        diagnostic.message = failure.message;
        if (!failure.path.empty()) diagnostic.notes.push_back("at " + failure.path);
        session.fail(std::move(diagnostic));
    }

    static bool check_documents(nickel::Session& session, Word word) {
        lang::Machine& machine = session.evaluation.machine;
        if (!lang::is(word, Tag::Array)) {
            session.fail("ExportError::ExpectedArray",
                         "documents are exported from an array, not from " +
                             machine.describe(word));
            return false;
        }
        auto& array = *lang::as<lang::Array>(word);
        for (std::size_t i = 0; i < array.size; ++i) {
            Word known;
            if (machine.at_hand(machine.element(array, i), known) && known.is_null()) {
                session.fail("ExportError::UnsupportedNull", "a document cannot be null");
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
