#include "providers/rest/rest_resource.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

// Reading, listing, and finding what an intent has made.
namespace providers::rest {

using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using value::Value;

namespace {

// A list that never ends is told, not followed.
constexpr int kMostPages = 10'000;

// As a message names it: "`servers`".
std::string named(const std::string& path, const char* otherwise) {
    return path.empty() ? std::string(otherwise) : "`" + path + "`";
}

}

base::Result<std::optional<Answer>> RestResource::fetch(std::string_view key,
                                                        const CallScope& context) const {
    // Before a request: keys come from people (`import`) and go into a path.
    if (!rest_.is_key(key)) {
        return base::invalid_argument(fmt::format("\"{}\" is no id of a {}", key, rest_.noun))
            .with_help(rest_.id.size() == 1
                           ? "ids are what the platform's own tools show, as 4711"
                           : fmt::format("it is known by {} ids, with a slash between them",
                                         rest_.id.size()));
    }
    Call call;
    call.path = rest_.path_of(key);
    call.what = what("reading", {}, key);
    auto answer = connection().api->send(call, context);
    if (!answer.ok()) {
        // Only 404. A key without permission (403) is not "absent": it would be made again.
        if (is_absent(answer.error())) return std::optional<Answer>();
        return std::move(answer).error();
    }
    const json::Value* object = at_path(answer->body, rest_.envelopes.read);
    if (object == nullptr || !object->is_object()) {
        return base::Error(base::Code::Unavailable,
                           fmt::format("{} answered without {}", service(),
                                       named(rest_.envelopes.read, "an object")))
            .with_context(call.what);
    }
    answer->body = json::Value(*object);
    return std::optional(std::move(*answer));
}

base::Result<RestResource::Object> RestResource::get(std::string_view key,
                                                     const CallScope& context) const {
    std::optional<Answer> answer = TRY(fetch(key, context));
    return answer ? Object(std::move(answer->body)) : Object();
}

const Paging& RestResource::paging() const {
    return rest_.paging ? *rest_.paging : connection().conventions->paging;
}

base::Result<std::vector<json::Value>> RestResource::objects_in(const Answer& answer) const {
    const json::Value* items = at_path(answer.body, rest_.envelopes.list);
    if (items != nullptr && items->is_array()) return *items->as_array();
    // No page of a list is taken for an empty one.
    return base::Error(base::Code::Unavailable, fmt::format("{} answered without {}", service(),
                                                            named(rest_.envelopes.list, "a list")));
}

// The first of a list that fits, on whichever page.
base::Result<RestResource::Object> RestResource::find_first(std::string query, const Fits& fits,
                                                            const CallScope& context) const {
    std::string page;
    for (int i = 0; i < kMostPages; ++i) {
        Call call;
        call.path = page_path(paging(), with_query(rest_.listing(), query), page);
        call.what = fmt::format("looking for the {}", rest_.noun);
        const Answer answer = TRY(connection().api->send(call, context));
        auto objects = objects_in(answer);
        if (!objects.ok()) return std::move(objects).error().with_context(call.what);
        for (json::Value& object : *objects) {
            if (!rest_.is_of_it(object) || !fits(object)) continue;
            // A list that leaves fields out would show them as changed.
            if (rest_.lists_in_full) return Object(std::move(object));
            return get(rest_.key_of(object), context);
        }
        page = pages_after(paging(), answer, page, objects->size()).next;
        if (page.empty()) return Object();
    }
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} tells of more than {} pages", service(), kMostPages))
        .with_context(fmt::format("looking for the {}", rest_.noun));
}

base::Result<RestResource::Object> RestResource::find_by_token(const Intent& intent,
                                                               const CallScope& context) const {
    // As the label has it, clipped or not: both sides went through the same function.
    const std::string token = label_value(intent.token);
    const auto query = connection().conventions->tag_query;
    // The query narrows, the check decides: a service may ignore a parameter that it does not
    // know.
    return find_first(
        query != nullptr ? query(kTokenTag, token) : std::string(),
        [&](const json::Value& object) {
            const Labels labels = labels_of(rest_.tags, object);
            const auto there = labels.find(std::string(kTokenTag));
            return there != labels.end() && there->second == token;
        },
        context);
}

// What is in the way of the wanted: it has its name or, where those are given, its ids.
base::Result<RestResource::Object> RestResource::find_by_name(const Intent& intent,
                                                              const CallScope& context) const {
    // Where the program gives the ids, they are what would be in the way, whatever the names.
    if (const std::string key = rest_.key_of(intent.inputs); rest_.is_key(key)) {
        return get(key, context);
    }
    const std::string& name = text_of(intent.inputs, rest_.name_input);
    if (!rest_.is_found_by_name || name.empty()) return Object();
    const auto query = connection().conventions->name_query;
    return find_first(
        query != nullptr ? query(name) : std::string(),
        [&](const json::Value& object) {
            return text_of(shown_inputs(object), rest_.name_input) == name;
        },
        context);
}

bool RestResource::is_busy(const json::Value& object) const {
    return rest_.progress != nullptr && rest_.progress(object).kind == Progress::Kind::Running;
}

// What goes on at an object: as the service tells, or of what the intent knows has begun.
base::Result<std::vector<std::string>> RestResource::running_at(const Intent& intent,
                                                                std::string_view key,
                                                                const CallScope& context) const {
    const auto asked = connection().conventions->operations.running_at;
    if (asked != nullptr) {
        if (!rest_.has_operations) return std::vector<std::string>();
        return asked(*connection().api, rest_, key, context);
    }
    // Of a service that does not tell what goes on: what we have begun ourselves.
    const std::vector<std::string> begun = OperationCursor::from_text(intent.handle).waits;
    if (begun.empty()) return begun;
    const Progress progress = TRY(connection().poller->look(begun, context));
    return progress.kind == Progress::Kind::Running ? begun : std::vector<std::string>();
}

base::Result<std::optional<ObservedResource>> RestResource::read(const std::string& key,
                                                                 const CallScope& context) const {
    const Object object = TRY(get(key, context));
    if (!object) return std::optional<ObservedResource>();
    return std::optional(seen_of(*object, key));
}

base::Result<provider::Page> RestResource::list_page(std::string path, std::string_view page,
                                                     const Fits& fits,
                                                     const CallScope& context) const {
    Call call;
    call.path = page_path(paging(), std::move(path), page);
    call.what = fmt::format("listing {}s", rest_.noun);
    const Answer answer = TRY(connection().api->send(call, context));
    auto objects = objects_in(answer);
    if (!objects.ok()) return std::move(objects).error().with_context(call.what);
    provider::Page out;
    for (const json::Value& object : *objects) {
        if (!rest_.is_of_it(object) || !fits(object)) continue;
        const Labels labels = labels_of(rest_.tags, object);
        const auto address = labels.find(std::string(kAddressTag));
        if (rest_.lists_in_full) {
            out.items.push_back(seen_of(object, {}));
        } else {
            const std::string key = rest_.key_of(object);
            const Object whole = TRY(get(key, context));
            // Between the list and this read.
            if (!whole) continue;   // it went meanwhile
            out.items.push_back(seen_of(*whole, key));
        }
        out.addresses.push_back(address != labels.end() ? address->second : std::string());
    }
    PageLinks links = pages_after(paging(), answer, page, objects->size());
    out.next = std::move(links.next);
    out.others = std::move(links.others);
    return out;
}

base::Result<provider::Page> RestResource::list(std::string_view page,
                                                const CallScope& context) const {
    provider::Page out =
        TRY(list_page(rest_.listing(), page, [](const json::Value&) { return true; }, context));
    // Addresses belong to lists of our own things alone.
    out.addresses.clear();
    return out;
}

base::Result<provider::Page> RestResource::list_own(const provider::Scope& scope,
                                                    std::string_view page,
                                                    const CallScope& context) const {
    if (!rest_.has_tags() || scope.workspace.empty()) return provider::Page{};
    const std::string workspace = label_value(scope.workspace);
    const std::string environment = label_value(scope.environment);
    const auto query = connection().conventions->tag_query;
    const auto is_own = [&](const json::Value& object) {
        const Labels labels = labels_of(rest_.tags, object);
        const auto has = [&](std::string_view tag, const std::string& wanted) {
            const auto there = labels.find(std::string(tag));
            return there != labels.end() && there->second == wanted;
        };
        // Both, as one account may hold several environments of a workspace.
        return has(kWorkspaceTag, workspace) && has(kEnvironmentTag, environment);
    };
    return list_page(with_query(rest_.listing(),
                                // One tag in the query, as few services take two; the other is
                                // looked at here.
                                query != nullptr ? query(kWorkspaceTag, workspace) : std::string()),
                     page, is_own, context);
}

// All that are there, on all pages.
base::Result<std::vector<json::Value>> RestResource::all(const CallScope& context) const {
    std::vector<json::Value> out;
    const auto keep = [&](const json::Value& object) {
        out.push_back(object);
        return false;
    };
    TRY(find_first({}, keep, context));
    return out;
}

base::Result<LookupResult> RestResource::find_by_difference(const Intent& intent,
                                                            const CallScope& context) const {
    const OperationCursor before = OperationCursor::from_text(intent.phase);
    std::vector<json::Value> there = TRY(all(context));
    // Not before it was noted what there was.
    if (before.call.empty()) return found(LookupResult::Kind::Absent);
    std::vector<json::Value> ours;
    for (json::Value& object : there) {
        const std::string key = rest_.key_of(object);
        const bool was_there = std::ranges::find(before.waits, key) != before.waits.end();
        if (!was_there && is_as_created(intent, object)) ours.push_back(std::move(object));
    }
    if (ours.empty()) return found(LookupResult::Kind::Absent);
    if (ours.size() > 1) {
        return found(LookupResult::Kind::Unsure,
                     fmt::format("{} {}s have come meanwhile, and nothing tells which is ours",
                                 ours.size(), rest_.noun));
    }
    const std::string key = rest_.key_of(ours.front());
    return found(next_call(intent, ours.front(), key) ? LookupResult::Kind::Partial
                                                      : LookupResult::Kind::Done,
                 made(intent, ours.front(), key));
}

// Whether it shows what a create has sent.
bool RestResource::is_as_created(const Intent& intent, const json::Value& object) const {
    const Value shown = shown_inputs(object);
    return std::ranges::all_of(rest_.fields, [&](const Field& field) {
        const Value& wanted = field_of(intent.inputs, field.input.name);
        return wanted.is_null() || !field.is_created_with || field.is_never_shown ||
               field.is_same(wanted, field_of(shown, field.input.name));
    });
}

base::Result<LookupResult> RestResource::find_created(const Intent& intent,
                                                      const CallScope& context) const {
    const OperationCursor phase = OperationCursor::from_text(intent.phase);
    if (rest_.is_told_by_difference && (phase.id.empty() || phase.id == kNoId)) {
        return find_by_difference(intent, context);
    }
    if (rest_.is_told_by_difference) return find_changed(intent, phase.id, context);
    const std::string wanted = rest_.key_of(intent.inputs);
    const Object object = TRY(find_by_token(intent, context));
    // In this order. With our token it is ours, whatever it is called. Without, something of that
    // name is foreign: told as such, since the request may still be on its way.
    if (!object) {
        const Object other = TRY(find_by_name(intent, context));
        if (!other) return found(LookupResult::Kind::Absent);
        return found(LookupResult::Kind::Foreign,
                     fmt::format("{} {} has its name and was not made by this resource", rest_.noun,
                                 rest_.key_of(*other, wanted)));
    }
    const std::string key = rest_.key_of(*object, wanted);
    OperationCursor place{.id = key, .call = kCreate, .waits = {}};
    place.waits = TRY(running_at(intent, key, context));
    if (!place.waits.empty() || is_busy(*object)) return found_running(place);
    // It is there but lacks something (an attachment that is a call of its own): the next plan
    // finishes it.
    return found(next_call(intent, *object, key) ? LookupResult::Kind::Partial
                                                 : LookupResult::Kind::Done,
                 made(intent, *object, key));
}

// Of a change that was begun, and of which nothing is left: what prepared it was set right again.
bool RestResource::is_as_before(const Intent& intent, const json::Value& object) const {
    const Value shown = shown_inputs(object);
    for (const Field& field : rest_.fields) {
        const Value& prior = field_of(intent.prior, field.input.name);
        const Value* now = shown.find(field.input.name);
        if (now == nullptr || field_of(intent.inputs, field.input.name).same_as(prior)) continue;
        const bool is_none = now->is_null() || now->same_as(Value(Value::Array{}));
        if (prior.is_null() ? !is_none : !field.is_same(prior, *now)) return false;
    }
    Intent back = intent;
    back.inputs = intent.prior;
    return !next_call(back, object, intent.key);
}

base::Result<LookupResult> RestResource::find(const Intent& intent,
                                              const CallScope& context) const {
    if (intent.action == provider::Action::Create) return find_created(intent, context);
    return find_changed(intent, intent.key, context);
}

// Of what has a key already.
base::Result<LookupResult> RestResource::find_changed(const Intent& intent, const std::string& key,
                                                      const CallScope& context) const {
    const Object object = TRY(get(key, context));
    const bool is_delete = intent.action == provider::Action::Delete;
    // Gone: what was to be deleted is done, what was to be changed cannot be.
    if (!object) return found(is_delete ? LookupResult::Kind::Done : LookupResult::Kind::Absent);
    OperationCursor place{.id = key, .call = kWait, .waits = {}};
    // What goes on at it may be its removal; if not, that is still to be done.
    if (is_delete) {
        return is_busy(*object) ? found_running(place) : found(LookupResult::Kind::Absent);
    }
    place.call = OperationCursor::from_text(intent.phase).call;
    place.waits = TRY(running_at(intent, key, context));
    if (!place.waits.empty() || is_busy(*object)) return found_running(place);
    if (!next_call(intent, *object, key)) {
        return found(LookupResult::Kind::Done, made(intent, *object, key));
    }
    // Without a phase or handle nothing was answered: "nothing of it is to be seen", and its
    // horizon counts.
    const bool has_begun =
        (!intent.phase.empty() || !intent.handle.empty()) && !is_as_before(intent, *object);
    return has_begun ? found(LookupResult::Kind::Partial, made(intent, *object, key))
                     : found(LookupResult::Kind::Absent);
}

}
