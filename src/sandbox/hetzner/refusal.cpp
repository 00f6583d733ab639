#include "sandbox/hetzner/refusal.hpp"

#include <fmt/core.h>

#include <utility>

namespace sandbox::hetzner {

base::Error not_found(std::string_view what) {
    return refuse(404, "not_found", fmt::format("{} not found", what));
}

base::Error uniqueness(std::string_view field, std::string message) {
    return refuse(409, "uniqueness_error", std::move(message),
                  json::Object{{"fields", json::Array{json::Object{{"name", field}}}}});
}

base::Error conflict() {
    return refuse(409, "conflict", "the resource was changed by another request, please try again");
}

base::Error locked(std::string_view type) {
    return refuse(423, "locked",
                  fmt::format("cannot perform operation because {} is locked", type));
}

base::Error protected_from(std::string_view type, std::string_view what) {
    return refuse(423, "protected", fmt::format("{} {} is protected", type, what));
}

base::Error over_limit(std::string_view limit, std::string message) {
    return refuse(403, "resource_limit_exceeded", std::move(message),
                  json::Object{{"limits", json::Array{json::Object{{"name", limit}}}}});
}

base::Error invalid(std::vector<FieldProblem> problems) {
    json::Array fields;
    std::string names;
    // All wrong fields in one message, as people and programs want it.
    for (FieldProblem& problem : problems) {
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", problem.field);
        fields.push_back(json::Object{{"name", std::move(problem.field)},
                                      {"messages", json::Array{std::move(problem.message)}}});
    }
    const char* plural = problems.size() == 1 ? "" : "s";
    return refuse(422, "invalid_input", fmt::format("invalid input in field{} {}", plural, names),
                  json::Object{{"fields", std::move(fields)}});
}

base::Error invalid(std::string field, std::string message) {
    return invalid({{std::move(field), std::move(message)}});
}

base::Error invalid_input(std::string message) {
    return refuse(422, "invalid_input", std::move(message));
}

}
