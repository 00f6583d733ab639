#include "providers/extension/manifest.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "provider/provider.hpp"
#include "providers/all.hpp"
#include "providers/rest/wire.hpp"
#include "value/number/rational.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::extension {
namespace {

using rest::field_of;
using rest::flag_of;
using rest::text_of;
using value::Value;

base::Error refused(const engine::Extension& extension, const std::string& what) {
    return base::invalid_argument(fmt::format("the provider `{}`: {}", extension.name, what))
        .with_context(base::join_path(extension.folder, "extension.ncl"));
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    // `%` is escaped because `%{` begins an interpolation in Nickel; alone it would do no harm.
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c));
            continue;
        }
        if (c == '"' || c == '\\' || c == '%') out += '\\';
        out += c;
    }
    return out + '"';
}

bool is_plain_name(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

// A contract as it was written; the simplest are known for what they are.
provider::FieldType field_type(const std::string& contract) {
    using Kind = provider::FieldType::Kind;
    if (contract == "String") return {.kind = Kind::String};
    if (contract == "Number") return {.kind = Kind::Number};
    if (contract == "Bool") return {.kind = Kind::Bool};
    if (contract == "std.number.Integer") return {.kind = Kind::Integer};
    return {.kind = Kind::Any, .contract = contract};
}

provider::InputField input_of(const std::string& name, const Value& from) {
    provider::InputField out;
    out.name = name;
    out.type = field_type(text_of(from, "type"));
    out.doc = text_of(from, "doc");
    out.required = flag_of(from, "required");
    out.forces_replacement = flag_of(from, "forces_replacement");
    out.write_only = flag_of(from, "write_only");
    out.secret = flag_of(from, "secret");
    if (const Value* fallback = from.find("default")) out.default_nickel = nickel_text(*fallback);
    return out;
}

value::ValueType value_type(std::string_view name) {
    if (name == "String") return value::ValueType::String;
    if (name == "Number") return value::ValueType::Number;
    if (name == "Bool") return value::ValueType::Bool;
    if (name == "Array") return value::ValueType::Array;
    if (name == "Record") return value::ValueType::Record;
    return value::ValueType::Dyn;
}

provider::OutputField output_of(const std::string& name, const Value& from) {
    provider::OutputField out;
    out.name = name;
    out.type = value_type(text_of(from, "type"));
    out.doc = text_of(from, "doc");
    out.fresh = flag_of(from, "fresh");
    out.secret = flag_of(from, "secret");
    out.create_only = flag_of(from, "create_only");
    for (const Value& input : rest::items_of(from, "changes_with")) {
        if (const std::string* text = input.as_string()) out.changes_with.push_back(*text);
    }
    return out;
}

const Value::Record& members_of(const Value& record, std::string_view name) {
    static const Value::Record kNone;
    const Value::Record* members = field_of(record, name).as_record();
    return members != nullptr ? *members : kNone;
}

base::Result<provider::ResourceType> type_of(const engine::Extension& extension,
                                             const std::string& name, const Value& from) {
    provider::ResourceType out;
    out.name = extension.name + "." + name;
    out.doc = text_of(from, "doc");
    out.key = text_of(from, "key");
    out.example = text_of(from, "example");
    if (!is_plain_name(name)) {
        return refused(extension, fmt::format("`{}` is no name for a type: letters, digits, - and "
                                              "_, a letter first",
                                              name));
    }
    // Names that the engine gives to each resource itself: a field of the program's would never be
    // seen.
    for (const auto& [field, what] : members_of(from, "inputs")) {
        if (field == "connection" || field == "lifecycle") {
            return refused(extension, fmt::format("the type `{}` has an input `{}`: every type has "
                                                  "that of its own accord",
                                                  name, field));
        }
        out.inputs.push_back(input_of(field, what));
    }
    // A resource's inputs and outputs are read by one name each, `thing.size`: with two of a name
    // nobody could say which is meant.
    for (const auto& [field, what] : members_of(from, "outputs")) {
        if (out.input(field) != nullptr) {
            return refused(extension, fmt::format("the type `{}` has `{}` twice, as input and as "
                                                  "output",
                                                  name, field));
        }
        out.outputs.push_back(output_of(field, what));
        for (const std::string& input : out.outputs.back().changes_with) {
            if (out.input(input) == nullptr) {
                return refused(extension, fmt::format("`{}.{}` changes with `{}`, which is no "
                                                      "input of it",
                                                      name, field, input));
            }
        }
    }
    // By the key the thing is found again; a key that nothing fills in would make every read fail.
    if (out.input(out.key) == nullptr && out.output(out.key) == nullptr) {
        return refused(extension, fmt::format("the key of the type `{}`, `{}`, is neither an input "
                                              "nor an output of it",
                                              name, out.key));
    }
    return out;
}

}

base::Result<Manifest> read_manifest(const engine::Extension& extension) {
    const Value& from = extension.manifest;
    Manifest out;
    out.folder = extension.folder;
    out.schema.provider = extension.name;
    out.schema.doc = extension.description;
    if (!is_plain_name(extension.name) || extension.name == "prelude") {
        return refused(extension, "a provider is named with letters, digits, - and _, a letter "
                                  "first: its types are NAME.Type");
    }
    // A shipped provider cannot be replaced: programs that use `hetzner` would be served by
    // something else without a word.
    for (const provider::Provider* shipped : all()) {
        if (shipped->schema().provider == extension.name) {
            return refused(extension, "a provider of this name is built in; rename the folder");
        }
    }
    for (const Value& word : rest::items_of(from, "program")) {
        if (const std::string* text = word.as_string()) out.program.push_back(*text);
    }
    if (out.program.empty() || out.program.front().empty()) {
        return refused(extension, "`program` is empty");
    }
    for (const Value& name : rest::items_of(from, "pass_environment")) {
        if (const std::string* text = name.as_string()) out.passed.push_back(*text);
    }
    out.finds = flag_of(from, "finds");
    out.lists = flag_of(from, "lists");
    out.keep_output = flag_of(from, "keep_output");
    if (const std::int64_t* most = field_of(from, "max_parallel").as_integer()) {
        // 256 programs at once are more than a machine is glad of; it is a guard against a slip of
        // the keyboard.
        out.max_parallel = static_cast<std::size_t>(std::clamp<std::int64_t>(*most, 1, 256));
    }
    const Value& timeout = field_of(from, "timeout");
    double seconds = 60;
    if (const std::int64_t* whole = timeout.as_integer()) seconds = static_cast<double>(*whole);
    if (const value::Rational* exact = timeout.as_rational()) seconds = exact->to_double();
    constexpr double kLongest = 24 * 3600;
    out.timeout = std::chrono::milliseconds(
        // At most a day: the double times 1000 stays far from the end of an int64, and a call that
        // takes longer should answer `running`.
        static_cast<std::int64_t>(std::clamp(seconds, 0.001, kLongest) * 1000));
    if (field_of(from, "connection").as_record() != nullptr) {
        provider::ResourceType connection;
        connection.name = extension.name + ".Connection";
        connection.doc = "Where " + extension.name + " is, and who asks.";
        connection.is_connection = true;
        for (const auto& [field, what] : members_of(from, "connection")) {
            connection.inputs.push_back(input_of(field, what));
        }
        out.schema.types.push_back(std::move(connection));
    }
    for (const auto& [name, what] : members_of(from, "types")) {
        out.schema.types.push_back(TRY(type_of(extension, name, what)));
        if (flag_of(what, "updates")) out.updates.push_back(out.schema.types.back().name);
    }
    return out;
}

std::string nickel_text(const Value& value) {
    if (value.is_null()) return "null";
    if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
    if (const std::int64_t* number = value.as_integer()) return std::to_string(*number);
    if (const value::Rational* number = value.as_rational()) return number->to_string();
    if (const std::string* text = value.as_string()) return quoted(*text);
    std::string out;
    if (const Value::Array* items = value.as_array()) {
        for (const Value& item : *items) out += (out.empty() ? "" : ", ") + nickel_text(item);
        return "[" + out + "]";
    }
    if (const Value::Record* members = value.as_record()) {
        for (const auto& [name, member] : *members) {
            out += (out.empty() ? "" : ", ") + quoted(name) + " = " + nickel_text(member);
        }
        return "{" + out + "}";
    }
    return "null";
}

}
