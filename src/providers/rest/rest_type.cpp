#include "providers/rest/rest_type.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <cctype>

namespace providers::rest {
namespace {

Field field_with(provider::InputField input, UpdateMethod method) {
    Field out;
    out.input = std::move(input);
    out.method = method;
    // Only this method forces a replacement by itself; others may by `refine`.
    out.input.forces_replacement = method == UpdateMethod::Replace;
    return out;
}

provider::InputField labels_input(const std::string& name) {
    std::string doc = name;
    if (!doc.empty()) doc[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(doc[0])));
    return Input(name, dict_of(a_string()),
                 doc + ", beside those of the connection and our own (provisioning.*), which tell "
                       "what this program made.");
}

// A path with the parts of a key in it.
std::string fill(std::string_view path, const std::vector<IdPart>& id,
                 const std::vector<std::string_view>& parts) {
    std::string out(path);
    for (std::size_t i = 0; i < id.size() && i < parts.size(); ++i) {
        // Encoded: an id is whatever the platform gives, and must stay one segment of the path.
        out = base::replace_all(out, "{" + id[i].name + "}", net::percent_encode(parts[i]));
    }
    return out;
}

// Of a text as a platform may give one; `.` and `..` would lead elsewhere in a path.
// Keys end up in paths of requests and on command lines.
bool is_part(std::string_view text) {
    constexpr std::size_t kLongest = 256;
    return !text.empty() && text.size() <= kLongest && text != "." && text != ".." &&
           std::ranges::all_of(text, [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      std::string_view("-_.:@+=").find(c) != std::string_view::npos;
           });
}

json::Value write_yes_or_no(const value::Value& value) {
    const bool* flag = value.as_bool();
    return flag == nullptr ? json::Value() : json::Value(*flag ? "yes" : "no");
}
value::Value read_yes_or_no(const json::Value& shown) {
    const std::string* text = shown.as_string();
    if (text == nullptr) return from_json(shown);
    return *text == "yes";
}

json::Value write_number_as_text(const value::Value& value) {
    const std::string text = id_text(&value);
    return text.empty() ? json::Value() : json::Value(text);
}
value::Value read_number_as_text(const json::Value& shown) {
    return from_json(shown.is_string() ? id_number(*shown.as_string()) : shown);
}

json::Value write_list(const value::Value& value) {
    return value.is_null() ? json::Value(json::Array{}) : to_json(value);
}

}

const WireForm& yes_or_no() {
    static constexpr WireForm kForm{.write = write_yes_or_no, .read = read_yes_or_no};
    return kForm;
}

const WireForm& number_as_text() {
    static constexpr WireForm kForm{.write = write_number_as_text, .read = read_number_as_text};
    return kForm;
}

const WireForm& list_or_empty() {
    static constexpr WireForm kForm{.write = write_list, .read = from_json};
    return kForm;
}

Envelopes answers_in(std::string one, std::string many) {
    return {.read = one,
            .list = std::move(many),
            .create = {},
            .created = one,
            .update = {},
            .updated = std::move(one)};
}

bool RestType::is_key(std::string_view key) const {
    const auto parts = base::split(key, '/');
    return parts.size() == id.size() && std::ranges::all_of(parts, is_part);
}

std::string RestType::key_of(const json::Value& object, std::string_view known) const {
    const auto known_parts = base::split(known, '/');
    std::string out;
    for (std::size_t i = 0; i < id.size(); ++i) {
        std::string part =
            id_text(at_path(object, id[i].shown_at.empty() ? id[i].name : id[i].shown_at));
        // A record of a zone shows its own name and not the zone's, which the key it was read by
        // has.
        if (part.empty() && known_parts.size() == id.size()) part = known_parts[i];
        if (i > 0) out += '/';
        out += part;
    }
    return out;
}

std::string RestType::key_of(const value::Value& inputs) const {
    std::string out;
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i > 0) out += '/';
        if (!id[i].input.empty()) out += id_text(inputs.find(id[i].input));
    }
    return out;
}

std::string RestType::collection_of(std::string_view key) const {
    return base + fill(collection, id, base::split(key, '/'));
}

std::string RestType::path_of(std::string_view key) const {
    return base + fill(collection + "/{" + id.back().name + "}", id, base::split(key, '/'));
}

std::string RestType::action_path(std::string_view key, std::string_view name) const {
    return path_of(key) + base::replace_all(action, "{action}", name);
}

RestType complete(RestType type) {
    for (Field& field : type.fields) {
        // Never shown means never compared with what is seen: what is recorded counts.
        if (field.is_never_shown) field.input.write_only = true;
        field.input.is_left_alone = field.is_chosen();
        type.schema.inputs.push_back(field.input);
    }
    if (type.has_tags()) type.schema.inputs.push_back(labels_input(type.tags.input));
    OutputRule id;
    const bool is_number = type.id_type == value::ValueType::Number;
    id.output = Output("id", type.id_type,
                       is_number ? "The number that the platform gave it."
                                 : "What the platform knows it by.")
                    // Certainly another after a replacement, so readers know that they change.
                    .fresh();
    type.results.insert(type.results.begin(), std::move(id));
    for (OutputRule& result : type.results) result.output.create_only = !result.create_only.empty();
    for (const OutputRule& result : type.results) type.schema.outputs.push_back(result.output);
    type.schema.key = "id";
    return type;
}

Call action_call(const RestType& type, std::string_view id, std::string_view action,
                 json::Value body, std::string name) {
    Call call;
    call.name = name.empty() ? std::string(action) : std::move(name);
    call.method = "POST";
    call.path = type.action_path(id, action);
    call.body = std::move(body);
    return call;
}

Field replacing(provider::InputField input) {
    return field_with(std::move(input), UpdateMethod::Replace);
}
Field updatable(provider::InputField input) {
    return field_with(std::move(input), UpdateMethod::Update);
}
Field in_form(Field field, const WireForm& form) {
    field.form = &form;
    return field;
}
Field custom(provider::InputField input) {
    return field_with(std::move(input), UpdateMethod::Custom);
}
Field by_action(provider::InputField input, std::string action) {
    Field out = field_with(std::move(input), UpdateMethod::Action);
    out.action = std::move(action);
    // An action needs the object's id; it follows the create as a call of its own.
    out.is_created_with = false;
    return out;
}

void force(const provider::Change& change, provider::PlannedChange& planned,
           std::string_view input) {
    planned.forcing.emplace_back(input);
    const value::Value* wanted = change.inputs.find(input);
    // Absent is known. Only an unknown value leaves it open.
    const bool is_sure = wanted == nullptr || !wanted->has_unknown();
    if (is_sure || planned.action == provider::PlannedAction::Replace) {
        planned.action = provider::PlannedAction::Replace;
    } else {
        planned.action = provider::PlannedAction::MayReplace;
    }
    // Sharper than the schema: whatever was planned as known was planned for an object that stays.
    for (const provider::OutputField& output : change.type.outputs) {
        planned.outputs.set(output.name, value::Value::unknown(output.type));
    }
}

Field delete_protection() {
    Field out = by_action(
        Input("delete_protection", a_bool(), "Let the platform refuse to delete it, whoever asks.")
            .by_default("false")
            .guards(),
        "change_protection");
    out.member = "delete";
    out.shown_at = "protection.delete";
    return out;
}

OutputRule shown(provider::OutputField output, std::string path) {
    OutputRule out;
    out.output = std::move(output);
    out.shown_at = std::move(path);
    return out;
}

OutputRule shown(provider::OutputField output, value::Value (*show)(const json::Value& object)) {
    OutputRule out;
    out.output = std::move(output);
    out.show = show;
    return out;
}

}
