#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/print/printer.hpp"
#include "lang/text/text.hpp"
#include "json/format.hpp"

namespace cli::nickel_query {

using lang::Word;

constexpr std::size_t kMaxValue = 80;   // characters of a value

struct Answer {
    std::optional<std::string> doc, type, value;
    std::vector<std::string> contracts;
    bool optional = false, not_exported = false;
    bool has_priority = false;
    std::string priority = "0";
    std::optional<std::vector<std::string>> sub_fields;
};

class NickelQuery final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare(args);
        args.option("format,f", &format_, "markdown, or a form for machines")
            .value_name("FORMAT")
            .values({"markdown", "json", "yaml", "toml"});
        args.option("output,o", &output_, "write there, not to standard output")
            .value_name("FILE")
            .completes(Completes::File);
        args.flag("doc", doc_, "the documentation");
        args.flag("contract", contract_, "the contracts");
        args.flag("type", type_, "the type");
        args.flag("default", default_, "the default value");
        args.flag("value", value_, "the value");
    }

    base::Result<int> run(Context& context) override {
        // The forms for machines always have everything: whoever reads them selects.
        const bool selects = doc_ || contract_ || type_ || default_ || value_;
        const std::string format = format_.value_or("markdown");
        if (selects && format != "markdown") {
            return usage_error("what to show can be selected in the markdown form only");
        }
        nickel::FileEvaluation files(context, inputs_);
        const Word root = files.load();
        std::optional<Answer> answer;
        if (!files.failed()) answer = ask(files, root);
        if (files.failed()) return files.report();
        // On standard error, so the answer itself stays parseable.
        if (!inputs_.field) {
            context.err().line("warning: no --field given, so this is about the whole program");
        }
        std::string text;
        if (format == "markdown") {
            text = for_people(*answer, !selects);
            // The official words, which scripts look for.
            if (text.empty()) context.err().line("No metadata found for this field.");
            if (text.empty()) text = "\n";
        } else {
            TRY(for_machines(*answer, *json::format_from_name(format), text));
        }
        TRY(nickel::write_output(context, output_, text));
        return 0;
    }

private:
    std::optional<Answer> ask(nickel::FileEvaluation& files, Word root) {
        Answer answer;
        Word word = root;
        if (inputs_.field) {
            const auto path = files.path(*inputs_.field, "<field path>");
            if (!path || path->empty()) return std::nullopt;
            const auto place = files.find(root, *path);
            if (!place) return std::nullopt;
            const lang::Meta* meta = files.evaluation.machine.meta(*place->record, place->slot);
            if (meta != nullptr) describe(files.evaluation.sources, *meta, answer);
            word = files.evaluation.machine.field(*place->record, place->slot);
        }
        // A field may be declared and have no value yet: what is known of it is told all the same.
        if (!word.exists()) return answer;
        const Word value = files.evaluate(word);
        if (files.failed()) return std::nullopt;
        if (lang::is(value, lang::Tag::Record)) {
            const lang::Shape& shape = *lang::as<lang::Record>(value)->shape;
            answer.sub_fields.emplace();
            // By name, not by the order of the source, as the official command lists them.
            for (const std::uint32_t slot : shape.sorted_slots()) {
                answer.sub_fields->emplace_back(shape.symbols[slot].text());
            }
        }
        auto text = lang::print_value(files.evaluation.machine, value);
        if (text)
            answer.value = std::move(*text);
        else
            // The value cannot be printed (it holds a function, say): an error, and not half an
            // answer.
            files.fail("Other", text.error().text());
        return answer;
    }

    static void describe(const lang::SourceMap& sources, const lang::Meta& meta, Answer& answer) {
        if (meta.has_doc) answer.doc = std::string(meta.doc);
        if (meta.type.exists()) answer.type = lang::print_annotation(sources, meta.type);
        for (const lang::Span span : meta.contracts) {
            answer.contracts.push_back(lang::print_annotation(sources, span));
        }
        answer.optional = meta.optional;
        answer.not_exported = meta.not_exported;
        answer.has_priority = meta.has_priority;
        answer.priority = meta.priority.rank < 0            ? "default"
                          : meta.priority.rank > 0          ? "force"
                          : meta.priority.number != nullptr ? meta.priority.number->to_string()
                                                            : "0";
    }

    // In clusters, so that no character is cut in half.
    static std::string cut(const std::string& text) {
        const auto characters = lang::text::characters(text);
        if (characters.size() <= kMaxValue) return text;
        std::string result;
        for (std::size_t i = 0; i + 1 < kMaxValue; ++i) result += characters[i];
        return result + "…";
    }

    static void list(json::Writer& writer, std::string_view key,
                     const std::vector<std::string>& items) {
        writer.key(key);
        writer.begin_array();
        for (const std::string& item : items) writer.string(item);
        writer.end_array();
    }

    static base::Result<void> for_machines(const Answer& answer, json::Format format,
                                           std::string& text) {
        const auto writer = json::make_writer(format, text);
        const auto item = [&](std::string_view key, const std::optional<std::string>& value) {
            if (!value) return;
            writer->key(key);
            writer->string(*value);
        };
        writer->begin_object();
        item("doc", answer.doc);
        if (!answer.contracts.empty()) list(*writer, "contracts", answer.contracts);
        // The official name of the member.
        item("typ", answer.type);
        writer->key("optional");
        writer->boolean(answer.optional);
        writer->key("not_exported");
        writer->boolean(answer.not_exported);
        item("priority", answer.priority);
        if (answer.sub_fields) list(*writer, "sub_fields", *answer.sub_fields);
        if (answer.value) item("value", cut(*answer.value));
        writer->end_object();
        TRY(writer->finish());
        if (format == json::Format::Json) text += '\n';
        return {};
    }

    std::string for_people(const Answer& answer, bool all) const {
        std::string text;
        const auto item = [&](std::string_view name, std::string_view value) {
            text += fmt::format("• {}: {}\n", name, value);
        };
        std::string contracts;
        for (const std::string& contract : answer.contracts) {
            contracts += (contracts.empty() ? "" : ",") + contract;
        }
        const bool is_default = answer.has_priority && answer.priority == "default";
        // `default` has a line of its own, and `force` is shown by nobody: the official form has it
        // so.
        const bool is_numbered = answer.has_priority && !is_default && answer.priority != "force";
        if ((all || contract_) && !contracts.empty()) item("contract", contracts);
        if ((all || type_) && answer.type) item("type", *answer.type);
        if (all && is_numbered) item("priority", answer.priority);
        if (answer.value && (value_ || (all && is_numbered))) item("value", *answer.value);
        if ((all || default_) && is_default && answer.value) item("default", *answer.value);
        if ((all || doc_) && answer.doc) {
            if (answer.doc->find('\n') == answer.doc->npos) {
                item("documentation", *answer.doc);
            } else {
                text += "• documentation\n\n" + *answer.doc + "\n";
            }
        }
        if (all && answer.sub_fields && !answer.sub_fields->empty()) {
            text += "\nAvailable fields\n";
            for (const std::string& name : *answer.sub_fields) text += "• " + name + "\n";
        }
        return text;
    }

    nickel::Inputs inputs_;
    std::optional<std::string> format_, output_;
    bool doc_ = false, contract_ = false, type_ = false, default_ = false, value_ = false;
};

const Register<NickelQuery> registration{{
    .path = "nickel query",
    .summary = "print what is known about a field",
    .manual = embedded::nickel_query_md,
    .nickel_dialect = true,
}};

}
