#include "cli/views/value_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace cli {
namespace {

using infra::Value;

void append(std::string& out, const Value& value, std::size_t enough);

bool is_plain(std::string_view name) {
    auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), fits) && !(name[0] >= '0' && name[0] <= '9');
}

void append_record(std::string& out, const Value::Record& members, std::size_t enough) {
    out += members.empty() ? "{}" : "{ ";
    for (std::size_t i = 0; i < members.size() && out.size() < enough; ++i) {
        if (i > 0) out += ", ";
        out += is_plain(members[i].first) ? members[i].first : base::quote_json(members[i].first);
        out += " = ";
        append(out, members[i].second, enough);
    }
    if (!members.empty()) out += " }";
}

void append_array(std::string& out, const Value::Array& items, std::size_t enough) {
    out += '[';
    for (std::size_t i = 0; i < items.size() && out.size() < enough; ++i) {
        if (i > 0) out += ", ";
        append(out, items[i], enough);
    }
    out += ']';
}

// Stops adding parts once the text is longer than anybody will be shown.
void append(std::string& out, const Value& value, std::size_t enough) {
    if (value.is_secret()) {
        out += "(secret)";
    } else if (value.is_unknown()) {
        out += "(known after apply)";
    } else if (value.is_null()) {
        out += "null";
    } else if (const bool* flag = value.as_bool()) {
        out += *flag ? "true" : "false";
    } else if (const std::int64_t* number = value.as_integer()) {
        out += std::to_string(*number);
    } else if (const lang::Rational* rational = value.as_rational()) {
        out += rational->to_string();
    } else if (const std::string* text = value.as_string()) {
        out += base::quote_json(std::string_view(*text).substr(0, enough));
    } else if (const Value::Array* items = value.as_array()) {
        append_array(out, *items, enough);
    } else if (const Value::Record* members = value.as_record()) {
        append_record(out, *members, enough);
    }
}

}

std::string value_text(const Value& value, std::size_t width) {
    std::string out;
    append(out, value, width == SIZE_MAX ? SIZE_MAX : width * 4);
    return width == SIZE_MAX ? out : base::truncate_to_width(out, width);
}

}
