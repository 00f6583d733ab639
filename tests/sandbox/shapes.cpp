#include "shapes.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace shapes {
namespace {

constexpr std::int64_t kLargestId = (std::int64_t{1} << 53) - 1;

[[noreturn]] void fail(std::string_view line) {
    std::fputs(fmt::format("shapes.txt: not understood: {}\n", line).c_str(), stderr);
    std::exit(2);
}

bool is_time(std::string_view text) {   // 2026-01-02T03:04:05Z
    static constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
    if (text.size() != kForm.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return false;
    }
    return true;
}

bool is_decimal(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_map(const json::Value& value) {
    if (!value.is_object()) return false;
    return std::all_of(value.as_object()->begin(), value.as_object()->end(),
                       [](const json::Member& member) { return member.value.is_string(); });
}

// Kinds that are no shape. Nothing: it is none of them.
std::optional<bool> fits(const json::Value& value, std::string_view kind) {
    const std::string* text = value.as_string();
    const std::int64_t* number = value.as_int64();
    if (kind == "id") return number != nullptr && *number > 0 && *number <= kLargestId;
    if (kind == "int") return number != nullptr;
    if (kind == "number") return value.is_number();
    if (kind == "text") return text != nullptr;
    if (kind == "bool") return value.as_bool() != nullptr;
    if (kind == "time") return text != nullptr && is_time(*text);
    if (kind == "decimal") return text != nullptr && is_decimal(*text);
    if (kind == "map") return is_map(value);
    if (kind == "object") return value.is_object();
    if (kind.starts_with("in(")) {
        for (const auto word : base::split(kind.substr(3, kind.size() - 4), '|')) {
            if (text != nullptr && *text == word) return true;
        }
        return false;
    }
    return std::nullopt;
}

bool fits_path(std::string_view pattern, std::string_view path) {
    const auto wanted = base::split(pattern, '/');
    const auto parts = base::split(path, '/');
    if (wanted.size() != parts.size()) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool is_number =
            !parts[i].empty() && parts[i].find_first_not_of("0123456789") == std::string_view::npos;
        if (wanted[i].starts_with('{') ? !is_number : wanted[i] != parts[i]) return false;
    }
    return true;
}

}

Shapes::Shapes(std::string_view text) {
    std::string shape;
    for (const std::string_view line : base::split_lines(text)) {
        if (base::trim(line).empty() || line.starts_with('#')) continue;
        std::vector<std::string> words;
        for (const auto word : base::split(base::trim(line), ' ')) {
            if (!word.empty()) words.emplace_back(word);
        }
        if (line.starts_with("GET ") || line.starts_with("POST ") || line.starts_with("PUT ") ||
            line.starts_with("DELETE ")) {
            if (words.size() != 3) fail(line);
            answers_.push_back({words[0], words[1], words[2]});
        } else if (!line.starts_with(' ')) {
            if (words.size() != 1) fail(line);
            shape = words[0];
            shapes_[shape];
        } else {
            if (shape.empty() || words.size() < 2) fail(line);
            Field field{.name = words[0], .kind = words[1]};
            std::size_t at = 2;
            if (field.kind == "list" && words.size() > 2) field.kind += " " + words[at++];
            for (; at < words.size(); ++at) {
                if (words[at] == "null") field.may_be_null = true;
                if (words[at] == "absent") field.may_be_absent = true;
                if (words[at] != "null" && words[at] != "absent") fail(line);
            }
            shapes_[shape].push_back(std::move(field));
        }
    }
}

const Answer* Shapes::answer_of(std::string_view method, std::string_view path) const {
    for (const Answer& answer : answers_) {
        if (answer.method == method && fits_path(answer.path, path)) return &answer;
    }
    return nullptr;
}

std::vector<std::string> Shapes::problems(std::string_view shape, const json::Value& value) const {
    std::vector<std::string> out;
    check(value, shape, "", out);
    return out;
}

void Shapes::check(const json::Value& value, std::string_view kind, const std::string& where,
                   std::vector<std::string>& out) const {
    if (kind.starts_with("list ")) {
        if (!value.is_array()) return out.push_back(fmt::format("{} is no list", where));
        std::size_t i = 0;
        for (const json::Value& item : *value.as_array()) {
            check(item, kind.substr(5), fmt::format("{}[{}]", where, i++), out);
        }
        return;
    }
    if (const auto ok = fits(value, kind)) {
        if (!*ok) out.push_back(fmt::format("{} is no {}: {}", where, kind, json::to_text(value)));
        return;
    }
    check_shape(value, kind, where, out);
}

void Shapes::check_shape(const json::Value& value, std::string_view shape, const std::string& where,
                         std::vector<std::string>& out) const {
    const auto fields = shapes_.find(shape);
    if (fields == shapes_.end()) return out.push_back(fmt::format("no shape {}", shape));
    if (!value.is_object()) return out.push_back(fmt::format("{} is no {}", where, shape));
    for (const Field& field : fields->second) {
        const std::string at = fmt::format("{}.{}", where, field.name);
        const json::Value* member = value.find(field.name);
        if (member == nullptr) {
            if (!field.may_be_absent) out.push_back(at + " is absent");
        } else if (member->is_null()) {
            if (!field.may_be_null) out.push_back(at + " is null");
        } else {
            check(*member, field.kind, at, out);
        }
    }
    for (const auto& [key, member] : *value.as_object()) {
        const bool known = std::any_of(fields->second.begin(), fields->second.end(),
                                       [&](const Field& field) { return field.name == key; });
        if (!known) out.push_back(fmt::format("{}.{} is not in the shape", where, key));
    }
}

}
