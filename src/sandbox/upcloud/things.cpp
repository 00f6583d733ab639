#include "sandbox/upcloud/things.hpp"

#include "sandbox/kit/actions.hpp"
#include "sandbox/kit/paging.hpp"
#include "sandbox/upcloud/families.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

constexpr std::string_view kTakeTime = "take_time";
constexpr std::string_view kVanish = "vanish";
constexpr PageSizes kPages{.usual = 10, .largest = 100};

base::Error not_found(const Things& things, std::string_view key) {
    if (!things.is_old) {
        return problem(404, "RESOURCE_NOT_FOUND",
                       fmt::format("{} not found.", things.family.words));
    }
    return old_refusal(fmt::format("{}_NOT_FOUND", things.code),
                       fmt::format("The {} {} does not exist.", things.family.words, key));
}

const Things* things_of(std::string_view type) {
    for (const Things* things : all_things()) {
        if (things->family.type == type) return things;
    }
    return nullptr;
}

void stamp(const Project& project, const Things& things, Record& record, bool is_new) {
    if (things.is_old) return;
    if (is_new) put(record, "created_at", project.now_text());
    put(record, "updated_at", project.now_text());
}

}

json::Value view_thing(const Project&, const Record& record) {
    json::Object out = public_part(record);
    out.remove("id");
    return out;
}

json::Value wrapped(const Things& things, json::Value shown) {
    if (!things.is_old) return shown;
    return json::Object{{std::string(things.one), std::move(shown)}};
}

std::string new_uuid(Project& project, std::string_view prefix) {
    std::string out = project.draw_uuid();
    out.replace(0, prefix.size(), prefix);
    return out;
}

bool is_uuid(std::string_view text) {
    constexpr std::size_t kLength = 36;
    return text.size() == kLength && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
           text[23] == '-';
}

base::Result<const Record*> require_thing(const Project& project, const Things& things,
                                          const std::string& key) {
    const Record* record = project.find_by(things.family.type, things.key, key);
    if (record != nullptr) return record;
    if (things.is_old && things.key == "uuid" && !is_uuid(key)) {
        return old_refusal(fmt::format("{}_INVALID", things.code),
                           fmt::format("\"{}\" is no id of a {}.", key, things.family.words));
    }
    return not_found(things, key);
}

base::Result<const Record*> require_thing(ApiCall& call, const Things& things) {
    return require_thing(call.project, things, std::string(call.parameters.text("uuid")));
}

bool fits_labels(const ApiCall& call, const Record& record, bool is_wrapped) {
    const json::Value* labels = record.find("labels");
    if (labels != nullptr && is_wrapped) labels = labels->find("label");
    for (const std::string_view wanted : call.query.all("label")) {
        const std::size_t equals = wanted.find('=');
        const std::string_view key = wanted.substr(0, equals);
        bool is_there = false;
        if (labels != nullptr && labels->is_array()) {
            for (const json::Value& label : *labels->as_array()) {
                is_there =
                    is_there || (label.string_or("key", "") == key &&
                                 (equals == std::string_view::npos ||
                                  label.string_or("value", "") == wanted.substr(equals + 1)));
            }
        }
        if (!is_there) return false;
    }
    return true;
}

void take_time(Project& project, const Things& things, std::int64_t id, std::chrono::seconds time) {
    if (things.state.empty()) return;
    Record& record = project.edit(things.family.type, id);
    if (time.count() == 0) {
        put(record, things.state, things.ready);
        return;
    }
    put(record, things.state, things.working);
    begin_action(project, {.command = kTakeTime,
                           .resources = {{std::string(things.family.type), id}},
                           .duration = time,
                           .args = json::Object{{"type", things.family.type}, {"id", id}}});
}

base::Result<Reply> list_of(ApiCall& call, const Things& things) {
    std::vector<const Record*> records;
    for (const auto& [id, record] : call.project.all(things.family.type)) {
        if (!fits_labels(call, record, things.wraps_labels)) continue;
        if (things.family.matches != nullptr && !things.family.matches(call, record)) continue;
        records.push_back(&record);
    }
    const auto view = things.family.view;
    json::Array items;
    if (things.is_old) {
        for (const Record* record : records) items.push_back(view(call.project, *record));
        return Reply{.body = json::Object{{std::string(things.family.plural),
                                           json::Object{{std::string(things.one), items}}}}};
    }
    const OffsetPage page = TRY(page_by_offset(call, "offset", "limit", kPages, records));
    for (const Record* record : page.records) items.push_back(view(call.project, *record));
    return Reply{.body = std::move(items),
                 .headers = {{"Upcloud-Total-Count", std::to_string(page.total)}}};
}

base::Result<Reply> show_of(ApiCall& call, const Things& things) {
    const Record* record = TRY(require_thing(call, things));
    return Reply{.body = wrapped(things, things.show(call.project, *record))};
}

base::Result<Reply> create_of(ApiCall& call, const Things& things) {
    Project& project = call.project;
    const json::Value body = TRY(object_of(call, things.is_old ? things.one : ""));
    Record record = json::Object{};
    TRY(read_members(things, body, true, record));
    const std::string_view name = record.string_or("name", "");
    if (things.has_unique_names && project.named(things.family.type, name) != nullptr) {
        return problem(409, "RESOURCE_ALREADY_EXISTS",
                       fmt::format("{} with this name already exists.", things.family.words));
    }
    TRY(require_quota(project, things.family));
    if (things.complete != nullptr) TRY(things.complete(call, record, nullptr));
    const std::int64_t id = project.next_id();
    put(record, "id", id);
    if (things.key == "uuid") put(record, "uuid", new_uuid(project, things.prefix));
    stamp(project, things, record, true);
    project.add(things.family.type, std::move(record));
    take_time(project, things, id, things.making);
    const Record made = *project.find(things.family.type, id);
    if (things.after != nullptr) things.after(project, made);
    return Reply{.status = things.created, .body = wrapped(things, things.show(project, made))};
}

base::Result<Reply> change_of(ApiCall& call, const Things& things) {
    Project& project = call.project;
    const Record before = *TRY(require_thing(call, things));
    const json::Value body = TRY(object_of(call, things.is_old ? things.one : ""));
    Record record = before;
    TRY(read_members(things, body, false, record));
    const Record* other = things.has_unique_names
                              ? project.named(things.family.type, record.string_or("name", ""))
                              : nullptr;
    if (other != nullptr && id_of(*other) != id_of(before)) {
        return problem(409, "RESOURCE_ALREADY_EXISTS",
                       fmt::format("{} with this name already exists.", things.family.words));
    }
    if (things.complete != nullptr) TRY(things.complete(call, record, &before));
    stamp(project, things, record, false);
    project.edit(things.family.type, id_of(before)) = std::move(record);
    if (things.changing.count() > 0) take_time(project, things, id_of(before), things.changing);
    const Record now = *project.find(things.family.type, id_of(before));
    if (things.after != nullptr) things.after(project, now);
    return Reply{.status = things.changed, .body = wrapped(things, things.show(project, now))};
}

base::Result<Reply> remove_of(ApiCall& call, const Things& things) {
    Project& project = call.project;
    const Record gone = *TRY(require_thing(call, things));
    if (things.may_go != nullptr) TRY(things.may_go(call, gone));
    if (things.removing.count() == 0) {
        project.remove(things.family.type, id_of(gone));
        if (things.after != nullptr) things.after(project, gone);
        return Reply{.status = 204};
    }
    put(project.edit(things.family.type, id_of(gone)), things.state, things.going);
    begin_action(project,
                 {.command = kVanish,
                  .resources = {{std::string(things.family.type), id_of(gone)}},
                  .duration = things.removing,
                  .args = json::Object{{"type", things.family.type}, {"id", id_of(gone)}}});
    return Reply{.status = 204};
}

namespace {

void finish(Project& project, const json::Value& args, std::string_view state) {
    const Things* things = things_of(args.string_or("type", ""));
    const std::int64_t id = args.int64_or("id", 0);
    const Record* record = things != nullptr ? project.find(things->family.type, id) : nullptr;
    // It may be on its way out, or have gone.
    if (record == nullptr || record->string_or(things->state, "") == things->going) return;
    put(project.edit(things->family.type, id), things->state,
        state.empty() ? things->ready : state);
}

void vanish(Project& project, const json::Value& args) {
    const Things* things = things_of(args.string_or("type", ""));
    const std::int64_t id = args.int64_or("id", 0);
    if (things == nullptr || project.find(things->family.type, id) == nullptr) return;
    const Record gone = *project.find(things->family.type, id);
    project.remove(things->family.type, id);
    if (things->after != nullptr) things->after(project, gone);
}

constexpr Effect kEffects[] = {
    {.command = kTakeTime,
     .finish = [](Project& project, const json::Value& args) { finish(project, args, ""); },
     .undo = [](Project& project, const json::Value& args) { finish(project, args, "error"); }},
    {.command = kVanish, .finish = vanish, .undo = vanish},
};

}

std::span<const Effect> thing_effects() { return kEffects; }

}
