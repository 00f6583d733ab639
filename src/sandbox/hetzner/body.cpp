#include "sandbox/hetzner/body.hpp"

#include "sandbox/hetzner/labels.hpp"

#include <algorithm>
#include <charconv>

namespace sandbox::hetzner {

std::optional<IdOrName> id_or_name_of(const json::Value& value) {
    if (const std::int64_t* id = value.as_int64()) return IdOrName{*id, std::to_string(*id)};
    const std::string* text = value.as_string();
    if (text == nullptr || text->empty()) return std::nullopt;
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error == std::errc() && end == text->data() + text->size()) return IdOrName{id, *text};
    return IdOrName{std::nullopt, *text};
}

bool Body::has(std::string_view name) const { return object_.find(name) != nullptr; }

const json::Value* Body::find(std::string_view name) const {
    const json::Value* value = object_.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> Body::text(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_string() == nullptr) {
        problem(name, "Not a valid string.");
        return std::nullopt;
    }
    return *value->as_string();
}

std::optional<std::int64_t> Body::number(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_int64() == nullptr) {
        problem(name, "Not a valid integer.");
        return std::nullopt;
    }
    return *value->as_int64();
}

std::optional<bool> Body::flag(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_bool() == nullptr) {
        problem(name, "Not a valid boolean.");
        return std::nullopt;
    }
    return *value->as_bool();
}

std::optional<IdOrName> Body::id_or_name(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    auto out = id_or_name_of(*value);
    if (!out) problem(name, "Not a valid ID or name.");
    return out;
}

std::vector<std::int64_t> Body::ids(std::string_view name) {
    std::vector<std::int64_t> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, "Not a valid list.");
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        if (item.as_int64() == nullptr) {
            problem(name, "Not a valid integer.");
            return out;
        }
        out.push_back(*item.as_int64());
    }
    return out;
}

std::vector<std::string> Body::texts(std::string_view name) {
    std::vector<std::string> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, "Not a valid list.");
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        if (item.as_string() == nullptr) {
            problem(name, "Not a valid string.");
            return out;
        }
        out.push_back(*item.as_string());
    }
    return out;
}

std::vector<IdOrName> Body::ids_or_names(std::string_view name) {
    std::vector<IdOrName> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, "Not a valid list.");
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        auto entry = id_or_name_of(item);
        if (!entry) {
            problem(name, "Not a valid ID or name.");
            return out;
        }
        out.push_back(std::move(*entry));
    }
    return out;
}

const json::Array* Body::objects(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return nullptr;
    const json::Array* array = value->as_array();
    const bool ok = array != nullptr && std::all_of(array->begin(), array->end(),
                                                    [](const auto& v) { return v.is_object(); });
    if (!ok) {
        problem(name, "Not a valid list.");
        return nullptr;
    }
    return array;
}

std::optional<json::Value> Body::labels() {
    const json::Value* value = find("labels");
    if (value == nullptr) return std::nullopt;
    std::string what = problem_of_labels(*value);
    if (what.empty()) return *value;
    problem("labels", std::move(what));
    return std::nullopt;
}

std::optional<std::string> Body::one_of(std::string_view name,
                                        std::initializer_list<std::string_view> allowed) {
    auto value = text(name);
    if (!value) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
    std::string words;
    for (const std::string_view word : allowed) {
        words += (words.empty() ? "" : ", ") + std::string(word);
    }
    problem(name, "Must be one of: " + words + ".");
    return std::nullopt;
}

std::string Body::required_text(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return text(name).value_or("");
}

std::int64_t Body::required_number(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return number(name).value_or(0);
}

IdOrName Body::required_id_or_name(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return id_or_name(name).value_or(IdOrName{});
}

void Body::problem(std::string_view field, std::string message) {
    problems_.push_back({prefix_ + std::string(field), std::move(message)});
}

void Body::take_problems(const Body& inner) {
    problems_.insert(problems_.end(), inner.problems_.begin(), inner.problems_.end());
}

base::Result<void> Body::check() const {
    if (problems_.empty()) return {};
    return invalid(problems_);
}

}
