#include "provider/schema.hpp"

#include <array>

namespace provider {
namespace {

bool is_identifier(std::string_view name) {
    // A field with such a name has to stand in quotes, or the module does not parse.
    static constexpr std::array<std::string_view, 15> kKeywords{
        "if",   "then", "else",  "forall", "in",  "let",    "rec",  "match",
        "null", "true", "false", "fun",    "Dyn", "import", "Array"};
    for (std::string_view keyword : kKeywords) {
        if (name == keyword) return false;
    }
    std::size_t at = name.find_first_not_of('_');
    if (at == std::string_view::npos) return false;
    auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!is_letter(name[at])) return false;
    // An identifier of Nickel: underscores, a letter, then letters, digits, `_`, `-` and `'`.
    for (char c : name.substr(at)) {
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '\'')
            return false;
    }
    return true;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        // `%` begins an interpolation (`%{`), so it is escaped wherever it stands.
        if (c == '"' || c == '\\' || c == '%') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string name_text(std::string_view name) {
    return is_identifier(name) ? std::string(name) : quoted(name);
}

// A module is written by indentation level; two spaces each.
class Printer {
public:
    void line(std::size_t level, std::string_view text) {
        out_.append(level * 2, ' ').append(text) += '\n';
    }

    void doc(std::size_t level, std::string_view text) {
        if (text.empty()) return;
        // A text of one line in plain quotes; of more in a multiline string, whose delimiter must
        // not occur.
        if (text.find('\n') == std::string_view::npos &&
            text.find("\"%") == std::string_view::npos) {
            line(level, "| doc " + quoted(text));
            return;
        }
        line(level, "| doc m%%\"");
        while (!text.empty()) {
            std::size_t end = text.find('\n');
            // Empty lines without blanks at their ends, as editors leave them.
            line(text.substr(0, end).empty() ? 0 : level + 1, text.substr(0, end));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        line(level, "\"%%");
    }

    void input(std::size_t level, const InputField& field) {
        line(level, name_text(field.name));
        line(level + 1, "| " + print_type(field.type));
        if (!field.type.contract.empty() && field.type.kind != FieldType::Kind::Any) {
            line(level + 1, "| " + field.type.contract);
        }
        doc(level + 1, field.doc);
        if (!field.default_nickel.empty()) {
            line(level + 1, "| default = " + field.default_nickel + ",");
        } else if (!field.required) {
            line(level + 1, "| optional,");
        } else {
            // A field that is required ends with what came before, so the comma goes before that
            // line break.
            out_.insert(out_.size() - 1, ",");
        }
    }

    void output(std::size_t level, const OutputField& field) {
        line(level, name_text(field.name));
        line(level + 1, "| " + value_type(field.type));
        doc(level + 1, field.doc);
        // Set by the engine, not by programs; exported, they would be unknowns in the program's
        // own output.
        line(level + 1, "| not_exported,");
    }

    void type(const ResourceType& type) {
        std::string_view field = type.name;
        // In the module the field is `File`; `local.` is what the program calls the module.
        if (std::size_t dot = field.rfind('.'); dot != std::string_view::npos)
            field.remove_prefix(dot + 1);
        line(1, name_text(field));
        doc(2, type.doc);
        line(2, "= {");
        for (const InputField& field_in : type.inputs) input(3, field_in);
        // What every resource may have beside its inputs. A connection has neither.
        if (!type.is_connection) reserved();
        if (!type.outputs.empty()) {
            line(3, "# Outputs: known from the state, or after apply. They are not set in a "
                    "workspace.");
        }
        for (const OutputField& field_out : type.outputs) output(3, field_out);
        line(2, "},");
        line(0, "");
    }

    std::string take() { return std::move(out_); }

private:
    void reserved() {
        line(3, "connection");
        line(4, "| Dyn");
        line(4, "| doc \"The connection to use, where its provider has several.\"");
        line(4, "| optional,");
        line(3, "lifecycle");
        line(4, "| prelude.Lifecycle");
        line(4, "| doc \"Protection, order of replacement, ignored inputs, what to wait for.\"");
        line(4, "| optional,");
    }

    static std::string value_type(value::ValueType type) {
        switch (type) {
            case value::ValueType::Bool: return "Bool";
            case value::ValueType::Number: return "Number";
            case value::ValueType::String: return "String";
            case value::ValueType::Array: return "Array Dyn";
            case value::ValueType::Record: return "{ _ | Dyn }";
            case value::ValueType::Null:
            case value::ValueType::Dyn: break;
        }
        return "Dyn";
    }

    std::string out_;
};

// A type where an atom is needed, as in `Array (Array String)`.
std::string atom(const FieldType& type) {
    // A contract name stands by itself; only `Array X` needs parentheses to be an argument.
    if (!type.contract.empty()) return type.contract;
    std::string text = print_type(type);
    return type.kind == FieldType::Kind::Array ? "(" + text + ")" : text;
}

std::string record_type(const std::vector<InputField>& fields) {
    std::string out = "{ ";
    for (const InputField& field : fields) {
        out += name_text(field.name) + " | " + print_type(field.type);
        if (!field.type.contract.empty()) out += " | " + field.type.contract;
        if (!field.doc.empty()) out += " | doc " + quoted(field.doc);
        if (!field.default_nickel.empty()) {
            out += " | default = " + field.default_nickel;
        } else if (!field.required) {
            out += " | optional";
        }
        out += ", ";
    }
    out.resize(out.size() - (fields.empty() ? 0 : 2));
    return out + " }";
}

}

std::string print_type(const FieldType& type) {
    switch (type.kind) {
        case FieldType::Kind::Any: return type.contract.empty() ? "Dyn" : type.contract;
        case FieldType::Kind::Bool: return "Bool";
        case FieldType::Kind::Number: return "Number";
        case FieldType::Kind::Integer: return "std.number.Integer";
        case FieldType::Kind::String: return "String";
        case FieldType::Kind::Enum: {
            std::string out = "[| ";
            for (const std::string& tag : type.tags) {
                // A tag that is no identifier: `'"with space"`.
                if (out.size() > 3) out += ", ";
                out += is_identifier(tag) ? "'" + tag : "'" + quoted(tag);
            }
            return out + " |]";
        }
        case FieldType::Kind::Array:
            return "Array " +
                   (type.element.empty() ? std::string("Dyn") : atom(type.element.front()));
        case FieldType::Kind::Dict:
            return "{ _ | " +
                   (type.element.empty() ? std::string("Dyn") : atom(type.element.front())) + " }";
        case FieldType::Kind::Record: return record_type(type.fields);
    }
    return "Dyn";
}

// The text is what language servers and the official tools see as well, so it is laid out for
// people.
std::string print_module(const Schema& schema, std::string_view prelude) {
    Printer printer;
    if (!schema.doc.empty()) {
        printer.line(0, "# " + schema.doc.substr(0, schema.doc.find('\n')));
    }
    printer.line(0, "let prelude = import " + quoted(prelude) + " in");
    printer.line(0, "{");
    for (const ResourceType& type : schema.types) printer.type(type);
    printer.line(0, "}");
    return printer.take();
}

}
