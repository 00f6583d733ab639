#include "providers/rest/tags.hpp"

#include "base/hash.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>

namespace providers::rest {
namespace {

// Kubernetes' rules for label values, which Hetzner and others have taken over: 63 characters.
constexpr std::size_t kLongest = 63;
constexpr std::size_t kHashLength = 10;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_inner(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

bool fits(std::string_view text) {
    // Empty is allowed by those rules.
    return text.empty() ||
           (text.size() <= kLongest && is_alphanumeric(text.front()) &&
            is_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), is_inner));
}

}

bool is_tag(std::string_view label) { return label.starts_with(kTagPrefix); }

// Clipped texts end in a hash of the whole, so that two long addresses stay apart. A dot before
// it: the part before is for people.
std::string label_value(std::string_view text) {
    if (fits(text)) return std::string(text);
    std::string out;
    for (const char c : text) {
        if (out.empty() && !is_alphanumeric(c)) continue;
        // Room for a dot and the hash.
        if (out.size() == kLongest - kHashLength - 1) break;
        out += is_inner(c) ? c : '-';
    }
    if (!out.empty()) out += '.';
    return out + base::sha256_hex(text).substr(0, kHashLength);
}

Labels tags_of(const provider::Intent& intent) {
    return {{std::string(kWorkspaceTag), label_value(intent.workspace)},
            {std::string(kEnvironmentTag), label_value(intent.environment)},
            {std::string(kAddressTag), label_value(intent.address)},
            {std::string(kTokenTag), label_value(intent.token)}};
}

Labels labels_of(const Tagging& tagging, const json::Value& object) {
    Labels out;
    const json::Value* there = at_path(object, tagging.member);
    if (there == nullptr || tagging.form == Tagging::Form::None) return out;
    if (const json::Array* entries = there->as_array()) {
        for (const json::Value& entry : *entries) {
            const std::string_view key = entry.string_or(tagging.key, "");
            if (!tagging.reserved.empty() && key.starts_with(tagging.reserved)) continue;
            // An entry without a value is a tag all the same.
            out[std::string(key)] = entry.string_or(tagging.value, "");
        }
    }
    if (const json::Object* members = there->as_object()) {
        for (const json::Member& member : *members) {
            // Values that are no texts are no labels of ours.
            if (const std::string* text = member.value.as_string()) out[member.key] = *text;
        }
    }
    return out;
}

Labels labels_from(const value::Value& labels) {
    Labels out;
    const value::Value::Record* members = labels.as_record();
    if (members == nullptr) return out;
    for (const auto& [name, value] : *members) {
        if (const std::string* text = value.as_string()) out[name] = *text;
    }
    return out;
}

json::Value labels_to_json(const Tagging& tagging, const Labels& labels) {
    json::Array entries;
    json::Object members;
    for (const auto& [name, text] : labels) {
        if (tagging.form == Tagging::Form::List) {
            entries.push_back(json::Object{{tagging.key, name}, {tagging.value, text}});
        } else {
            members.set(name, text);
        }
    }
    if (tagging.form == Tagging::Form::List) return entries;
    return members;
}

value::Value labels_to_value(const Labels& labels) {
    value::Value::Record out;
    for (const auto& [name, text] : labels) out.emplace_back(name, text);
    return out;
}

Labels without_tags(Labels labels) {
    std::erase_if(labels, [](const auto& label) { return is_tag(label.first); });
    return labels;
}

}
