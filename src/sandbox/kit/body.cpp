#include "sandbox/kit/body.hpp"

#include "sandbox/kit/labels.hpp"

#include <algorithm>
#include <charconv>

namespace sandbox {

std::optional<IdOrName> id_or_name_of(const json::Value& value) {
    if (const std::int64_t* id = value.as_int64()) return IdOrName{*id, std::to_string(*id)};
    const std::string* text = value.as_string();
    if (text == nullptr || text->empty()) return std::nullopt;
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error == std::errc() && end == text->data() + text->size()) return IdOrName{id, *text};
    return IdOrName{std::nullopt, *text};
}

bool BodyReader::has(std::string_view name) const { return object_.find(name) != nullptr; }

const json::Value* BodyReader::find(std::string_view name) const {
    const json::Value* value = object_.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> BodyReader::text(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_string() == nullptr) {
        problem(name, std::string(words_.no_text));
        return std::nullopt;
    }
    return *value->as_string();
}

std::optional<std::int64_t> BodyReader::number(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_int64() == nullptr) {
        problem(name, std::string(words_.no_integer));
        return std::nullopt;
    }
    return *value->as_int64();
}

std::optional<bool> BodyReader::flag(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->as_bool() == nullptr) {
        problem(name, std::string(words_.no_boolean));
        return std::nullopt;
    }
    return *value->as_bool();
}

std::optional<IdOrName> BodyReader::id_or_name(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    auto out = id_or_name_of(*value);
    if (!out) problem(name, std::string(words_.no_id_or_name));
    return out;
}

std::vector<std::int64_t> BodyReader::ids(std::string_view name) {
    std::vector<std::int64_t> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, std::string(words_.no_list));
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        if (item.as_int64() == nullptr) {
            problem(name, std::string(words_.no_integer));
            return out;
        }
        out.push_back(*item.as_int64());
    }
    return out;
}

std::vector<std::string> BodyReader::texts(std::string_view name) {
    std::vector<std::string> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, std::string(words_.no_list));
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        if (item.as_string() == nullptr) {
            problem(name, std::string(words_.no_text));
            return out;
        }
        out.push_back(*item.as_string());
    }
    return out;
}

std::vector<IdOrName> BodyReader::ids_or_names(std::string_view name) {
    std::vector<IdOrName> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, std::string(words_.no_list));
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        auto entry = id_or_name_of(item);
        if (!entry) {
            problem(name, std::string(words_.no_id_or_name));
            return out;
        }
        out.push_back(std::move(*entry));
    }
    return out;
}

const json::Array* BodyReader::objects(std::string_view name) {
    const json::Value* value = find(name);
    if (value == nullptr) return nullptr;
    const json::Array* array = value->as_array();
    const bool ok = array != nullptr && std::all_of(array->begin(), array->end(),
                                                    [](const auto& v) { return v.is_object(); });
    if (!ok) {
        problem(name, std::string(words_.no_list));
        return nullptr;
    }
    return array;
}

std::optional<json::Value> BodyReader::labels() {
    const json::Value* value = find("labels");
    if (value == nullptr) return std::nullopt;
    std::string what = problem_of_labels(*value, words_.reserved_labels);
    if (what.empty()) return *value;
    problem("labels", std::move(what));
    return std::nullopt;
}

std::optional<std::string> BodyReader::one_of(std::string_view name,
                                              std::initializer_list<std::string_view> allowed) {
    auto value = text(name);
    if (!value) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
    std::string words;
    for (const std::string_view word : allowed) {
        words += (words.empty() ? "" : ", ") + std::string(word);
    }
    problem(name, std::string(words_.before_choice) + words + std::string(words_.after_choice));
    return std::nullopt;
}

std::string BodyReader::required_text(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return text(name).value_or("");
}

std::int64_t BodyReader::required_number(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return number(name).value_or(0);
}

IdOrName BodyReader::required_id_or_name(std::string_view name) {
    if (find(name) == nullptr) missing(name);
    return id_or_name(name).value_or(IdOrName{});
}

void BodyReader::problem(std::string_view field, std::string message) {
    problems_.push_back({prefix_ + std::string(field), std::move(message)});
}

void BodyReader::take_problems(const BodyReader& inner) {
    problems_.insert(problems_.end(), inner.problems_.begin(), inner.problems_.end());
}

base::Result<void> BodyReader::check() const {
    if (problems_.empty()) return {};
    return words_.invalid(problems_);
}

}
