#pragma once

#include "infra/schema.hpp"

#include <string>
#include <vector>

// Words to describe resource types with.
namespace providers::kit {

class Input {
public:
    Input(std::string name, infra::FieldType type, std::string doc) {
        field_.name = std::move(name);
        field_.type = std::move(type);
        field_.doc = std::move(doc);
    }
    Input& required() { return field_.required = true, *this; }
    Input& by_default(std::string nickel) {
        return field_.default_nickel = std::move(nickel), *this;
    }
    Input& replaces() { return field_.forces_replacement = true, *this; }
    Input& write_only() { return field_.write_only = true, *this; }
    Input& holds() { return field_.holds = true, *this; }
    Input& secret() { return field_.secret = true, *this; }
    operator infra::InputField() const { return field_; }

private:
    infra::InputField field_;
};

class Output {
public:
    Output(std::string name, lang::ValueType type, std::string doc) {
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
    operator infra::OutputField() const { return field_; }

private:
    infra::OutputField field_;
};

inline infra::FieldType plain(infra::FieldType::Kind kind, std::string contract = {}) {
    infra::FieldType out;
    out.kind = kind;
    out.contract = std::move(contract);
    return out;
}
inline infra::FieldType anything(std::string contract = {}) {
    return plain(infra::FieldType::Kind::Any, std::move(contract));
}
inline infra::FieldType a_string(std::string contract = {}) {
    return plain(infra::FieldType::Kind::String, std::move(contract));
}
inline infra::FieldType a_path() { return a_string("prelude.Path"); }
inline infra::FieldType a_bool() { return plain(infra::FieldType::Kind::Bool); }
inline infra::FieldType an_integer(std::string contract = {}) {
    return plain(infra::FieldType::Kind::Integer, std::move(contract));
}
inline infra::FieldType some_seconds() {
    return plain(infra::FieldType::Kind::Number, "prelude.Seconds");
}
inline infra::FieldType array_of(infra::FieldType element) {
    infra::FieldType out = plain(infra::FieldType::Kind::Array);
    out.element.push_back(std::move(element));
    return out;
}
inline infra::FieldType dict_of(infra::FieldType element) {
    infra::FieldType out = plain(infra::FieldType::Kind::Dict);
    out.element.push_back(std::move(element));
    return out;
}
inline infra::FieldType one_of(std::vector<std::string> tags) {
    infra::FieldType out = plain(infra::FieldType::Kind::Enum);
    out.tags = std::move(tags);
    return out;
}
inline infra::FieldType record_of(std::vector<infra::InputField> fields) {
    infra::FieldType out = plain(infra::FieldType::Kind::Record);
    out.fields = std::move(fields);
    return out;
}

}
