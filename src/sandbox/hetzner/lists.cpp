#include "sandbox/hetzner/lists.hpp"

#include "base/text.hpp"
#include "sandbox/hetzner/actions.hpp"
#include "sandbox/hetzner/labels.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kPageSize = 25;
constexpr std::int64_t kLargestPage = 50;
constexpr std::string_view kActionSorts[] = {"id", "command", "status", "started", "finished"};

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

base::Result<std::int64_t> positive(const Query& query, std::string_view name,
                                    std::int64_t fallback) {
    const auto text = query.find(name);
    if (!text || text->empty()) return fallback;
    const auto number = number_of(*text);
    if (!number || *number < 1) return invalid(std::string(name), "Not a positive integer.");
    return *number;
}

// Numbers by size, everything else by its text; null first.
int compare(const json::Value* a, const json::Value* b) {
    const auto text = [](const json::Value* value) {
        return value == nullptr || value->as_string() == nullptr ? std::string_view()
                                                                 : *value->as_string();
    };
    if (a != nullptr && b != nullptr && a->as_int64() != nullptr && b->as_int64() != nullptr) {
        return *a->as_int64() < *b->as_int64() ? -1 : *a->as_int64() > *b->as_int64() ? 1 : 0;
    }
    return text(a).compare(text(b));
}

base::Result<void> sort(const Query& query, std::vector<const Record*>& records,
                        std::span<const std::string_view> sorts) {
    struct Key {
        std::string field;
        bool descending = false;
    };
    std::vector<Key> keys;
    for (const std::string_view text : query.all("sort")) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string_view field = text.substr(0, colon);
        const std::string_view direction = text.substr(colon);
        const bool known = std::find(sorts.begin(), sorts.end(), field) != sorts.end();
        if (!known || (!direction.empty() && direction != ":asc" && direction != ":desc")) {
            return invalid("sort", fmt::format("\"{}\" is not a field to sort by", text));
        }
        keys.push_back({std::string(field), direction == ":desc"});
    }
    std::stable_sort(records.begin(), records.end(), [&](const Record* a, const Record* b) {
        for (const Key& key : keys) {
            const int order = compare(a->find(key.field), b->find(key.field));
            if (order != 0) return key.descending ? order > 0 : order < 0;
        }
        return false;
    });
    return {};
}

std::string link_of(const Call& call, std::int64_t page, std::string_view relation) {
    std::string query;
    for (const std::string_view field : base::split(call.query_text, '&')) {
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

base::Result<Reply> page_of_actions(Call& call, const Family& family, std::int64_t id) {
    const auto statuses = call.query.all("status");
    const auto ids = call.query.all("id");
    std::vector<const Record*> actions;
    for (const auto& [number, action] : call.tenant.all("action")) {
        if (!concerns(action, family.type, id)) continue;
        if (!is_one_of(action.string_or("status", ""), statuses)) continue;
        if (!is_one_of(std::to_string(number), ids)) continue;
        actions.push_back(&action);
    }
    return reply_page(call, "actions", std::move(actions), kActionSorts, view_action);
}

}

base::Result<Reply> reply_page(const Call& call, std::string_view plural,
                               std::vector<const Record*> records,
                               std::span<const std::string_view> sorts,
                               json::Value (*view)(const Tenant&, const Record&)) {
    const std::int64_t page = TRY(positive(call.query, "page", 1));
    const std::int64_t size =
        std::min(TRY(positive(call.query, "per_page", kPageSize)), kLargestPage);
    TRY(sort(call.query, records, sorts));
    const auto total = static_cast<std::int64_t>(records.size());
    const std::int64_t last = std::max<std::int64_t>(1, (total + size - 1) / size);
    json::Array out;
    // The page may be any number: no product of it before it is known to be small.
    if (page <= last) {
        for (std::int64_t i = (page - 1) * size; i < std::min(total, page * size); ++i) {
            out.push_back(view(call.tenant, *records[static_cast<std::size_t>(i)]));
        }
    }
    const auto or_null = [](bool is_there, std::int64_t number) {
        return is_there ? json::Value(number) : json::Value();
    };
    Reply reply;
    reply.body = json::Object{
        {std::string(plural), std::move(out)},
        {"meta",
         json::Object{{"pagination", json::Object{{"page", page},
                                                  {"per_page", size},
                                                  {"previous_page", or_null(page > 1, page - 1)},
                                                  {"next_page", or_null(page < last, page + 1)},
                                                  {"last_page", last},
                                                  {"total_entries", total}}}}}};
    if (page > 1) reply.link += link_of(call, page - 1, "prev") + ", ";
    if (page < last) reply.link += link_of(call, page + 1, "next") + ", ";
    reply.link += link_of(call, last, "last");
    return reply;
}

base::Result<Reply> list_records(Call& call, const Family& family) {
    const auto name = call.query.find("name");
    Selector selector;
    if (const auto text = call.query.find("label_selector")) {
        auto parsed = Selector::parse(*text);
        if (!parsed.ok()) {
            return invalid("label_selector", std::string(parsed.error().message()));
        }
        selector = std::move(*parsed);
    }
    std::vector<const Record*> records;
    for (const auto& [id, record] : call.tenant.all(family.type)) {
        if (name && !name->empty() && record.string_or("name", "") != *name) continue;
        if (!selector.matches(record.find("labels"))) continue;
        if (family.matches != nullptr && !family.matches(call, record)) continue;
        records.push_back(&record);
    }
    return reply_page(call, family.plural, std::move(records), family.sorts, family.view);
}

base::Result<Reply> show_record(Call& call, const Family& family) {
    TRY(require(call.tenant, family, call.id));
    return reply_one(call.tenant, family, call.id);
}

base::Result<Reply> list_all_actions(Call& call, const Family& family) {
    return page_of_actions(call, family, 0);
}

base::Result<Reply> show_any_action(Call& call, const Family& family) {
    const Record* action = call.tenant.find("action", call.id);
    if (action == nullptr || !concerns(*action, family.type, 0)) return not_found("action");
    return Reply{.body = json::Object{{"action", view_action(call.tenant, *action)}}};
}

base::Result<Reply> list_actions(Call& call, const Family& family) {
    TRY(require(call.tenant, family, call.id));
    return page_of_actions(call, family, call.id);
}

base::Result<Reply> show_action(Call& call, const Family& family) {
    const Record* action = call.tenant.find("action", call.action_id);
    if (action == nullptr || !concerns(*action, family.type, call.id)) return not_found("action");
    return Reply{.body = json::Object{{"action", view_action(call.tenant, *action)}}};
}

base::Result<const Record*> require(const Tenant& tenant, const Family& family, std::int64_t id) {
    const Record* record = tenant.find(family.type, id);
    if (record == nullptr) return not_found(family.words);
    return record;
}

Reply reply_one(const Tenant& tenant, const Family& family, std::int64_t id, int status) {
    const Record* record = tenant.find(family.type, id);
    return {.status = status,
            .body = json::Object{{std::string(family.type), family.view(tenant, *record)}}};
}

Reply reply_action(const Tenant& tenant, std::int64_t action) {
    return {.status = 201, .body = json::Object{{"action", view_action(tenant, action)}}};
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

base::Result<void> require_new_name(const Tenant& tenant, const Family& family,
                                    std::string_view name, std::int64_t own_id) {
    const Record* other = tenant.named(family.type, name);
    if (other == nullptr || id_of(*other) == own_id) return {};
    return uniqueness("name", fmt::format("{} name is already used", family.words));
}

base::Result<void> require_quota(const Tenant& tenant, const Family& family,
                                 std::int64_t fallback) {
    const auto quota = tenant.options.quotas.find(family.type);
    const std::int64_t most = quota == tenant.options.quotas.end() ? fallback : quota->second;
    if (most == 0 || static_cast<std::int64_t>(tenant.all(family.type).size()) < most) return {};
    return over_limit(std::string(family.type) + "_limit",
                      fmt::format("{} limit exceeded", family.words));
}

}
