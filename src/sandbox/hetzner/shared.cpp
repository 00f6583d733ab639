#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/lists.hpp"
#include "sandbox/kit/actions.hpp"

#include <fmt/core.h>

#include <algorithm>

// Changes that all families have alike.
namespace sandbox::hetzner {
namespace {

constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestVolume = 64;
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestPart = 63;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 1123: parts of letters, digits and inner hyphens, 63 characters each, 253 in all.
bool is_host(std::string_view name) {
    if (name.empty() || name.size() > kLongestHost) return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i <= name.size(); ++i) {
        if (i == name.size() || name[i] == '.') {
            if (length == 0 || length > kLongestPart || name[i - 1] == '-') return false;
            length = 0;
            continue;
        }
        if (!is_alphanumeric(name[i]) && (name[i] != '-' || length == 0)) return false;
        ++length;
    }
    return true;
}

bool is_volume(std::string_view name) {
    return !name.empty() && name.size() <= kLongestVolume && is_alphanumeric(name.front()) &&
           is_alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
               return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
           });
}

}

std::string check_text_name(std::string_view name) {
    if (name.empty()) return "Shorter than minimum length 1.";
    if (name.size() > kLongestName) return "Longer than maximum length 128.";
    return {};
}

std::string check_host_name(std::string_view name) {
    return is_host(name) ? "" : "must be a valid hostname per RFC 1123";
}

std::string check_volume_name(std::string_view name) {
    return is_volume(name) ? "" : "must be 1-64 letters, digits, '-', '_' or '.'";
}

std::string read_name(Body& body, std::string (*problem_of_name)(std::string_view)) {
    std::string name = body.required_text("name");
    const json::Value* given = body.find("name");
    // A name that is missing or no text has its problem already.
    if (given == nullptr || !given->is_string()) return name;
    std::string what = problem_of_name(name);
    if (!what.empty()) body.problem("name", std::move(what));
    return name;
}

base::Result<void> update_name_and_labels(ApiCall& call, const Family& family) {
    TRY(require(call.project, family, call.id));
    Body body(call.body);
    const auto name = body.text("name");
    if (name) {
        const auto check =
            family.problem_of_name == nullptr ? check_text_name : family.problem_of_name;
        std::string what = check(*name);
        if (!what.empty()) body.problem("name", std::move(what));
    }
    auto labels = body.labels();
    TRY(body.check());
    if (name) TRY(require_new_name(call.project, family, *name, call.id));
    if (!name && !labels) return {};
    // Looked up after the checks: edit() marks it as changed.
    Record& record = call.project.edit(family.type, call.id);
    if (name) put(record, "name", *name);
    if (labels) put(record, "labels", std::move(*labels));
    return {};
}

base::Result<Reply> change_protection(ApiCall& call, const Family& family,
                                      std::span<const std::string_view> members) {
    TRY(require(call.project, family, call.id));
    Body body(call.body);
    std::vector<std::optional<bool>> wanted;
    // Flags that are not given stay.
    for (const std::string_view member : members) wanted.push_back(body.flag(member));
    TRY(body.check());
    Record& record = call.project.edit(family.type, call.id);
    json::Value protection = *record.find("protection");
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (wanted[i]) put(protection, members[i], *wanted[i]);
    }
    put(record, "protection", std::move(protection));
    const std::int64_t action =
        begin_action(call.project, {.command = "change_protection",
                                    .resources = {{std::string(family.type), call.id}}});
    return reply_action(call.project, action);
}

}
