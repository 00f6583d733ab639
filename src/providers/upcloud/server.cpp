#include "providers/upcloud/server.hpp"

#include "providers/rest/wire.hpp"

#include <algorithm>
#include <array>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

// What a server is stopped for, and is sent together.
constexpr std::array kResting{"plan",      "core_number", "memory_amount", "timezone",
                              "nic_model", "video_model", "boot_order"};
// Recorded are 6 to 20 seconds; a busy host may take longer until it shows that it has begun.
constexpr std::chrono::minutes kShowsWithin{3};

bool is_stopped(const json::Value& server) { return server.string_or("state", "") == "stopped"; }

const json::Array& devices_of(const json::Value& server) {
    static const json::Array kNone;
    const json::Value* all = at_path(server, "storage_devices.storage_device");
    return all != nullptr && all->is_array() ? *all->as_array() : kNone;
}

std::vector<std::string> sorted_texts(const Value& list) {
    std::vector<std::string> out;
    if (const Value::Array* items = list.as_array()) {
        for (const Value& item : *items) out.push_back(id_text(&item));
    }
    std::ranges::sort(out);
    return out;
}

std::chrono::milliseconds grace_of(const Value& inputs) {
    const Value& grace = field_of(inputs, "shutdown_grace");
    double seconds = 0;
    if (const std::int64_t* whole = grace.as_integer()) seconds = static_cast<double>(*whole);
    if (const value::Rational* exact = grace.as_rational()) seconds = exact->to_double();
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Call hard_stop(const json::Value& server) {
    Call out = server_call(server, "stop:hard", "POST", "/stop",
                           json::Object{{"stop_server", json::Object{{"stop_type", "hard"}}}});
    out.shows_within = kShowsWithin;
    return out;
}

// Its system is asked to stop; if it does not within the grace, the power is cut.
Call stop_call(const UpdateContext& update) {
    Call hard = hard_stop(update.object);
    Call soft = server_call(update.object, "stop:soft", "POST", "/stop",
                            json::Object{{"stop_server", json::Object{{"stop_type", "soft"}}}});
    soft.grace = grace_of(update.wanted());
    const bool is_cut = soft.grace.count() == 0 || update.named == hard.name ||
                        update.made == soft.name || update.made == hard.name;
    return is_cut ? hard : soft;
}

Call start_call(const json::Value& server) {
    Call out = server_call(server, "start", "POST", "/start");
    out.shows_within = kShowsWithin;
    return out;
}

json::Value write_member(std::string_view name, const Value& wanted) {
    const bool is_number = name == "core_number" || name == "memory_amount";
    return is_number ? number_as_text().write(wanted) : to_json(wanted);
}

// What of a server that rests is otherwise than it is to be.
json::Object resting_changes(const UpdateContext& update) {
    json::Object out;
    for (const char* name : kResting) {
        const Value& wanted = field_of(update.wanted(), name);
        if (wanted.is_null() || wanted.same_as(field_of(update.shown, name))) continue;
        out.set(name, write_member(name, wanted));
    }
    return out;
}

Call attach_call(const json::Value& server, const std::string& storage) {
    Call call = server_call(server, "attach", "POST", "/storage/attach",
                            json::Object{{"storage_device", json::Object{{"type", "disk"},
                                                                         {"address", "virtio"},
                                                                         {"storage", storage}}}});
    call.name += ":" + storage;
    return call;
}

Call detach_call(const json::Value& server, const json::Value& device) {
    Call call = server_call(
        server, "detach", "POST", "/storage/detach",
        json::Object{
            {"storage_device",
             json::Object{{"address", member_of(device, "address").as_string()->c_str()}}}});
    call.name += ":" + std::string(device.string_or("storage", ""));
    return call;
}

std::optional<Call> next_storage_call(const UpdateContext& update) {
    const Value& field = field_of(update.wanted(), "storages");
    const bool is_released = is_taken_away(update.wanted(), "storages");
    if (field.as_array() == nullptr && !is_released) return std::nullopt;
    const std::vector<std::string> wanted = sorted_texts(field);
    const std::vector<std::string> before = sorted_texts(field_of(update.intent.prior, "storages"));
    for (const json::Value& device : devices_of(update.object)) {
        const std::string storage(device.string_or("storage", ""));
        if (device.string_or("address", "") == kDiskPlace) continue;
        if (std::ranges::binary_search(wanted, storage)) continue;
        // Let go is what the program had attached; others may have attached the rest.
        if (is_released && !std::ranges::binary_search(before, storage)) continue;
        return detach_call(update.object, device);
    }
    const std::vector<std::string> there = sorted_texts(show_storages(update.object));
    for (const std::string& storage : wanted) {
        if (!std::ranges::binary_search(there, storage)) return attach_call(update.object, storage);
    }
    return std::nullopt;
}

std::optional<Call> next_group_call(const UpdateContext& update) {
    const std::string& wanted = text_of(update.wanted(), "server_group");
    const std::string& now = text_of(update.shown, "server_group");
    const bool is_left = wanted.empty() && !is_taken_away(update.wanted(), "server_group");
    if (wanted == now || is_left) return std::nullopt;
    Call call;
    call.path = "/server-group/" + (now.empty() ? wanted : now) + "/servers";
    const std::string uuid(update.key);
    if (!now.empty()) {
        call.name = "leave_group:" + now;
        call.method = "DELETE";
        call.path += "/" + uuid;
        return call;
    }
    call.name = "join_group:" + wanted;
    call.method = "POST";
    call.body = json::Object{{"server", json::Object{{"uuid", uuid}}}};
    return call;
}

std::optional<Call> next_disk_call(const UpdateContext& update) {
    const Value& wanted = field_of(update.wanted(), "disk_size");
    const json::Value* disk = disk_of(update.object);
    if (wanted.is_null() || disk == nullptr ||
        wanted.same_as(field_of(update.shown, "disk_size"))) {
        return std::nullopt;
    }
    Call call;
    call.name = "grow_disk";
    call.method = "PUT";
    call.path = "/storage/" + std::string(disk->string_or("storage", ""));
    call.body = json::Object{{"storage", json::Object{{"size", to_json(wanted)}}}};
    return call;
}

// What the server has to be stopped for.
std::optional<Call> next_resting_call(const UpdateContext& update) {
    json::Object changes = resting_changes(update);
    if (!changes.empty()) {
        return server_call(update.object, "configure", "PUT", "",
                           json::Object{{"server", std::move(changes)}});
    }
    if (auto call = next_disk_call(update)) return call;
    return next_interface_call(update);
}

}

Call server_call(const json::Value& server, const char* name, std::string method,
                 const std::string& below, json::Value body) {
    Call call;
    call.name = name;
    call.method = std::move(method);
    call.path = "/server/" + std::string(server.string_or("uuid", "")) + below;
    call.body = std::move(body);
    return call;
}

Progress server_progress(const json::Value& server) {
    Progress out;
    const std::string_view state = server.string_or("state", "started");
    if (state == "started" || state == "stopped") out.kind = Progress::Kind::Done;
    if (state == "error") {
        out.kind = Progress::Kind::Failed;
        out.code = "error";
        out.message = "the server is in an error";
    }
    return out;
}

const json::Value* disk_of(const json::Value& server) {
    for (const json::Value& device : devices_of(server)) {
        if (device.string_or("address", "") == kDiskPlace) return &device;
    }
    return nullptr;
}

Value show_storages(const json::Value& server) {
    Value::Array out;
    for (const json::Value& device : devices_of(server)) {
        const bool is_disk = device.string_or("type", "disk") == "disk";
        if (!is_disk || device.string_or("address", "") == kDiskPlace) continue;
        out.push_back(member_of(device, "storage"));
    }
    return out;
}

bool are_same_storages(const Value& wanted, const Value& shown) {
    if (wanted.as_array() == nullptr || shown.as_array() == nullptr || wanted.has_unknown()) {
        return wanted.same_as(shown);
    }
    return sorted_texts(wanted) == sorted_texts(shown);
}

void complete_server_body(const Value& inputs, json::Object& body) {
    json::Object disk{{"action", "clone"},
                      {"address", kDiskPlace},
                      {"storage", text_of(inputs, "template")},
                      {"title", text_of(inputs, "hostname") + "-os"},
                      {"tier", text_of(inputs, "disk_tier")},
                      {"encrypted", yes_or_no().write(field_of(inputs, "disk_encrypted"))}};
    if (is_set(inputs, "disk_size")) disk.set("size", to_json(field_of(inputs, "disk_size")));
    body.set("storage_devices", json::Object{{"storage_device", json::Array{std::move(disk)}}});
    body.set("networking", interfaces_to_json(field_of(inputs, "interfaces")));
    const Value& login = field_of(inputs, "login_user");
    if (login.is_null()) return;
    json::Array keys;
    for (const Value& key : items_of(login, "ssh_keys")) keys.push_back(to_json(key));
    body.set("login_user", json::Object{{"username", text_of(login, "username")},
                                        {"create_password",
                                         yes_or_no().write(field_of(login, "create_password"))},
                                        {"ssh_keys", json::Object{{"ssh_key", std::move(keys)}}}});
}

// First what a running server takes, then what it rests for, then its power.
std::optional<Call> next_server_call(const UpdateContext& update) {
    if (auto call = next_storage_call(update)) return call;
    if (auto call = next_group_call(update)) return call;
    const bool wants_rest = text_of(update.wanted(), "power") == "off";
    if (auto call = next_resting_call(update)) {
        if (is_stopped(update.object)) return call;
        // A bigger plan may be taken while it runs, where its host has the room.
        const json::Value* body = call->body.find("server");
        const bool is_plan_only =
            body != nullptr && body->as_object()->size() == 1 && body->find("plan") != nullptr;
        if (flag_of(update.wanted(), "hot_resize") && is_plan_only && !wants_rest) {
            call->name = "resize";
            return call;
        }
        return stop_call(update);
    }
    if (wants_rest != is_stopped(update.object)) {
        return wants_rest ? stop_call(update) : start_call(update.object);
    }
    return std::nullopt;
}

// It was stopped for a change that was refused.
std::optional<Call> start_again(const UpdateContext& update) {
    const bool was_running = text_of(update.intent.prior, "power") != "off";
    if (!was_running || !is_stopped(update.object)) return std::nullopt;
    return start_call(update.object);
}

// What is to be deleted rests before, and lets go what others have declared.
base::Result<std::optional<Call>> release_storages(const json::Value& server, const Value&,
                                                   const RestType::Ask&) {
    const std::string_view state = server.string_or("state", "");
    if (state == "started") return std::optional(hard_stop(server));
    for (const json::Value& device : devices_of(server)) {
        if (device.string_or("address", "") != kDiskPlace) {
            return std::optional(detach_call(server, device));
        }
    }
    return std::optional<Call>();
}

}
