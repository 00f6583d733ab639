#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

namespace sandbox::upcloud {
namespace {

constexpr std::string_view kOnline = "storage_online";
constexpr std::chrono::seconds kAfterDetach{2};

// Lists leave out what takes a look at the storage itself.
json::Value view(const Project& project, const Record& storage) {
    json::Value out = view_thing(project, storage);
    out.as_object()->remove("backup_rule");
    return out;
}

json::Value detail(const Project& project, const Record& storage) {
    json::Value out = view_thing(project, storage);
    json::Array servers;
    if (const Record* server = server_with(project, storage.string_or("uuid", ""))) {
        servers.emplace_back(server->string_or("uuid", ""));
    }
    put(out, "servers", json::Object{{"server", std::move(servers)}});
    put(out, "backups", json::Object{{"backup", json::Array{}}});
    return out;
}

base::Result<void> check_rule(const json::Value& rule) {
    if (rule.as_object()->empty()) return {};
    for (const char* name : {"interval", "time", "retention"}) {
        if (rule.find(name) == nullptr) {
            return old_refusal("BACKUP_RULE_INVALID",
                               fmt::format("The backup rule has no {}.", name));
        }
    }
    return {};
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    Project& project = call.project;
    TRY(check_rule(*wanted.find("backup_rule")));
    if (before == nullptr) {
        TRY(require_zone(wanted.string_or("zone", "")));
        for (const auto& [name, value] :
             std::initializer_list<std::pair<const char*, const char*>>{{"access", "private"},
                                                                        {"type", "normal"},
                                                                        {"state", "online"},
                                                                        {"part_of_plan", "no"}}) {
            put(wanted, name, value);
        }
        put(wanted, "license", 0);
        put(wanted, "created", project.now_text());
        return {};
    }
    TRY(require_online(*before));
    if (wanted.int64_or("size", 0) < before->int64_or("size", 0)) {
        return old_refusal("SIZE_INVALID", "A storage cannot become smaller.");
    }
    const Record* server = server_with(project, before->string_or("uuid", ""));
    const bool grows = wanted.int64_or("size", 0) != before->int64_or("size", 0);
    if (grows && server != nullptr) TRY(require_stopped(project, *server));
    const json::Value* rule = wanted.find("backup_rule");
    if (server != nullptr && !rule->as_object()->empty() &&
        server->string_or("simple_backup", "no") != "no") {
        return old_refusal("BACKUP_RULE_CONFLICT", "Its server has a simple backup.");
    }
    return {};
}

base::Result<void> may_go(ApiCall& call, const Record& storage) {
    TRY(require_online(storage));
    if (server_with(call.project, storage.string_or("uuid", "")) == nullptr) return {};
    return old_refusal("STORAGE_ATTACHED", fmt::format("The storage {} is attached to a server.",
                                                       storage.string_or("uuid", "")));
}

// "/storage/private/normal": words of access and of type, in that order.
base::Result<Reply> list(ApiCall& call) {
    json::Array out;
    const auto is_wanted = [&](std::string_view access, std::string_view type) {
        for (const char* name : {"access", "type"}) {
            if (call.parameters.find(name) == nullptr) continue;
            const std::string word(call.parameters.text(name));
            const bool is_access = word == "public" || word == "private";
            if (word != (is_access ? access : type)) return false;
        }
        return true;
    };
    for (const json::Value& one : public_templates()) {
        const bool is_asked = call.query.all("label").empty();
        if (is_asked && is_wanted("public", "template")) out.push_back(one);
    }
    for (const auto& [id, storage] : call.project.all("storage")) {
        if (is_wanted("private", storage.string_or("type", "")) &&
            fits_labels(call, storage, false)) {
            out.push_back(view(call.project, storage));
        }
    }
    return Reply{.body = json::Object{{"storages", json::Object{{"storage", std::move(out)}}}}};
}

base::Result<Reply> show_or_list(ApiCall& call) {
    const std::string uuid(call.parameters.text("uuid"));
    for (const char* word : {"public", "private", "normal", "backup", "cdrom", "template"}) {
        if (uuid != word) continue;
        call.parameters.add({.name = "access", .text = uuid, .number = {}});
        return list(call);
    }
    if (auto known = public_template(uuid)) {
        return Reply{.body = json::Object{{"storage", std::move(*known)}}};
    }
    return show_of(call, kStorages);
}

constexpr Member kMembers[] = {
    {.name = "title", .is_required = true, .code = "STORAGE_TITLE", .least = 1, .most = 255},
    {.name = "size", .kind = Member::Kind::Number, .is_required = true, .least = 1, .most = 4096},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "tier", .is_fixed = true, .fallback = "\"hdd\"", .choices = "maxiops|standard|hdd"},
    {.name = "encrypted", .kind = Member::Kind::YesNo, .is_fixed = true, .fallback = "\"no\""},
    {.name = "backup_rule", .kind = Member::Kind::Record, .fallback = "{}"},
};

constexpr Route kRoutes[] = {
    {"GET", "/storage", list},
    {"POST", "/storage", create_one<kStorages>},
    {"GET", "/storage/{uuid}", show_or_list},
    {"GET", "/storage/{access}/{type}", list},
    {"PUT", "/storage/{uuid}", change_one<kStorages>},
    {"DELETE", "/storage/{uuid}", remove_one<kStorages>},
};

constexpr Effect kEffects[] = {
    {.command = kOnline, .finish = [](Project& project, const json::Value& args) {
         const std::int64_t id = args.int64_or("storage", 0);
         if (project.find("storage", id) != nullptr) {
             put(project.edit("storage", id), "state", "online");
         }
     }}};

}

constexpr Things kStorages{.family = {.type = "storage",
                                      .plural = "storages",
                                      .words = "storage",
                                      .sorts = {},
                                      .view = view},
                           .one = "storage",
                           .prefix = "01",
                           .code = "STORAGE",
                           .members = kMembers,
                           .changed = 202,
                           .complete = complete,
                           .may_go = may_go,
                           .detail = detail};

std::string add_storage(Project& project, const NewStorage& wanted) {
    const std::string uuid = new_uuid(project, kStorages.prefix);
    project.add("storage", json::Object{{"id", project.next_id()},
                                        {"uuid", uuid},
                                        {"title", wanted.title},
                                        {"size", wanted.size},
                                        {"zone", wanted.zone},
                                        {"tier", wanted.tier},
                                        {"encrypted", wanted.encrypted},
                                        {"access", "private"},
                                        {"type", "normal"},
                                        {"state", "online"},
                                        {"part_of_plan", "no"},
                                        {"license", 0},
                                        {"created", project.now_text()},
                                        {"backup_rule", json::Object{}},
                                        {"labels", json::Array{}}});
    return uuid;
}

const Record* server_with(const Project& project, std::string_view storage) {
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& device : *server.find("_devices")->as_array()) {
            if (device.string_or("storage", "") == storage) return &server;
        }
    }
    return nullptr;
}

void let_storage_rest(Project& project, std::int64_t storage) {
    put(project.edit("storage", storage), "state", "maintenance");
    begin_timer(project, kOnline, kAfterDetach, json::Object{{"storage", storage}});
}

base::Result<void> require_online(const Record& storage) {
    if (storage.string_or("state", "") == "online") return {};
    return old_refusal("STORAGE_STATE_ILLEGAL",
                       fmt::format("The storage {} is in the state {}.",
                                   storage.string_or("uuid", ""), storage.string_or("state", "")));
}

std::span<const Route> storage_routes() { return kRoutes; }
std::span<const Effect> storage_effects() { return kEffects; }

}
