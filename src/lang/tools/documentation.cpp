#include "lang/tools/documentation.hpp"

#include "base/text.hpp"
#include "lang/print/printer.hpp"

#include <utility>

namespace lang::tools {

// Records that hold one another without end are refused, not followed.
constexpr std::size_t kMaxDepth = 200;

std::string DocField::signature() const {
    if (type.empty() && contracts.empty()) return {};
    std::string text = "- `" + name;
    if (!type.empty()) text += " : " + type;
    for (const std::string& contract : contracts) text += " | " + contract;
    return text + "`";
}

static value::Diagnostic failure(std::string message) {
    value::Diagnostic found;
    found.kind = "Other";
    found.message = std::move(message);
    return found;
}

namespace {

class Collector {
public:
    // Lenient: goes on where a value cannot be evaluated.
    Collector(Evaluation& evaluation, bool lenient) : evaluation_(evaluation), lenient_(lenient) {}

    std::optional<std::vector<DocField>> fields_of(Record& record, std::size_t depth);

    std::optional<value::Diagnostic> error;

private:
    bool look_inside(DocField& field, Word word, std::size_t depth);

    Evaluation& evaluation_;
    bool lenient_;
};

bool Collector::look_inside(DocField& field, Word word, std::size_t depth) {
    const Word value = evaluation_.evaluate(word, error);
    // Only records have fields to document; what any other value is does not matter.
    if (!error && !is(value, Tag::Record)) return true;
    if (!error) field.fields = fields_of(*as<Record>(value), depth + 1);
    // An editor shows what can be known of a program that is half written; the command line tells
    // what is wrong.
    if (error && lenient_) error.reset();
    return !error;
}

std::optional<std::vector<DocField>> Collector::fields_of(Record& record, std::size_t depth) {
    if (depth > kMaxDepth) {
        error = failure("these records are nested too deeply to be documented");
        return std::nullopt;
    }
    Machine& machine = evaluation_.machine;
    std::vector<DocField> fields;
    for (const std::uint32_t slot : record.shape->sorted_slots()) {
        DocField& field = fields.emplace_back();
        field.name = record.shape->symbols[slot].text();
        // Its examples see the fields beside it.
        field.within = &record;
        if (const Meta* meta = machine.meta(record, slot)) {
            if (meta->has_doc) field.doc = std::string(meta->doc);
            if (meta->type.exists()) field.type = print_annotation(evaluation_.sources, meta->type);
            for (const Span span : meta->contracts) {
                field.contracts.push_back(print_annotation(evaluation_.sources, span));
            }
        }
        const Word word = machine.field(record, slot);
        if (word.exists() && !look_inside(field, word, depth)) return std::nullopt;
    }
    return fields;
}

}

std::optional<std::vector<DocField>>
collect_documentation(Evaluation& evaluation, Word root, std::optional<value::Diagnostic>& error) {
    const Word value = evaluation.evaluate(root, error);
    if (error) return std::nullopt;
    if (!is(value, Tag::Record)) {
        error = failure("no documentation found: it is collected from a record, not from " +
                        evaluation.machine.describe(value));
        return std::nullopt;
    }
    Collector collector(evaluation, false);
    auto fields = collector.fields_of(*as<Record>(value), 0);
    error = std::move(collector.error);
    return fields;
}

std::vector<DocField> collect_what_is_known(Evaluation& evaluation, Word root) {
    std::optional<value::Diagnostic> error;
    const Word value = evaluation.evaluate(root, error);
    if (error || !is(value, Tag::Record)) return {};
    return Collector(evaluation, true)
        .fields_of(*as<Record>(value), 0)
        .value_or(std::vector<DocField>());
}

std::vector<DocField> told_only(std::vector<DocField> fields) {
    for (DocField& field : fields) {
        if (field.fields) field.fields = told_only(std::move(*field.fields));
    }
    // From the inside outwards: a field without a word stays if something below has one.
    std::erase_if(fields, [](const DocField& field) {
        return !field.doc && (!field.fields || field.fields->empty());
    });
    return fields;
}

// The headings of a documentation lie below the heading of its field.
static std::string nested_headings(std::string_view doc, std::size_t depth) {
    std::string text;
    bool in_code = false;
    for (const std::string_view line : base::split(doc, '\n')) {
        // In code a `#` is a comment and no heading.
        if (base::trim(line).starts_with("```")) in_code = !in_code;
        if (!in_code && line.starts_with('#')) text.append(depth, '#');
        text += line;
        text += '\n';
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

static void append_markdown(const std::vector<DocField>& fields, std::size_t depth,
                            std::string& text) {
    for (const DocField& field : fields) {
        if (!text.empty()) text += '\n';
        text += std::string(depth, '#') + " `" + field.name + "`\n";
        const std::string signature = field.signature();
        if (!signature.empty()) text += "\n" + signature + "\n";
        if (field.doc) text += "\n" + nested_headings(*field.doc, depth);
        if (field.fields) append_markdown(*field.fields, depth + 1, text);
    }
}

std::string documentation_markdown(const std::vector<DocField>& fields) {
    std::string text;
    append_markdown(fields, 1, text);
    return text;
}

json::Value documentation_json(const std::vector<DocField>& fields) {
    const auto text_or_null = [](const std::string& text, bool there) {
        return there ? json::Value(std::string_view(text)) : json::Value(nullptr);
    };
    json::Object object;
    for (const DocField& field : fields) {
        json::Array contracts;
        for (const std::string& contract : field.contracts) {
            contracts.emplace_back(std::string_view(contract));
        }
        json::Value inner = field.fields ? documentation_json(*field.fields) : json::Value(nullptr);
        object.set(field.name,
                   json::Object{{"fields", std::move(inner)},
                                {"type", text_or_null(field.type, !field.type.empty())},
                                {"contracts", std::move(contracts)},
                                {"documentation",
                                 text_or_null(field.doc.value_or(""), field.doc.has_value())}});
    }
    return object;
}

}
