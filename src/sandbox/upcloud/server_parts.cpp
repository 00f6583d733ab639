#include "sandbox/upcloud/families.hpp"

#include "sandbox/kit/address.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

// The storages and the interfaces of a server.
namespace sandbox::upcloud {
namespace {

constexpr std::size_t kMostDevices = 16;
constexpr const char* kUtility = "03000000-0000-4000-8001-000000000000";
constexpr const char* kPublic = "03000000-0000-4000-8002-000000000000";

Reply answer(ApiCall& call, const Record& server) {
    return {.body = json::Object{{"server", show_server(call.project, server)}}};
}

// "virtio" becomes the next free place of that bus.
base::Result<std::string> free_place(const Record& server, std::string wanted) {
    std::set<std::string, std::less<>> taken;
    for (const json::Value& device : *server.find("_devices")->as_array()) {
        taken.insert(std::string(device.string_or("address", "")));
    }
    if (wanted.find(':') != std::string::npos) {
        if (!taken.contains(wanted)) return wanted;
        return old_refusal("DEVICE_ADDRESS_IN_USE", fmt::format("{} is in use.", wanted));
    }
    for (std::size_t i = 0; i < kMostDevices; ++i) {
        std::string place = fmt::format("{}:{}", wanted, i);
        if (!taken.contains(place)) return place;
    }
    return old_refusal("STORAGE_DEVICE_LIMIT_REACHED", "No place is free.");
}

base::Result<Reply> attach(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_calm(project, *server));
    const json::Value device = TRY(object_of(call, "storage_device"));
    const std::string uuid(device.string_or("storage", ""));
    if (public_template(uuid)) {
        return old_refusal("PUBLIC_STORAGE_ATTACH", "A public storage cannot be attached.");
    }
    const Record* storage = TRY(require_thing(project, kStorages, uuid));
    TRY(require_online(*storage));
    if (storage->string_or("zone", "") != server->string_or("zone", "")) {
        return old_refusal("ZONE_MISMATCH", "The storage is in another zone.");
    }
    if (server_with(project, uuid) != nullptr) {
        return old_refusal("STORAGE_ATTACHED_AS_DISK", "The storage is attached.");
    }
    const std::string bus(device.string_or("address", "virtio"));
    if (bus.starts_with("ide")) TRY(require_stopped(project, *server));
    const std::string place = TRY(free_place(*server, bus));
    list_in(project.edit("server", id_of(*server)), "_devices")
        .push_back(json::Object{{"address", place},
                                {"storage", uuid},
                                {"type", device.string_or("type", "disk")},
                                {"boot_disk", "0"}});
    return answer(call, *project.find("server", id_of(*server)));
}

base::Result<Reply> detach(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_calm(project, *server));
    const json::Value wanted = TRY(object_of(call, "storage_device"));
    const std::string place(wanted.string_or("address", ""));
    json::Array& devices = list_in(project.edit("server", id_of(*server)), "_devices");
    const auto device = std::ranges::find_if(
        devices, [&](const json::Value& one) { return one.string_or("address", "") == place; });
    if (device == devices.end()) {
        return old_refusal("DEVICE_ADDRESS_NOT_IN_USE", fmt::format("{} is free.", place));
    }
    const Record* storage = project.find_by("storage", "uuid", device->string_or("storage", ""));
    devices.erase(device);
    if (storage != nullptr) let_storage_rest(project, id_of(*storage));
    return answer(call, *project.find("server", id_of(*server)));
}

bool is_taken(const Project& project, std::string_view network, std::string_view address) {
    for (const auto& [id, server] : project.all("server")) {
        for (const json::Value& one : *server.find("_interfaces")->as_array()) {
            if (one.string_or("network", "") != network) continue;
            for (const json::Value& ip : *one.find("ip_addresses", "ip_address")->as_array()) {
                if (ip.string_or("address", "") == address) return true;
            }
        }
    }
    return false;
}

// In a private network: the wanted, or the first that is free behind the gateway's.
base::Result<std::string> place_in(const Project& project, const Record& network,
                                   std::string wanted) {
    const std::string uuid(network.string_or("uuid", ""));
    const json::Value& range = network.find("ip_networks", "ip_network")->as_array()->front();
    const std::string text(range.string_or("address", ""));
    const std::size_t slash = text.find('/');
    const auto base = parse_ipv4(text.substr(0, slash));
    const int bits = std::atoi(text.substr(slash + 1).c_str());
    if (!base) return old_refusal("IP_ADDRESS_RESOURCES_UNAVAILABLE", "No address is free.");
    const Net4 net{.base = *base & (~std::uint32_t{0} << (32 - bits)), .bits = bits};
    if (!wanted.empty()) {
        const auto address = parse_ipv4(wanted);
        if (!address || !net.contains(*address) || is_taken(project, uuid, wanted)) {
            return old_refusal("IP_ADDRESS_INVALID", fmt::format("{} is not free there.", wanted));
        }
        return wanted;
    }
    for (std::uint32_t at = net.base + 2; at < net.last(); ++at) {
        std::string address = format_ipv4(at);
        if (!is_taken(project, uuid, address)) return address;
    }
    return old_refusal("IP_ADDRESS_RESOURCES_UNAVAILABLE", "No address is free.");
}

std::string platform_address(Project& project, std::string_view type, bool is_v6) {
    const std::int64_t count = project.count(is_v6 ? "ipv6" : "ipv4");
    if (is_v6) return fmt::format("2001:db8:1::{:x}", count);
    const auto offset = static_cast<std::uint32_t>(count);
    constexpr std::uint32_t kUtilityBase = (10U << 24U) | (1U << 16U);
    constexpr std::uint32_t kPublicBase = (198U << 24U) | (18U << 16U);
    return format_ipv4((type == "utility" ? kUtilityBase : kPublicBase) + offset);
}

std::string new_mac(Project& project) {
    const std::uint64_t bits = project.draw();
    return fmt::format("6e:d7:{:02x}:{:02x}:{:02x}:{:02x}", bits & 255, (bits >> 8) & 255,
                       (bits >> 16) & 255, (bits >> 24) & 255);
}

base::Result<Reply> networking(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    const json::Value shown = show_server(call.project, *server);
    return Reply{.body = json::Object{{"networking", *shown.find("networking")}}};
}

base::Result<Reply> add_interface(ApiCall& call) {
    Project& project = call.project;
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_stopped(project, *server));
    const json::Value wanted = TRY(object_of(call, "interface"));
    std::set<std::int64_t> taken;
    for (const json::Value& one : *server->find("_interfaces")->as_array()) {
        taken.insert(one.int64_or("index", 0));
    }
    std::int64_t index = 1;
    while (taken.contains(index)) ++index;
    json::Value made = TRY(make_interface(project, wanted, server->string_or("zone", ""), index));
    list_in(project.edit("server", id_of(*server)), "_interfaces").push_back(made);
    return Reply{.status = 201, .body = json::Object{{"interface", std::move(made)}}};
}

// The server's interface of the path's index, to be changed.
base::Result<json::Value*> interface_of(ApiCall& call) {
    const Record* server = TRY(require_thing(call, kServers));
    TRY(require_stopped(call.project, *server));
    const std::string index(call.parameters.text("index"));
    json::Array& all = list_in(call.project.edit("server", id_of(*server)), "_interfaces");
    for (json::Value& one : all) {
        if (std::to_string(one.int64_or("index", 0)) == index) return &one;
    }
    return old_refusal("INTERFACE_NOT_FOUND", fmt::format("There is no interface {}.", index));
}

base::Result<Reply> change_interface(ApiCall& call) {
    json::Value* one = TRY(interface_of(call));
    const json::Value wanted = TRY(object_of(call, "interface"));
    for (const char* name : {"source_ip_filtering", "bootable"}) {
        if (const json::Value* value = wanted.find(name)) put(*one, name, *value);
    }
    return Reply{.body = json::Object{{"interface", *one}}};
}

base::Result<Reply> remove_interface(ApiCall& call) {
    const json::Value* one = TRY(interface_of(call));
    const std::int64_t index = one->int64_or("index", 0);
    const Record* server = TRY(require_thing(call, kServers));
    std::erase_if(list_in(call.project.edit("server", id_of(*server)), "_interfaces"),
                  [&](const json::Value& other) { return other.int64_or("index", 0) == index; });
    return Reply{.status = 204};
}

constexpr Route kRoutes[] = {
    {"POST", "/server/{uuid}/storage/attach", attach},
    {"POST", "/server/{uuid}/storage/detach", detach},
    {"GET", "/server/{uuid}/networking", networking},
    {"POST", "/server/{uuid}/networking/interface", add_interface},
    {"PUT", "/server/{uuid}/networking/interface/{index}", change_interface},
    {"DELETE", "/server/{uuid}/networking/interface/{index}", remove_interface},
};

}

base::Result<json::Value> make_interface(Project& project, const json::Value& wanted,
                                         std::string_view zone, std::int64_t index) {
    const std::string type(wanted.string_or("type", ""));
    if (type != "public" && type != "utility" && type != "private") {
        return old_refusal("NETWORK_TYPE_INVALID", "The type of an interface is unknown.");
    }
    const json::Value* ips = wanted.find("ip_addresses", "ip_address");
    const json::Value asked = ips != nullptr && ips->is_array() && !ips->as_array()->empty()
                                  ? ips->as_array()->front()
                                  : json::Value(json::Object{});
    const std::string family(asked.string_or("family", "IPv4"));
    std::string network(type == "utility" ? kUtility : kPublic);
    std::string address;
    if (type == "private") {
        network = wanted.string_or("network", "");
        const Record* there = TRY(require_thing(project, kNetworks, network));
        if (there->string_or("zone", "") != zone) {
            return old_refusal("ZONE_MISMATCH", "The network is in another zone.");
        }
        address = TRY(place_in(project, *there, std::string(asked.string_or("address", ""))));
    } else {
        address = platform_address(project, type, family == "IPv6");
    }
    return json::Value(json::Object{
        {"index", index},
        {"type", type},
        {"network", network},
        {"mac", new_mac(project)},
        {"source_ip_filtering", wanted.string_or("source_ip_filtering", "yes")},
        {"bootable", wanted.string_or("bootable", "no")},
        {"ip_addresses",
         json::Object{{"ip_address", json::Array{json::Object{{"address", address},
                                                              {"family", family},
                                                              {"floating", "no"},
                                                              {"dhcp_provided", "yes"}}}}}}});
}

std::span<const Route> server_part_routes() { return kRoutes; }

}
