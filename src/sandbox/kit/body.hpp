#pragma once

#include "base/result.hpp"
#include "sandbox/kit/refusal.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// A field of "ID or name": a number, a numeric text, or a name.
struct IdOrName {
    std::optional<std::int64_t> id;
    std::string name;   // as it was given, for messages
};

// How a vendor says what is wrong with a field.
struct BodyWords {
    std::string_view missing = "is required";
    std::string_view no_text = "must be a text";
    std::string_view no_integer = "must be an integer";
    std::string_view no_positive = "must be an integer above 0";
    std::string_view no_token = "is no token of a list";
    std::string_view no_boolean = "must be a boolean";
    std::string_view no_list = "must be a list";
    std::string_view no_id_or_name = "must be an id or a name";
    std::string_view before_choice = "must be one of ";   // what is allowed comes between these
    std::string_view after_choice;
    std::string_view reserved_labels;   // a prefix of keys; empty: none
    base::Error (*invalid)(std::vector<FieldProblem>) = nullptr;
};

// Reads the fields of a request's body and collects what is wrong with them. Null counts as absent.
class BodyReader {
public:
    // The words must outlive it.
    BodyReader(const json::Value& object, const BodyWords& words, std::string prefix = {})
        : object_(object), words_(words), prefix_(std::move(prefix)) {}

    bool has(std::string_view name) const;
    const json::Value* find(std::string_view name) const;   // null when absent or null

    std::optional<std::string> text(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name);
    std::optional<bool> flag(std::string_view name);
    std::optional<IdOrName> id_or_name(std::string_view name);
    std::vector<std::int64_t> ids(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    std::vector<IdOrName> ids_or_names(std::string_view name);
    const json::Array* objects(std::string_view name);   // null when absent
    std::optional<json::Value> labels();
    std::optional<std::string> one_of(std::string_view name,
                                      std::initializer_list<std::string_view> allowed);

    // The same, where absence is a problem; then the value is one that is not looked at.
    std::string required_text(std::string_view name);
    std::int64_t required_number(std::string_view name);
    IdOrName required_id_or_name(std::string_view name);

    void problem(std::string_view field, std::string message);
    void missing(std::string_view field) { problem(field, std::string(words_.missing)); }
    const std::vector<FieldProblem>& problems() const { return problems_; }
    void take_problems(const BodyReader& inner);
    // Refused, in the words' way, when there was a problem.
    base::Result<void> check() const;

private:
    template <typename Take>
    auto one(std::string_view name, Take&& take, std::string_view words)
        -> decltype(take(json::Value()));
    template <typename Take>
    auto list(std::string_view name, Take&& take, std::string_view words)
        -> std::vector<typename decltype(take(json::Value()))::value_type>;

    const json::Value& object_;
    const BodyWords& words_;
    std::string prefix_;
    std::vector<FieldProblem> problems_;
};

std::optional<IdOrName> id_or_name_of(const json::Value& value);

}
