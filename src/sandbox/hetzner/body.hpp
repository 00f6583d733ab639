#pragma once

#include "base/result.hpp"
#include "sandbox/hetzner/refusal.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::hetzner {

// A field of "ID or name": a number, a numeric text, or a name.
struct IdOrName {
    std::optional<std::int64_t> id;
    std::string name;   // as it was given, for messages
};

// Reads the fields of a request's body and collects what is wrong with them. Null counts as absent.
class Body {
public:
    explicit Body(const json::Value& object, std::string prefix = {})
        : object_(object), prefix_(std::move(prefix)) {}

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
    void missing(std::string_view field) { problem(field, "Missing data for required field."); }
    const std::vector<FieldProblem>& problems() const { return problems_; }
    void take_problems(const Body& inner);
    // 422 when there was a problem.
    base::Result<void> check() const;

private:
    const json::Value& object_;
    std::string prefix_;
    std::vector<FieldProblem> problems_;
};

std::optional<IdOrName> id_or_name_of(const json::Value& value);

}
