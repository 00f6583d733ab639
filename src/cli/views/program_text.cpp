#include "cli/views/program_text.hpp"

#include "base/text.hpp"
#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using value::Value;

// What is no longer than this stands on one line.
constexpr std::size_t kLine = 72;

using provider::FieldType;

// Null: nothing is known of what stands there.
const FieldType* field_in(const std::vector<provider::InputField>& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &provider::InputField::name);
    return found != fields.end() ? &found->type : nullptr;
}

const FieldType* element_of(const FieldType* type) {
    return type != nullptr && type->element.size() == 1 ? &type->element.front() : nullptr;
}

const FieldType* member_of(const FieldType* type, std::string_view name) {
    if (type == nullptr) return nullptr;
    return type->kind == FieldType::Kind::Record ? field_in(type->fields, name) : element_of(type);
}

bool fits(std::string_view line) {
    return line.size() <= kLine && line.find('\n') == std::string_view::npos;
}

class Writer {
public:
    // Recurses: a Value is never deeper than kMaxValueDepth.
    std::string text(const Value& value, const FieldType* type, std::size_t indent) {
        if (const Value::Array* items = value.as_array()) return array(*items, type, indent);
        if (const Value::Record* members = value.as_record()) {
            return record(*members, type, indent);
        }
        if (const std::string* string = value.as_string()) {
            const bool is_tag = type != nullptr && type->kind == FieldType::Kind::Enum;
            return is_tag ? lang::quote_tag(*string) : lang::quote_string(*string);
        }
        if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
        if (const std::int64_t* number = value.as_integer()) return std::to_string(*number);
        if (const value::Rational* number = value.as_rational()) return number->to_string();
        return "null";
    }

    // "name = value,", on a line of its own.
    std::string field(std::string_view name, const Value& value, const FieldType* type,
                      std::size_t indent) {
        if (value.is_null()) return {};
        const std::string space(indent, ' ');
        const std::string quoted = lang::quote_field(name);
        if (value.has_secret()) {
            return fmt::format("{}# {} is secret, and is not shown\n", space, quoted);
        }
        return fmt::format("{}{} = {},\n", space, quoted, text(value, type, indent));
    }

private:
    std::string array(const Value::Array& items, const FieldType* type, std::size_t indent) {
        if (items.empty()) return "[]";
        std::string line = "[";
        std::string lines = "[\n";
        for (const Value& item : items) {
            const std::string written = text(item, element_of(type), indent + 2);
            if (line.size() > 1) line += ", ";
            line += written;
            lines += fmt::format("{}{},\n", std::string(indent + 2, ' '), written);
        }
        line += "]";
        return fits(line) ? line : lines + std::string(indent, ' ') + "]";
    }

    std::string record(const Value::Record& members, const FieldType* type, std::size_t indent) {
        std::string line = "{";
        std::string lines = "{\n";
        bool has_secret = false;
        for (const auto& [name, value] : members) {
            const FieldType* member = member_of(type, name);
            lines += field(name, value, member, indent + 2);
            has_secret = has_secret || value.has_secret();
            if (value.is_null() || value.has_secret()) continue;
            line += fmt::format("{}{} = {}", line.size() > 1 ? ", " : " ", lang::quote_field(name),
                                text(value, member, indent + 2));
        }
        line += line.size() > 1 ? " }" : "}";
        return fits(line) && !has_secret ? line : lines + std::string(indent, ' ') + "}";
    }
};

}

namespace {

bool is_empty(const Value& value) {
    if (const Value::Array* items = value.as_array()) return items->empty();
    if (const std::string* text = value.as_string()) return text->empty();
    return value.is_null();
}

std::string commented(std::string_view lines) {
    std::string out;
    for (const std::string_view line : base::split_lines(lines))
        out += fmt::format("  # {}\n", line.substr(std::min<std::size_t>(2, line.size())));
    return out;
}

}

std::string unseen_text(const std::vector<std::string>& inputs) {
    std::vector<std::string> quoted;
    for (const std::string& input : inputs) quoted.push_back("`" + input + "`");
    return fmt::format("{} cannot be looked at: recorded as the program has {}",
                       base::join(quoted, ", "), inputs.size() == 1 ? "it" : "them");
}

std::string program_text(const provider::ResourceType& type, const Value& inputs,
                         std::string_view connection) {
    std::string out = fmt::format("NAME | {} = {{\n", type.name);
    if (!connection.empty()) out += fmt::format("  connection = {},\n", connection);
    std::string left_alone;
    if (const Value::Record* members = inputs.as_record()) {
        for (const auto& [name, value] : *members) {
            const provider::InputField* input = type.input(name);
            std::string line =
                Writer().field(name, value, input != nullptr ? &input->type : nullptr, 2);
            // What others may look after as well is theirs until somebody says otherwise.
            const bool is_theirs =
                input != nullptr && input->is_left_alone && !input->forces_replacement;
            if (!is_theirs) {
                out += line;
            } else if (!is_empty(value)) {
                left_alone += commented(line);
            }
        }
    }
    if (!left_alone.empty()) {
        out += "  # Left as it is, unless it is written:\n" + left_alone;
    }
    return out + "},\n";
}

}
