#include "sandbox/kit/body.hpp"

#include "sandbox/kit/labels.hpp"

#include <algorithm>
#include <charconv>

namespace sandbox {
namespace {

std::optional<std::string> text_of(const json::Value& value) {
    return value.as_string() != nullptr ? std::optional(*value.as_string()) : std::nullopt;
}
std::optional<std::int64_t> number_of(const json::Value& value) {
    return value.as_int64() != nullptr ? std::optional(*value.as_int64()) : std::nullopt;
}
std::optional<bool> flag_of(const json::Value& value) {
    return value.as_bool() != nullptr ? std::optional(*value.as_bool()) : std::nullopt;
}

}

// "123" as a text is an id: clients send ids either way.
std::optional<IdOrName> id_or_name_of(const json::Value& value) {
    if (const std::int64_t* id = value.as_int64()) return IdOrName{*id, std::to_string(*id)};
    const std::string* text = value.as_string();
    if (text == nullptr || text->empty()) return std::nullopt;
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error == std::errc() && end == text->data() + text->size()) return IdOrName{id, *text};
    return IdOrName{std::nullopt, *text};
}

// has() is "mentioned", find() "has a value": null takes something away in an update, and is
// nothing in a create.
bool BodyReader::has(std::string_view name) const { return object_.find(name) != nullptr; }

const json::Value* BodyReader::find(std::string_view name) const {
    const json::Value* value = object_.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

// What `taken` makes of the value, which is an optional; nothing there is a problem in these words.
template <typename Take>
auto BodyReader::one(std::string_view name, Take&& take, std::string_view words)
    -> decltype(take(json::Value())) {
    const json::Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    auto taken = take(*value);
    if (!taken) problem(name, std::string(words));
    return taken;
}

// The same of each item of a list, up to the first that is a problem.
template <typename Take>
auto BodyReader::list(std::string_view name, Take&& take, std::string_view words)
    -> std::vector<typename decltype(take(json::Value()))::value_type> {
    std::vector<typename decltype(take(json::Value()))::value_type> out;
    const json::Value* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
        problem(name, std::string(words_.no_list));
        return out;
    }
    for (const json::Value& item : *value->as_array()) {
        auto taken = take(item);
        if (!taken) {
            problem(name, std::string(words));
            return out;
        }
        out.push_back(std::move(*taken));
    }
    return out;
}

std::optional<std::string> BodyReader::text(std::string_view name) {
    return one(name, text_of, words_.no_text);
}
std::optional<std::int64_t> BodyReader::number(std::string_view name) {
    return one(name, number_of, words_.no_integer);
}
std::optional<bool> BodyReader::flag(std::string_view name) {
    return one(name, flag_of, words_.no_boolean);
}
std::optional<IdOrName> BodyReader::id_or_name(std::string_view name) {
    return one(name, id_or_name_of, words_.no_id_or_name);
}
std::vector<std::int64_t> BodyReader::ids(std::string_view name) {
    return list(name, number_of, words_.no_integer);
}
std::vector<std::string> BodyReader::texts(std::string_view name) {
    return list(name, text_of, words_.no_text);
}
std::vector<IdOrName> BodyReader::ids_or_names(std::string_view name) {
    return list(name, id_or_name_of, words_.no_id_or_name);
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
