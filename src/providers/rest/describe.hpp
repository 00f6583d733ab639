#pragma once

#include "base/text.hpp"
#include "provider/schema.hpp"

#include <string>
#include <vector>

// Words to describe resource types with.
namespace providers::rest {

class Input {
public:
    Input(std::string name, provider::FieldType type, std::string doc) {
        field_.name = std::move(name);
        field_.type = std::move(type);
        field_.doc = std::move(doc);
    }
    Input& required() { return field_.required = true, *this; }
    // Instead of it, where another input holds a secret.
    Input& by_default_beside_secret(std::string text) {
        return field_.default_beside_secret = std::move(text), *this;
    }
    Input& by_default(std::string nickel) {
        return field_.default_nickel = std::move(nickel), *this;
    }
    Input& replaces() { return field_.forces_replacement = true, *this; }
    Input& write_only() { return field_.write_only = true, *this; }
    // A thing that cannot be deleted while something is attached to it.
    Input& attaches_to(std::vector<provider::Attachment::Target> targets) {
        field_.attaches.to = std::move(targets);
        return field_.attaches.keeps = true, *this;
    }
    // Goes away with it.
    Input& belongs_to(std::vector<provider::Attachment::Target> targets) {
        return field_.attaches.to = std::move(targets), *this;
    }
    // A thing that has room for one only, or for one of each value of these inputs beside it.
    Input& alone(std::vector<std::string> one_of_each = {}) {
        field_.attaches.one_of_each = std::move(one_of_each);
        return field_.attaches.is_exclusive = true, *this;
    }
    // No two things of the account have it alike, or none with the same of these inputs beside it.
    Input& unique(std::vector<std::string> within = {}) {
        field_.unique.within = std::move(within);
        return field_.unique.holds = true, *this;
    }
    Input& unique_as(std::string (*form)(std::string_view text)) {
        field_.unique.form = form;
        return field_.unique.holds = true, *this;
    }
    // Which other types fill as well.
    Input& alone_at(std::string (*place)(const std::string& id, const value::Value& beside,
                                         const value::Value& outputs)) {
        field_.attaches.place = place;
        return alone();
    }
    Input& in_arguments() { return field_.in_arguments = true, *this; }
    Input& costs(provider::Cost cost) { return field_.costs.push_back(cost), *this; }
    Input& guards() { return field_.guards = true, *this; }
    // A path, that others may lie beneath.
    Input& a_place() { return field_.is_place = true, *this; }
    Input& secret() { return field_.secret = true, *this; }
    operator provider::InputField() const { return field_; }

private:
    provider::InputField field_;
};

class Output {
public:
    Output(std::string name, value::ValueType type, std::string doc) {
        field_.name = std::move(name);
        field_.type = type;
        field_.doc = std::move(doc);
    }
    Output& fresh() { return field_.fresh = true, *this; }
    Output& changes_with(std::vector<std::string> inputs) {
        return field_.changes_with = std::move(inputs), *this;
    }
    Output& secret() { return field_.secret = true, *this; }
    Output& computed_in_plan() { return field_.computed_in_plan = true, *this; }
    // Other resources change it too, by writing this relation.
    Output& shows(const provider::WrittenRelation& relation) {
        return field_.relation = relation.name, *this;
    }
    operator provider::OutputField() const { return field_; }

private:
    provider::OutputField field_;
};

inline provider::FieldType plain(provider::FieldType::Kind kind, std::string contract = {}) {
    provider::FieldType out;
    out.kind = kind;
    out.contract = std::move(contract);
    return out;
}
inline provider::FieldType anything(std::string contract = {}) {
    return plain(provider::FieldType::Kind::Any, std::move(contract));
}
inline provider::FieldType a_string(std::string contract = {}) {
    return plain(provider::FieldType::Kind::String, std::move(contract));
}
// "out/", "./out" and "out" are one place.
inline std::string plain_path(std::string_view path) {
    std::string out;
    for (const std::string_view part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (!out.empty() || path.starts_with('/')) out += '/';
        out += part;
    }
    return out.empty() ? (path.starts_with('/') ? "/" : ".") : out;
}
inline provider::FieldType a_path() {
    provider::FieldType out = a_string("prelude.Path");
    out.normalize = plain_path;
    return out;
}
// Ends of lines as they may come out of an editor.
inline std::string with_line_feeds(std::string_view text) {
    return base::replace_all(text, "\r\n", "\n");
}
inline provider::FieldType a_bool() { return plain(provider::FieldType::Kind::Bool); }
inline provider::FieldType an_integer(std::string contract = {}) {
    return plain(provider::FieldType::Kind::Integer, std::move(contract));
}
inline provider::FieldType some_seconds() {
    return plain(provider::FieldType::Kind::Number, "prelude.Seconds");
}
inline provider::FieldType array_of(provider::FieldType element) {
    provider::FieldType out = plain(provider::FieldType::Kind::Array);
    out.element.push_back(std::move(element));
    return out;
}
// An array of which the order says nothing.
inline provider::FieldType set_of(provider::FieldType element) {
    provider::FieldType out = array_of(std::move(element));
    out.any_order = true;
    return out;
}
// A text that is compared by this one form of all its spellings.
inline provider::FieldType normalized(provider::FieldType type,
                                      std::string (*normalize)(std::string_view)) {
    type.normalize = normalize;
    return type;
}
inline provider::FieldType dict_of(provider::FieldType element) {
    provider::FieldType out = plain(provider::FieldType::Kind::Dict);
    out.element.push_back(std::move(element));
    return out;
}
inline provider::FieldType one_of(std::vector<std::string> tags) {
    provider::FieldType out = plain(provider::FieldType::Kind::Enum);
    out.tags = std::move(tags);
    return out;
}
inline provider::FieldType record_of(std::vector<provider::InputField> fields) {
    provider::FieldType out = plain(provider::FieldType::Kind::Record);
    out.fields = std::move(fields);
    return out;
}

}
