#include "sandbox/hetzner/lists.hpp"

#include "base/text.hpp"
#include "sandbox/kit/paging.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::string_view kActionSorts[] = {"id", "command", "status", "started", "finished"};

base::Result<void> sort(const Query& query, std::vector<const Record*>& records,
                        std::span<const std::string_view> sorts) {
    std::vector<SortKey> keys;
    for (const std::string_view text : query.all("sort")) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string_view field = text.substr(0, colon);
        const std::string_view direction = text.substr(colon);
        const bool known = std::find(sorts.begin(), sorts.end(), field) != sorts.end();
        // An unknown field is an error, not ignored: a client that sorts by a field of another
        // family has a mistake.
        if (!known || (!direction.empty() && direction != ":asc" && direction != ":desc")) {
            return invalid("sort", fmt::format("\"{}\" is not a field to sort by", text));
        }
        keys.push_back({std::string(field), direction == ":desc"});
    }
    sort_records(records, keys);
    return {};
}

// RFC 8288 links with absolute addresses, made of what the client called us by.
std::string link_of(const ApiCall& call, std::int64_t page, std::string_view relation) {
    std::string query;
    for (const std::string_view field : base::split(call.query_text, '&')) {
        // All parameters of the question go along, but the page.
        if (field.empty() || field.starts_with("page=")) continue;
        query += "&" + std::string(field);
    }
    return fmt::format("<{}{}?page={}{}>; rel={}", call.base, call.path, page, query, relation);
}

bool is_one_of(std::string_view value, const std::vector<std::string_view>& wanted) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool concerns(const Record& action, std::string_view type, std::int64_t id) {
    for (const json::Value& thing : *action.find("resources")->as_array()) {
        if (thing.string_or("type", "") == type && (id == 0 || id_of(thing) == id)) return true;
    }
    return false;
}

base::Result<Reply> page_of_actions(ApiCall& call, const Family& family, std::int64_t id) {
    const auto statuses = call.query.all("status");
    const auto ids = call.query.all("id");
    std::vector<const Record*> actions;
    for (const auto& [number, action] : call.project.all("action")) {
        if (!concerns(action, family.type, id)) continue;
        if (!is_one_of(action.string_or("status", ""), statuses)) continue;
        if (!is_one_of(std::to_string(number), ids)) continue;
        actions.push_back(&action);
    }
    return reply_page(call, "actions", std::move(actions), kActionSorts, view_action);
}

}

base::Result<Reply> reply_page(const ApiCall& call, std::string_view plural,
                               std::vector<const Record*> records,
                               std::span<const std::string_view> sorts,
                               json::Value (*view)(const Project&, const Record&)) {
    TRY(sort(call.query, records, sorts));
    const NumberedPage page = TRY(page_by_number(call, "page", "per_page", {}, records));
    json::Array out;
    for (const Record* record : page.records) out.push_back(view(call.project, *record));
    // null at the ends, which is how clients know that there is no more.
    const auto or_null = [](bool is_there, std::int64_t number) {
        return is_there ? json::Value(number) : json::Value();
    };
    Reply reply;
    reply.body = json::Object{
        {std::string(plural), std::move(out)},
        {"meta", json::Object{
                     {"pagination",
                      json::Object{{"page", page.number},
                                   {"per_page", page.size},
                                   {"previous_page", or_null(page.number > 1, page.number - 1)},
                                   {"next_page", or_null(page.number < page.last, page.number + 1)},
                                   {"last_page", page.last},
                                   {"total_entries", page.total}}}}}};
    std::string link;
    // "prev" and "next" only where there are such pages; "last" always.
    if (page.number > 1) link += link_of(call, page.number - 1, "prev") + ", ";
    if (page.number < page.last) link += link_of(call, page.number + 1, "next") + ", ";
    reply.headers.set("Link", link + link_of(call, page.last, "last"));
    return reply;
}

base::Result<Reply> list_records(ApiCall& call, const Family& family) {
    return reply_page(call, family.plural, TRY(select_records(call, family)), family.sorts,
                      family.view);
}

base::Result<Reply> show_record(ApiCall& call, const Family& family) {
    TRY(require(call.project, family, call.id));
    return reply_one(call.project, family, call.id);
}

base::Result<Reply> list_all_actions(ApiCall& call, const Family& family) {
    return page_of_actions(call, family, 0);
}

base::Result<Reply> show_any_action(ApiCall& call, const Family& family) {
    const Record* action = call.project.find("action", call.id);
    // An action is found under the families that it concerns, and nowhere else.
    if (action == nullptr || !concerns(*action, family.type, 0)) return not_found("action");
    return Reply{.body = json::Object{{"action", view_action(call.project, *action)}}};
}

base::Result<Reply> list_actions(ApiCall& call, const Family& family) {
    TRY(require(call.project, family, call.id));
    return page_of_actions(call, family, call.id);
}

base::Result<Reply> show_action(ApiCall& call, const Family& family) {
    const Record* action = call.project.find("action", call.parameters.integer("action_id"));
    if (action == nullptr || !concerns(*action, family.type, call.id)) return not_found("action");
    return Reply{.body = json::Object{{"action", view_action(call.project, *action)}}};
}

Reply reply_one(const Project& project, const Family& family, std::int64_t id, int status) {
    const Record* record = project.find(family.type, id);
    return {.status = status,
            .body = json::Object{{std::string(family.type), family.view(project, *record)}}};
}

Reply reply_action(const Project& project, std::int64_t action) {
    return {.status = 201, .body = json::Object{{"action", view_action(project, action)}}};
}

Reply no_content() { return {.status = 204}; }

bool is_protected(const Record& record, std::string_view what) {
    const json::Value* protection = record.find("protection");
    return protection != nullptr && protection->bool_or(what, false);
}

base::Result<void> require_unprotected(const Record& record, const Family& family) {
    if (is_protected(record, "delete")) return protected_from(family.words, "deletion");
    return {};
}

}
