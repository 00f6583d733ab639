#include "cli/views/schema_view.hpp"

#include "base/text.hpp"
#include "cli/views/json.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace cli {

std::string_view first_sentence(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    // A dot within a name or a number has no blank behind it.
    std::size_t end = text.find(". ");
    return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

namespace {

using provider::InputField;
using provider::OutputField;
using provider::ResourceType;

constexpr std::string_view kPrelude = "prelude.";
constexpr std::size_t kDeepest = 14;   // columns

// As Nickel, for programs.
std::string type_text(const provider::FieldType& type) {
    std::string text = print_type(type);
    // A contract of the extension's own is its type, and is shown as it is.
    return type.contract.empty() || type.kind == provider::FieldType::Kind::Any
               ? text
               : fmt::format("{} | {}", text, type.contract);
}

// The type as people read it: contracts of the prelude by their names, the fields of records
// beneath.
std::string type_words(const provider::FieldType& type) {
    using Kind = provider::FieldType::Kind;
    // Its name says it; what it checks stands under "Contracts".
    if (type.contract.starts_with(kPrelude)) return type.contract.substr(kPrelude.size());
    switch (type.kind) {
        case Kind::Integer: return "Integer";
        case Kind::Array: {
            std::string element = type.element.empty() ? "Dyn" : type_words(type.element.front());
            return element.find(' ') == std::string::npos ? "Array " + element
                                                          : "Array (" + element + ")";
        }
        case Kind::Dict:
            return "{ _ | " + (type.element.empty() ? "Dyn" : type_words(type.element.front())) +
                   " }";
        case Kind::Record: return "a record of";
        case Kind::Any: return "Dyn";
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::Enum: break;
    }
    return provider::print_type(
        {.kind = type.kind, .tags = type.tags, .element = {}, .fields = {}, .contract = {}});
}

void add_contracts(const provider::FieldType& type, std::set<std::string>& names) {
    if (type.contract.starts_with(kPrelude)) names.insert(type.contract.substr(kPrelude.size()));
    for (const provider::FieldType& element : type.element) add_contracts(element, names);
    for (const InputField& field : type.fields) add_contracts(field.type, names);
}

// What a change costs comes with what may be left out: both decide how a program is written.
std::string traits_of(const InputField& field) {
    std::vector<std::string> traits;
    if (field.required) traits.push_back("required");
    if (!field.default_nickel.empty()) traits.push_back("default " + field.default_nickel);
    if (field.forces_replacement) traits.push_back("a change replaces");
    if (field.write_only) traits.push_back("never read back");
    if (field.secret) traits.push_back("secret");
    return base::join(traits, ", ");
}

void add_field(std::string& out, const Terminal& terminal, std::size_t indent,
               std::string_view name, const std::string& type, const std::string& traits,
               const std::string& doc) {
    const std::string space(indent, ' ');
    out += fmt::format("{}{}{}{}\n", space, terminal.paint(Color::Bold, name),
                       type.empty() ? "" : "  " + terminal.paint(Color::Cyan, type),
                       traits.empty() ? "" : terminal.paint(Color::Dim, "  (" + traits + ")"));
    std::size_t width = std::max<std::size_t>(terminal.width, 40) - indent - 4;
    for (const std::string_view paragraph : base::split_lines(doc)) {
        for (const std::string& line : base::wrap(paragraph, width))
            out += fmt::format("{}    {}\n", space, line);
    }
}

// Of a record, or of each record of an array or a dictionary.
const std::vector<InputField>& fields_within(const provider::FieldType& type) {
    const provider::FieldType* at = &type;
    while (at->fields.empty() && !at->element.empty()) at = &at->element.front();
    return at->fields;
}

void add_input(std::string& out, const Terminal& terminal, std::size_t indent,
               const InputField& field) {
    add_field(out, terminal, indent, field.name, type_words(field.type), traits_of(field),
              field.doc);
    // Its fields are told once for the page, under the name of the contract.
    if (field.type.contract.starts_with(kPrelude)) return;
    for (const InputField& inner : fields_within(field.type)) {
        // A record within a record within a record is cut: the columns would run out.
        if (indent < kDeepest) add_input(out, terminal, indent + 4, inner);
    }
}

json::Value input_record(const InputField& field) {
    const std::string& fallback = field.default_nickel;
    json::Object record{{"name", field.name},
                        {"type", type_text(field.type)},
                        {"doc", field.doc},
                        {"required", field.required},
                        {"default", fallback.empty() ? json::Value() : json::Value(fallback)},
                        {"forces_replacement", field.forces_replacement},
                        {"write_only", field.write_only},
                        {"secret", field.secret}};
    if (const auto& fields = fields_within(field.type); !fields.empty())
        record.set("fields", json_list(fields, input_record));
    return record;
}

json::Value output_record(const OutputField& field) {
    return json::Object{{"name", field.name},
                        {"type", value::name_of(field.type)},
                        {"doc", field.doc},
                        {"secret", field.secret}};
}

}

std::string type_list(const std::vector<const ResourceType*>& types, const Terminal& terminal) {
    std::size_t widest = 0;
    for (const ResourceType* type : types) widest = std::max(widest, type->name.size());
    std::string out;
    for (const ResourceType* type : types) {
        std::string line = fmt::format("{}  {}", base::pad_to_width(type->name, widest),
                                       first_sentence(type->doc));
        out += (terminal.is_terminal ? base::truncate_to_width(line, terminal.width) : line) + "\n";
    }
    return out;
}

std::string type_page(const ResourceType& type, const Terminal& terminal) {
    std::string out = terminal.paint(Color::Bold, type.name) + "\n";
    for (const std::string_view paragraph : base::split_lines(type.doc)) {
        for (const std::string& line : base::wrap(paragraph, terminal.width)) out += line + "\n";
    }
    out += "\nInputs\n";
    for (const InputField& field : type.inputs) {
        add_input(out, terminal, 2, field);
    }
    if (!type.outputs.empty()) out += "\nOutputs\n";
    for (const OutputField& field : type.outputs) {
        add_field(out, terminal, 2, field.name, std::string(value::name_of(field.type)),
                  field.secret ? "secret" : "", field.doc);
    }
    std::set<std::string> contracts;
    for (const InputField& field : type.inputs) add_contracts(field.type, contracts);
    if (!contracts.empty()) out += "\nContracts\n";
    for (const std::string& name : contracts) {
        add_field(out, terminal, 2, name, "", "", provider::prelude_doc(name));
    }
    if (!type.example.empty()) {
        out += "\nExample\n";
        for (const std::string_view line : base::split_lines(type.example))
            out += fmt::format("  {}\n", line);
    }
    return out;
}

json::Value types_record(const std::vector<const ResourceType*>& types) {
    const auto type_record = [](const ResourceType* type) {
        return json::Object{{"name", type->name},
                            {"doc", type->doc},
                            {"key", type->key},
                            {"inputs", json_list(type->inputs, input_record)},
                            {"outputs", json_list(type->outputs, output_record)}};
    };
    return json::Object{{"format", 1}, {"types", json_list(types, type_record)}};
}

}
