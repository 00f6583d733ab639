#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

#include <array>

// Servers: what they are made of, what they show, and what may be changed when.
namespace sandbox::upcloud {
namespace {

constexpr std::array kResting{"plan",      "core_number", "memory_amount", "timezone",
                              "nic_model", "video_model", "boot_order"};

// Lists show neither interfaces nor storages.
json::Value view(const Project&, const Record& server) {
    json::Object out;
    for (const char* name :
         {"uuid", "title", "hostname", "zone", "plan", "core_number", "memory_amount", "state",
          "created", "labels", "tags", "license", "server_group", "simple_backup"}) {
        if (const json::Value* value = server.find(name)) out.set(name, *value);
    }
    return out;
}

json::Array show_devices(const Project& project, const Record& server) {
    json::Array out;
    for (const json::Value& device : *server.find("_devices")->as_array()) {
        const Record* storage = project.find_by("storage", "uuid", device.string_or("storage", ""));
        if (storage == nullptr) continue;
        json::Value shown = device;
        put(shown, "storage_size", storage->int64_or("size", 0));
        put(shown, "storage_tier", storage->string_or("tier", ""));
        put(shown, "storage_title", storage->string_or("title", ""));
        put(shown, "storage_encrypted", storage->string_or("encrypted", "no"));
        put(shown, "part_of_plan", "yes");
        put(shown, "labels", *storage->find("labels"));
        out.push_back(std::move(shown));
    }
    return out;
}

json::Array show_addresses(const Record& server) {
    json::Array out;
    for (const json::Value& one : *server.find("_interfaces")->as_array()) {
        const std::string type(one.string_or("type", ""));
        if (type == "private") continue;
        for (const json::Value& ip : *one.find("ip_addresses", "ip_address")->as_array()) {
            out.push_back(json::Object{{"access", type},
                                       {"address", ip.string_or("address", "")},
                                       {"family", ip.string_or("family", "")}});
        }
    }
    return out;
}

base::Result<void> complete_size(Record& wanted) {
    const std::string plan(wanted.string_or("plan", "custom"));
    put(wanted, "plan", plan);
    if (plan == "custom") {
        if (wanted.find("core_number") == nullptr) put(wanted, "core_number", "1");
        if (wanted.find("memory_amount") == nullptr) put(wanted, "memory_amount", "1024");
        return {};
    }
    const auto size = size_of_plan(plan);
    if (!size) return old_refusal("PLAN_INVALID", fmt::format("There is no plan {}.", plan));
    put(wanted, "core_number", std::to_string(size->cores));
    put(wanted, "memory_amount", std::to_string(size->memory));
    return {};
}

// What a device of a new server is made from.
base::Result<json::Value> make_device(ApiCall& call, const json::Value& wanted,
                                      const Record& server, std::size_t place) {
    Project& project = call.project;
    const std::string action(wanted.string_or("action", "create"));
    const std::string zone(server.string_or("zone", ""));
    const std::string source(wanted.string_or("storage", ""));
    std::string address(wanted.string_or("address", "virtio"));
    if (address.find(':') == std::string::npos) address += fmt::format(":{}", place);
    std::string storage = source;
    if (action == "attach") {
        const Record* there = TRY(require_thing(project, kStorages, source));
        TRY(require_online(*there));
        if (server_with(project, source) != nullptr) {
            return old_refusal("STORAGE_ATTACHED_AS_DISK", "The storage is attached.");
        }
    } else {
        const auto known = public_template(source);
        if (action == "clone" && !known) TRY(require_thing(project, kStorages, source));
        const std::int64_t least = known ? known->int64_or("size", 1) : 1;
        const auto size = size_of_plan(server.string_or("plan", ""));
        const json::Value* given = wanted.find("size");
        std::int64_t gib = size && action == "clone" ? size->storage : least;
        if (given != nullptr && given->as_int64() != nullptr) gib = *given->as_int64();
        if (gib < least) return old_refusal("SIZE_INVALID", "The template needs more room.");
        storage =
            add_storage(project, {.title = std::string(wanted.string_or("title", "")),
                                  .size = gib,
                                  .zone = zone,
                                  .tier = std::string(wanted.string_or("tier", "maxiops")),
                                  .encrypted = std::string(wanted.string_or("encrypted", "no"))});
    }
    return json::Value(json::Object{{"address", address},
                                    {"storage", storage},
                                    {"type", wanted.string_or("type", "disk")},
                                    {"boot_disk", "0"}});
}

base::Result<void> check_templates(const Record& wanted, const json::Array& devices) {
    for (const json::Value& device : devices) {
        const auto known = public_template(device.string_or("storage", ""));
        if (known && known->string_or("template_type", "") == "cloud-init" &&
            wanted.string_or("metadata", "no") != "yes") {
            return old_refusal("METADATA_DISABLED_ON_CLOUD-INIT",
                               "Metadata has to be on for cloud-init templates.");
        }
        const bool asks_password =
            wanted.find("login_user") != nullptr &&
            wanted.find("login_user")->string_or("create_password", "no") == "yes";
        if (known && known->string_or("template_type", "") == "cloud-init" && asks_password) {
            return old_refusal("CAN_NOT_CREATE_PASSWORD_FOR_THE_SELECTED_DISTRIBUTION",
                               "A password cannot be created for it.");
        }
    }
    return {};
}

base::Result<void> complete_new(ApiCall& call, Record& wanted) {
    Project& project = call.project;
    TRY(require_zone(wanted.string_or("zone", "")));
    TRY(complete_size(wanted));
    const json::Value* devices = wanted.find("storage_devices", "storage_device");
    if (devices == nullptr || !devices->is_array() || devices->as_array()->empty()) {
        return old_refusal("STORAGE_DEVICES_MISSING", "A server has a storage at least.");
    }
    TRY(check_templates(wanted, *devices->as_array()));
    json::Array interfaces;
    const json::Value* asked = wanted.find("networking");
    asked = asked != nullptr ? asked->find("interfaces", "interface") : nullptr;
    if (asked != nullptr && asked->is_array()) {
        for (const json::Value& one : *asked->as_array()) {
            const auto index = static_cast<std::int64_t>(interfaces.size()) + 1;
            interfaces.push_back(
                TRY(make_interface(project, one, wanted.string_or("zone", ""), index)));
        }
    }
    json::Array made;
    for (const json::Value& one : *devices->as_array()) {
        made.push_back(TRY(make_device(call, one, wanted, made.size())));
    }
    if (const json::Value* user = wanted.find("login_user");
        user != nullptr && user->string_or("create_password", "no") == "yes") {
        put(wanted, "_password", project.draw_text(16));
    }
    for (const char* name :
         {"storage_devices", "networking", "login_user", "user_data", "password_delivery"}) {
        wanted.as_object()->remove(name);
    }
    put(wanted, "_devices", std::move(made));
    put(wanted, "_interfaces", std::move(interfaces));
    put(wanted, "tags", json::Object{{"tag", json::Array{}}});
    put(wanted, "license", 0);
    put(wanted, "created",
        std::chrono::duration_cast<std::chrono::seconds>(project.now.time_since_epoch()).count());
    if (wanted.find("server_group") == nullptr) put(wanted, "server_group", nullptr);
    return {};
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    if (before == nullptr) return complete_new(call, wanted);
    TRY(require_calm(call.project, *before));
    bool rests = false;
    bool is_plan_only = true;
    for (const char* name : kResting) {
        const json::Value* now = before->find(name);
        const json::Value* then = wanted.find(name);
        if (then == nullptr || (now != nullptr && *now == *then)) continue;
        rests = true;
        is_plan_only = is_plan_only && std::string_view(name) == "plan";
    }
    const bool was_custom = before->string_or("plan", "") == "custom";
    TRY(complete_size(wanted));
    if (!rests) return {};
    // A running server takes a plan that is bigger.
    const auto memory = [](const Record& one) {
        return std::stoll(std::string(one.string_or("memory_amount", "0")));
    };
    const bool is_hot = is_plan_only && !was_custom && memory(wanted) >= memory(*before) &&
                        before->string_or("state", "") == "started";
    if (!is_hot) TRY(require_stopped(call.project, *before));
    return {};
}

base::Result<Reply> create(ApiCall& call) {
    Reply reply = TRY(create_of(call, kServers));
    json::Value* server = reply.body.as_object()->find("server");
    const Record* record = call.project.find_by("server", "uuid", server->string_or("uuid", ""));
    if (const json::Value* password = record->find("_password")) {
        put(*server, "password", *password);
        put(*server, "username", "root");
    }
    return reply;
}

base::Result<Reply> remove(ApiCall& call) {
    Project& project = call.project;
    const Record server = *TRY(require_thing(call, kServers));
    TRY(require_stopped(project, server));
    const bool takes_storages = call.query.find("storages") == "1";
    project.remove("server", id_of(server));
    for (const json::Value& device : *server.find("_devices")->as_array()) {
        const Record* storage = project.find_by("storage", "uuid", device.string_or("storage", ""));
        if (takes_storages && storage != nullptr) project.remove("storage", id_of(*storage));
    }
    return Reply{.status = 204};
}

using Kind = Member::Kind;
constexpr Member kMembers[] = {
    {.name = "title", .is_required = true, .code = "SERVER_TITLE", .least = 1, .most = 255},
    {.name = "hostname", .is_required = true, .least = 1, .most = 128},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "plan"},
    {.name = "core_number", .kind = Kind::NumberText, .least = 1, .most = 20},
    {.name = "memory_amount", .kind = Kind::NumberText, .least = 1024, .most = 131'072},
    {.name = "storage_devices", .kind = Kind::Record, .is_required = true, .is_fixed = true},
    {.name = "networking", .kind = Kind::Record, .is_fixed = true},
    {.name = "firewall", .fallback = "\"off\"", .choices = "on|off"},
    {.name = "metadata", .kind = Kind::YesNo, .fallback = "\"no\""},
    {.name = "login_user", .kind = Kind::Record, .is_fixed = true},
    {.name = "password_delivery", .is_fixed = true, .choices = "none|email|sms"},
    {.name = "user_data", .is_fixed = true},
    {.name = "boot_order", .fallback = "\"disk\""},
    {.name = "nic_model", .fallback = "\"virtio\"", .choices = "virtio|e1000|rtl8139"},
    {.name = "video_model", .fallback = "\"cirrus\"", .choices = "vga|cirrus"},
    {.name = "timezone", .fallback = "\"UTC\""},
    {.name = "simple_backup", .fallback = "\"no\""},
    {.name = "server_group", .is_fixed = true},
    {.name = "remote_access_enabled", .kind = Kind::YesNo, .fallback = "\"no\""},
};

constexpr Route kRoutes[] = {
    {"GET", "/server", list_them<kServers>},       {"POST", "/server", create},
    {"GET", "/server/{uuid}", show_one<kServers>}, {"PUT", "/server/{uuid}", change_one<kServers>},
    {"DELETE", "/server/{uuid}", remove},
};

}

json::Value show_server(const Project& project, const Record& server) {
    json::Value out = view_thing(project, server);
    put(out, "storage_devices", json::Object{{"storage_device", show_devices(project, server)}});
    put(out, "networking",
        json::Object{{"interfaces", json::Object{{"interface", *server.find("_interfaces")}}}});
    put(out, "ip_addresses", json::Object{{"ip_address", show_addresses(server)}});
    return out;
}

base::Result<void> require_calm(const Project& project, const Record& server) {
    const std::string_view state = server.string_or("state", "");
    if (state != "maintenance" && !is_locked(project, "server", id_of(server))) return {};
    return old_refusal(
        "SERVER_STATE_ILLEGAL",
        fmt::format("The server {} is in the state 'maintenance'.", server.string_or("uuid", "")));
}

base::Result<void> require_stopped(const Project& project, const Record& server) {
    TRY(require_calm(project, server));
    const std::string_view state = server.string_or("state", "");
    if (state == "stopped") return {};
    return old_refusal("SERVER_STATE_ILLEGAL",
                       fmt::format("The server {} is in the state '{}', not in 'stopped'.",
                                   server.string_or("uuid", ""), state));
}

constexpr Things kServers{
    .family = {.type = "server", .plural = "servers", .words = "server", .sorts = {}, .view = view},
    .one = "server",
    .prefix = "00",
    .code = "SERVER",
    .members = kMembers,
    .wraps_labels = true,
    .created = 202,
    .changed = 202,
    .state = "state",
    .ready = "started",
    .working = "maintenance",
    .making = std::chrono::seconds(23),
    .complete = complete,
    .detail = show_server};

std::span<const Route> server_routes() { return kRoutes; }

}
