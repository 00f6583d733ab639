#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"
#include "sandbox/upcloud/things.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>

// What clients send, member by member.
namespace sandbox::upcloud {
namespace {

using Kind = Member::Kind;

std::string in_capitals(std::string_view name) {
    std::string out(name);
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::string code_of(const Member& member) {
    return member.code.empty() ? in_capitals(member.name) : std::string(member.code);
}

base::Error missing(const Things& things, const Member& member) {
    if (things.is_old) {
        return old_refusal(code_of(member) + "_MISSING",
                           fmt::format("The attribute {} is required.", member.name));
    }
    return problem(400, "INVALID_REQUEST", "Validation error.",
                   {{"(root)", fmt::format("Missing properties: '{}'.", member.name)}});
}

base::Error invalid(const Things& things, const Member& member, std::string why) {
    if (things.is_old) {
        return old_refusal(code_of(member) + "_INVALID",
                           fmt::format("The attribute {} {}.", member.name, why));
    }
    return problem(400, "INVALID_REQUEST", "Validation error.",
                   {{std::string(member.name), std::move(why)}});
}

std::optional<std::int64_t> number_in(const json::Value& value) {
    if (const std::int64_t* number = value.as_int64()) return *number;
    const std::string* text = value.as_string();
    std::int64_t out = 0;
    if (text == nullptr) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
    const bool is_all = error == std::errc() && end == text->data() + text->size();
    return is_all ? std::optional(out) : std::nullopt;
}

// The older services take each of these.
std::optional<bool> flag_in(const json::Value& value) {
    if (const bool* flag = value.as_bool()) return *flag;
    if (const std::int64_t* number = value.as_int64()) {
        return *number == 0 || *number == 1 ? std::optional(*number == 1) : std::nullopt;
    }
    const std::string* text = value.as_string();
    if (text == nullptr) return std::nullopt;
    if (*text == "yes" || *text == "1" || *text == "true") return true;
    if (*text == "no" || *text == "0" || *text == "false") return false;
    return std::nullopt;
}

bool is_chosen(const Member& member, std::string_view text) {
    if (member.choices.empty()) return true;
    const auto choices = base::split(member.choices, '|');
    return std::ranges::find(choices, text) != choices.end();
}

bool is_within(const Member& member, std::int64_t value) {
    return value >= member.least && (member.most == 0 || value <= member.most);
}

// In the form that answers have it.
base::Result<json::Value> read(const Things& things, const Member& member,
                               const json::Value& value) {
    switch (member.kind) {
        case Kind::Text: {
            const std::string* text = value.as_string();
            if (text == nullptr) return invalid(things, member, "must be a string");
            if (!is_chosen(member, *text)) {
                return invalid(
                    things, member,
                    fmt::format("must be one of {}", base::replace_all(member.choices, "|", ", ")));
            }
            if (!is_within(member, static_cast<std::int64_t>(text->size()))) {
                return invalid(things, member, "is too long or too short");
            }
            return json::Value(*text);
        }
        case Kind::Number:
        case Kind::NumberText: {
            const auto number = number_in(value);
            if (!number || !is_within(member, *number)) {
                return invalid(things, member, "is out of range");
            }
            if (member.kind == Kind::Number) return json::Value(*number);
            return json::Value(std::to_string(*number));
        }
        case Kind::YesNo: {
            const auto flag = flag_in(value);
            if (!flag) return invalid(things, member, "must be yes or no");
            return json::Value(*flag ? "yes" : "no");
        }
        case Kind::Flag:
            if (value.as_bool() == nullptr) return invalid(things, member, "must be a boolean");
            return value;
        case Kind::Record:
            if (!value.is_object()) return invalid(things, member, "must be an object");
            return value;
        case Kind::List:
            if (!value.is_array()) return invalid(things, member, "must be an array");
            return value;
    }
    return value;
}

base::Error unknown_attribute(bool is_old, std::string_view name) {
    if (is_old) {
        return old_refusal("UNKNOWN_ATTRIBUTE", fmt::format("The attribute {} is unknown.", name));
    }
    return problem(400, "INVALID_REQUEST", "Validation error.",
                   {{"(root)", fmt::format("Additional property '{}' is not allowed.", name)}});
}

}

base::Result<json::Value> object_of(const ApiCall& call, std::string_view one) {
    if (one.empty()) return call.body;
    const json::Value* object = call.body.find(one);
    if (object == nullptr || !object->is_object() || call.body.as_object()->size() != 1) {
        return old_refusal("UNKNOWN_ATTRIBUTE", fmt::format("The body has no {}.", one));
    }
    return *object;
}

base::Result<json::Value> read_labels(const json::Value& given, bool is_wrapped, bool is_old) {
    const auto refused = [&](const char* code, const char* why) {
        return is_old ? old_refusal(code, why)
                      : problem(400, "INVALID_REQUEST", "Validation error.", {{"labels", why}});
    };
    const json::Value* list = is_wrapped ? given.find("label") : &given;
    if (list == nullptr || !list->is_array()) {
        return refused("INVALID_LABEL_KEY", "Labels are a list.");
    }
    json::Array out;
    std::set<std::string> keys;
    for (const json::Value& label : *list->as_array()) {
        const std::string key(label.string_or("key", ""));
        const std::string value(label.string_or("value", ""));
        if (key.size() < 2 || key.size() > 32 || key.starts_with('_')) {
            return refused("INVALID_LABEL_KEY", "A key has 2 to 32 characters.");
        }
        if (value.size() > 255) return refused("INVALID_LABEL_VALUE", "A value has up to 255.");
        if (!keys.insert(key).second) return refused("DUPLICATE_LABEL_KEYS", "A key comes once.");
        out.push_back(json::Object{{"key", key}, {"value", value}});
    }
    if (!is_wrapped) return json::Value(std::move(out));
    return json::Value(json::Object{{"label", std::move(out)}});
}

base::Result<void> read_members(const Things& things, const json::Value& body, bool is_new,
                                Record& record) {
    for (const json::Member& sent : *body.as_object()) {
        if (sent.key == "labels" && things.has_labels) {
            put(record, "labels", TRY(read_labels(sent.value, things.wraps_labels, things.is_old)));
            continue;
        }
        const auto member = std::ranges::find_if(
            things.members, [&](const Member& one) { return one.name == sent.key; });
        const bool is_taken = member != things.members.end() && (is_new || !member->is_fixed);
        if (!is_taken) return unknown_attribute(things.is_old, sent.key);
        if (sent.value.is_null() && member->is_null_taken) {
            record.as_object()->remove(sent.key);
            continue;
        }
        if (sent.value.is_null()) return invalid(things, *member, "must not be null");
        put(record, sent.key, TRY(read(things, *member, sent.value)));
    }
    if (!is_new) return {};
    for (const Member& member : things.members) {
        if (record.find(member.name) != nullptr) continue;
        if (member.is_required) return missing(things, member);
        if (!member.fallback.empty()) put(record, member.name, TRY(json::parse(member.fallback)));
    }
    if (things.has_labels && record.find("labels") == nullptr) {
        put(record, "labels",
            things.wraps_labels ? json::Value(json::Object{{"label", json::Array{}}})
                                : json::Value(json::Array{}));
    }
    return {};
}

}
