#pragma once

#include "base/result.hpp"
#include "sandbox/hetzner/action_view.hpp"
#include "sandbox/hetzner/refusal.hpp"
#include "sandbox/kit/family.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// What all families have alike: reads, lists, renaming, labels, their actions.
namespace sandbox::hetzner {

class Body;

inline constexpr std::string_view kSortIdNameCreated[] = {"id", "name", "created"};
inline constexpr std::string_view kSortIdName[] = {"id", "name"};
inline constexpr std::string_view kSortIdCreated[] = {"id", "created"};

// Sorts and cuts to the page that was asked for; an empty `sorts` refuses to sort.
base::Result<Reply> reply_page(const ApiCall& call, std::string_view plural,
                               std::vector<const Record*> records,
                               std::span<const std::string_view> sorts,
                               json::Value (*view)(const Project&, const Record&));

base::Result<Reply> list_records(ApiCall& call, const Family& family);
base::Result<Reply> show_record(ApiCall& call, const Family& family);
// /servers/actions, /servers/actions/{id}, /servers/{id}/actions, /servers/{id}/actions/{action_id}
base::Result<Reply> list_all_actions(ApiCall& call, const Family& family);
base::Result<Reply> show_any_action(ApiCall& call, const Family& family);
base::Result<Reply> list_actions(ApiCall& call, const Family& family);
base::Result<Reply> show_action(ApiCall& call, const Family& family);

Reply reply_one(const Project& project, const Family& family, std::int64_t id, int status = 200);
Reply reply_action(const Project& project, std::int64_t action);
Reply no_content();

// Protection is on in the record's "protection.delete".
base::Result<void> require_unprotected(const Record& record, const Family& family);
bool is_protected(const Record& record, std::string_view what);

// What is wrong with a name, or empty.
std::string check_text_name(std::string_view name);     // not empty, at most 128 characters
std::string check_host_name(std::string_view name);     // RFC 1123
std::string check_volume_name(std::string_view name);   // 1-64 letters, digits, - _ .
// The required "name" of a creation; problems go to the body.
std::string read_name(Body& body, std::string (*problem_of_name)(std::string_view));
// PUT with name and labels; the rest of the body is the caller's.
base::Result<void> update_name_and_labels(ApiCall& call, const Family& family);
// POST …/actions/change_protection with these members; an action that has ended already.
base::Result<Reply> change_protection(ApiCall& call, const Family& family,
                                      std::span<const std::string_view> members);

template <const Family& F>
base::Result<Reply> update_of(ApiCall& call) {
    TRY(update_name_and_labels(call, F));
    return reply_one(call.project, F, call.id);
}
template <const Family& F>
base::Result<Reply> protect_of(ApiCall& call) {
    static constexpr std::string_view kDelete[] = {"delete"};
    return change_protection(call, F, kDelete);
}
template <const Family& F>
base::Result<Reply> list_of(ApiCall& call) {
    return list_records(call, F);
}
template <const Family& F>
base::Result<Reply> show_of(ApiCall& call) {
    return show_record(call, F);
}
template <const Family& F>
base::Result<Reply> all_actions_of(ApiCall& call) {
    return list_all_actions(call, F);
}
template <const Family& F>
base::Result<Reply> any_action_of(ApiCall& call) {
    return show_any_action(call, F);
}
template <const Family& F>
base::Result<Reply> actions_of(ApiCall& call) {
    return list_actions(call, F);
}
template <const Family& F>
base::Result<Reply> action_of(ApiCall& call) {
    return show_action(call, F);
}

}
