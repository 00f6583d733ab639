#include "cli/views/program_text.hpp"

#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using value::Value;

// What is no longer than this stands on one line.
constexpr std::size_t kLine = 72;

class Writer {
public:
    // Recurses: a Value is never deeper than kMaxValueDepth.
    std::string text(const Value& value, std::size_t indent) {
        if (const Value::Array* items = value.as_array()) return array(*items, indent);
        if (const Value::Record* members = value.as_record()) return record(*members, indent);
        if (const std::string* string = value.as_string()) return lang::quote_string(*string);
        if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
        if (const std::int64_t* number = value.as_integer()) return std::to_string(*number);
        if (const value::Rational* number = value.as_rational()) {
            const std::string digits = number->to_string();
            return digits.starts_with('-') ? "(" + digits + ")" : digits;
        }
        return "null";
    }

    // "name = value,", on lines of their own.
    std::string fields(const Value::Record& members, std::size_t indent) {
        std::string out;
        const std::string space(indent, ' ');
        for (const auto& [name, value] : members) {
            const std::string field = lang::quote_field(name);
            if (value.is_null()) continue;
            if (value.has_secret()) {
                out += fmt::format("{}# {} is secret, and is not shown\n", space, field);
                continue;
            }
            out += fmt::format("{}{} = {},\n", space, field, text(value, indent));
        }
        return out;
    }

private:
    std::string array(const Value::Array& items, std::size_t indent) {
        if (items.empty()) return "[]";
        std::string line = "[";
        for (const Value& item : items) {
            if (line.size() > 1) line += ", ";
            line += text(item, indent + 2);
        }
        line += "]";
        if (fits(line)) return line;
        std::string out = "[\n";
        for (const Value& item : items) {
            out += fmt::format("{}{},\n", std::string(indent + 2, ' '), text(item, indent + 2));
        }
        return out + std::string(indent, ' ') + "]";
    }

    std::string record(const Value::Record& members, std::size_t indent) {
        std::string line = "{";
        for (const auto& [name, value] : members) {
            if (value.is_null() || value.has_secret()) continue;
            line += fmt::format("{}{} = {}", line.size() > 1 ? ", " : " ", lang::quote_field(name),
                                text(value, indent + 2));
        }
        line += line.size() > 1 ? " }" : "}";
        const bool has_secret = std::ranges::any_of(
            members, [](const Value::Member& member) { return member.second.has_secret(); });
        if (fits(line) && !has_secret) return line;
        return "{\n" + fields(members, indent + 2) + std::string(indent, ' ') + "}";
    }

    static bool fits(std::string_view line) {
        return line.size() <= kLine && line.find('\n') == std::string_view::npos;
    }
};

}

std::string program_text(std::string_view type, const Value& inputs, std::string_view connection) {
    std::string out = fmt::format("NAME | {} = {{\n", type);
    if (!connection.empty()) out += fmt::format("  connection = {},\n", connection);
    if (const Value::Record* members = inputs.as_record()) out += Writer().fields(*members, 2);
    return out + "},\n";
}

}
