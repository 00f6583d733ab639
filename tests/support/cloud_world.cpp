#include "support/cloud_world.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <set>
#include <vector>

namespace suite {
namespace {

constexpr std::string_view kCollections[] = {"ssh_keys",    "networks",    "placement_groups",
                                             "servers",     "volumes",     "firewalls",
                                             "primary_ips", "floating_ips"};

// What no two runs have alike, or what is about time.
const std::set<std::string, std::less<>> kLeftOut{
    "created",    "dns_ptr",     "mac_address",      "linux_device", "gateway",
    "locked",     "fingerprint", "server_type",      "image",        "location",
    "datacenter", "iso",         "primary_disk_size"};
// What is compared only where programs name all addresses.
const std::set<std::string, std::less<>> kOfAddresses{"ip",         "ipv4",        "ipv6",
                                                      "public_net", "private_net", "protection"};

struct Names {
    bool with_addresses = false;
    std::map<std::int64_t, std::string> of_ids;
    std::map<std::string, std::string> of_addresses;   // as the sandbox hands them out
};

// Addresses that the platform chooses are never alike; the private ones are those of the program.
bool is_left_out(const json::Member& member, const Names& names) {
    if (kLeftOut.contains(member.key)) return true;
    if (member.key == "id") {
        const std::int64_t* id = member.value.as_int64();
        return id == nullptr || !names.with_addresses || !names.of_ids.contains(*id);
    }
    if (member.key.starts_with("provisioning.token")) return true;
    if (member.key.starts_with("provisioning.workspace")) return true;
    if (!names.with_addresses) return kOfAddresses.contains(member.key);
    if (member.key != "ip") return false;
    const std::string* address = member.value.as_string();
    return address == nullptr || !address->starts_with("10.");
}

// The platform gives what nobody names a name with a number.
std::string without_number(std::string text) {
    constexpr std::string_view kOwn = "primary_ip-";
    const std::size_t at = text.find(kOwn);
    if (at == std::string::npos) return text;
    const std::size_t end = text.find_first_not_of("0123456789", at + kOwn.size());
    return text.erase(at, end == std::string::npos ? end : end - at);
}

// Ids and addresses become names; labels that carry a token of a run are left out.
std::string normal(const json::Value& value, const Names& names) {
    if (const std::int64_t* number = value.as_int64()) {
        auto name = names.of_ids.find(*number);
        return name != names.of_ids.end() ? "@" + name->second : std::to_string(*number);
    }
    if (const json::Array* array = value.as_array()) {
        std::vector<std::string> parts;
        for (const json::Value& item : *array) parts.push_back(normal(item, names));
        std::ranges::sort(parts);
        std::string out = "[";
        for (const std::string& part : parts) out += part + ",";
        return out + "]";
    }
    if (const json::Object* object = value.as_object()) {
        std::map<std::string, std::string> members;
        for (const json::Member& member : *object) {
            if (is_left_out(member, names)) continue;
            // The hours are chosen by the platform.
            members[member.key] = member.key == "backup_window" && !member.value.is_null()
                                      ? "some"
                                      : normal(member.value, names);
        }
        std::string out = "{";
        for (const auto& [name, text] : members) out += name + ":" + text + ",";
        return out + "}";
    }
    if (const std::string* text = value.as_string()) {
        const auto owner = names.of_addresses.find(text->substr(0, text->find('/')));
        if (owner != names.of_addresses.end()) return "@" + owner->second;
    }
    return without_number(json::to_text(value));
}

std::string name_of(const json::Value& thing, std::string_view member) {
    const json::Value* part = thing.find(member);
    const json::Value* name = part != nullptr ? part->find("name") : nullptr;
    return name != nullptr && name->as_string() != nullptr ? *name->as_string() : "-";
}

}

std::string world_of(const std::function<json::Value(const std::string& target)>& ask,
                     bool with_addresses) {
    std::map<std::string, json::Array> things;
    Names names;
    names.with_addresses = with_addresses;
    for (std::string_view collection : kCollections) {
        const json::Value answer = ask(fmt::format("/v1/{}?per_page=50", collection));
        json::Array& list = things[std::string(collection)];
        list = *answer.find(collection)->as_array();
        for (const json::Value& thing : list) {
            const json::Value* name = thing.find("name");
            const std::string known = fmt::format(
                "{}/{}", collection,
                name != nullptr && name->as_string() != nullptr ? *name->as_string() : "");
            names.of_ids[*thing.find("id")->as_int64()] = without_number(known);
            if (const json::Value* address = thing.find("public_net", "ipv4", "ip")) {
                names.of_addresses[*address->as_string()] = known;
            }
        }
    }
    std::vector<std::string> lines;
    for (const auto& [collection, list] : things) {
        for (const json::Value& thing : list) {
            lines.push_back(fmt::format("{} {} {} {} {}", collection, name_of(thing, "server_type"),
                                        name_of(thing, "image"), name_of(thing, "location"),
                                        normal(thing, names)));
        }
    }
    std::ranges::sort(lines);
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

}
