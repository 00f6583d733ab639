#include "support/edits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

namespace programs {
namespace {

constexpr std::array<const char*, kKinds> kPrefixes{"key",  "net",   "sub",  "route",  "group",
                                                    "wall", "ip",    "srv",  "inside", "vol",
                                                    "at",   "float", "data", "file",   "dir"};

std::string_view prefix_of(Kind kind) { return kPrefixes[static_cast<std::size_t>(kind)]; }

struct Purpose {
    Kind of;
    const char* name;
    Kind to;
    bool is_required = false;
    bool is_list = false;
};
constexpr Purpose kPurposes[] = {
    {Kind::Subnet, "network", Kind::Network, true},
    {Kind::Route, "subnet", Kind::Subnet, true},
    {Kind::Route, "server", Kind::Server, true},
    {Kind::Firewall, "apply_to", Kind::Server, false, true},
    {Kind::Server, "ssh_keys", Kind::SshKey, false, true},
    {Kind::Server, "firewalls", Kind::Firewall, false, true},
    {Kind::Server, "networks", Kind::Subnet, false, true},
    {Kind::Server, "placement_group", Kind::PlacementGroup},
    {Kind::Server, "ipv4", Kind::PrimaryIp},
    {Kind::NetworkAttachment, "server", Kind::Server, true},
    {Kind::NetworkAttachment, "subnet", Kind::Subnet, true},
    {Kind::Volume, "server", Kind::Server},
    {Kind::VolumeAttachment, "volume", Kind::Volume, true},
    {Kind::VolumeAttachment, "server", Kind::Server, true},
    {Kind::FloatingIp, "server", Kind::Server},
    {Kind::File, "folder", Kind::Directory},
};

const Thing* find(const Program& program, const std::string& key) {
    const auto found = program.find(key);
    return found == program.end() ? nullptr : &found->second;
}

// Of a subnet.
std::string network_of(const Program& program, const std::string& subnet) {
    const Thing* thing = find(program, subnet);
    return thing == nullptr ? "" : ref_of(*thing, "network");
}

bool drop_dangling(Program& program) {
    for (auto& [key, thing] : program) {
        for (auto& [purpose, keys] : thing.refs) {
            const std::size_t before = keys.size();
            std::erase_if(keys, [&](const std::string& to) { return !program.contains(to); });
            // An emptied list stays as an empty list: nothing more, which is not "not looked
            // after".
            const bool is_list = purpose == "firewalls" || purpose == "networks";
            if (keys.empty() && !is_list) {
                thing.refs.erase(purpose);
                return true;
            }
            if (keys.size() != before) return true;
        }
    }
    for (const auto& [key, thing] : program) {
        for (const Purpose& purpose : kPurposes) {
            if (purpose.of != thing.kind || !purpose.is_required) continue;
            if (!ref_of(thing, purpose.name).empty()) continue;
            program.erase(key);
            return true;
        }
    }
    return false;
}

bool give_up(Thing& thing, const std::string& purpose) { return thing.refs.erase(purpose) != 0; }

bool repair_server(const Program& program, Thing& thing, std::set<std::string>& addresses) {
    if (const std::string address = ref_of(thing, "ipv4"); !address.empty()) {
        if (find(program, address)->location != thing.location || !addresses.insert(address).second)
            return give_up(thing, "ipv4");
    }
    if (const auto nets = thing.refs.find("networks"); nets != thing.refs.end()) {
        std::set<std::string> seen;
        const std::size_t before = nets->second.size();
        std::erase_if(nets->second, [&](const std::string& subnet) {
            return !seen.insert(network_of(program, subnet)).second;
        });
        return nets->second.size() != before;
    }
    return false;
}

// Whether this one is refused as it is; what each rule has seen so far is in `taken`.
bool is_refused(const Program& program, Thing& thing, std::set<std::string>& taken) {
    const Thing* server = find(program, ref_of(thing, "server"));
    switch (thing.kind) {
        case Kind::Route: {
            const auto nets = server->refs.find("networks");
            const std::string subnet = ref_of(thing, "subnet");
            thing.refs["network"] = {network_of(program, subnet)};
            return nets == server->refs.end() ||
                   std::ranges::find(nets->second, subnet) == nets->second.end();
        }
        case Kind::NetworkAttachment:
            return server->refs.contains("networks") ||
                   !taken
                        .insert(ref_of(thing, "server") + "@" +
                                network_of(program, ref_of(thing, "subnet")))
                        .second;
        case Kind::VolumeAttachment: {
            const std::string volume = ref_of(thing, "volume");
            return find(program, volume)->refs.contains("server") ||
                   find(program, volume)->location != server->location ||
                   !taken.insert(volume).second;
        }
        default: return false;
    }
}

bool repair_one(const Program& program, const std::string& key, Thing& thing) {
    const Thing* server = find(program, ref_of(thing, "server"));
    if (thing.kind == Kind::Volume && server != nullptr && server->location != thing.location)
        return give_up(thing, "server");
    if (thing.kind == Kind::FloatingIp && server != nullptr && server->given.contains("power"))
        return give_up(thing, "server");
    if (const auto walls = thing.refs.find("apply_to"); walls != thing.refs.end()) {
        std::set<std::string> seen;
        const std::size_t before = walls->second.size();
        std::erase_if(walls->second, [&](const std::string& to) {
            return find(program, to)->refs.contains("firewalls") || !seen.insert(to).second;
        });
        // One list tells all that it is applied to.
        const bool is_named = std::ranges::any_of(program, [&](const auto& other) {
            const auto names = other.second.refs.find("firewalls");
            return names != other.second.refs.end() &&
                   std::ranges::find(names->second, key) != names->second.end();
        });
        if (is_named) return give_up(thing, "apply_to");
        if (walls->second.empty()) return give_up(thing, "apply_to");
        return walls->second.size() != before;
    }
    return false;
}

bool drop_refused(Program& program) {
    std::set<std::string> addresses;
    std::set<std::string> taken;
    for (auto& [key, thing] : program) {
        if (thing.kind == Kind::Server && repair_server(program, thing, addresses)) return true;
        if (repair_one(program, key, thing)) return true;
    }
    for (auto& [key, thing] : program) {
        if (!is_refused(program, thing, taken)) continue;
        program.erase(key);
        return true;
    }
    return false;
}

}

void repair(Program& program) {
    while (drop_dangling(program) || drop_refused(program)) {
    }
}

std::string Author::free_name(const Program& program, Kind kind) {
    // Few, so that names that were given up are taken again.
    for (int tries = 0;; ++tries) {
        std::string name = fmt::format("{}-{}", prefix_of(kind), below(12 + tries));
        const bool is_taken = std::ranges::any_of(program, [&](const auto& entry) {
            return entry.second.kind == kind && entry.second.name == name;
        });
        if (!is_taken) return name;
    }
}

int Author::free_number(const Program& program, Kind kind) {
    for (int tries = 0;; ++tries) {
        const int number = 1 + below(12 + tries);
        const bool is_taken = std::ranges::any_of(program, [&](const auto& entry) {
            return entry.second.kind == kind && entry.second.number == number;
        });
        if (!is_taken) return number;
    }
}

std::string Author::free_key(const Program& program, Kind kind) {
    for (int tries = 0;; ++tries) {
        std::string key = fmt::format("{}{}", prefix_of(kind), below(20 + tries));
        if (!program.contains(key)) return key;
    }
}

std::string Author::any_key(const Program& program) {
    if (program.empty()) return "";
    return std::next(program.begin(), below(static_cast<int>(program.size())))->first;
}

std::string Author::any_of(const Program& program, Kind kind) {
    std::vector<std::string> keys;
    for (const auto& [key, thing] : program) {
        if (thing.kind == kind) keys.push_back(key);
    }
    return keys.empty() ? "" : keys[static_cast<std::size_t>(below(static_cast<int>(keys.size())))];
}

void Author::roll_refs(const Program& program, Thing& thing) {
    for (const Purpose& purpose : kPurposes) {
        if (purpose.of != thing.kind) continue;
        thing.refs.erase(purpose.name);
        if (!purpose.is_required && below(2) == 0) continue;
        std::vector<std::string> keys;
        for (int count = purpose.is_list ? below(3) : 1; count > 0; --count) {
            const std::string key = any_of(program, purpose.to);
            if (!key.empty() && std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
        }
        thing.refs[purpose.name] = keys;
    }
    if (thing.kind == Kind::Data || thing.kind == Kind::File) {
        thing.refs.erase("reads");
        std::vector<std::string> reads;
        for (int count = below(4); count > 0; --count) {
            const std::string key = any_key(program);
            const Thing* to = find(program, key);
            if (to == nullptr || to->kind >= Kind::Data) continue;
            if (std::ranges::find(reads, key) == reads.end()) reads.push_back(key);
        }
        if (!reads.empty()) thing.refs["reads"] = reads;
    }
}

// Inputs that a thing has or has not.
void Author::roll_given(Thing& thing) {
    const auto maybe = [&](const char* name, std::initializer_list<const char*> values) {
        thing.given.erase(name);
        if (below(2) == 0) return;
        thing.given[name] = *std::next(values.begin(), below(static_cast<int>(values.size())));
    };
    const bool has_labels = thing.kind != Kind::Subnet && thing.kind != Kind::Route &&
                            thing.kind != Kind::NetworkAttachment &&
                            thing.kind != Kind::VolumeAttachment && thing.kind < Kind::Data;
    if (has_labels && below(2) == 0) {
        maybe("labels", {"{ team = \"one\" }", "{ team = \"two\", tier = \"1\" }", "{}"});
    }
    if (thing.kind == Kind::Server) {
        thing.given["image"] = below(3) == 0 ? "\"ubuntu-24.04\"" : "\"debian-12\"";
        if (below(3) == 0) maybe("image_change", {"'Rebuild", "'Replace"});
        if (below(3) == 0) maybe("backups", {"true"});
        if (below(4) == 0) maybe("power", {"'off"});
        if (below(3) == 0) maybe("user_data", {"\"#cloud-config\\n\"", "\"#!/bin/sh\\necho\\n\""});
    }
    if (thing.kind == Kind::FloatingIp) maybe("description", {"\"front\"", "\"back\""});
    if (thing.kind == Kind::Volume) maybe("format", {"'ext4", "'xfs"});
}

void Author::add(Program& program, std::string& told) {
    Thing thing;
    // Servers more often: most others are about them.
    thing.kind = below(4) == 0 ? Kind::Server : static_cast<Kind>(below(kKinds));
    thing.name = free_name(program, thing.kind);
    thing.number = free_number(program, thing.kind);
    thing.variant = below(6);
    thing.size = 10 + below(3);
    thing.location = below(3) == 0 ? "nbg1" : "fsn1";
    roll_given(thing);
    roll_refs(program, thing);
    const std::string key = free_key(program, thing.kind);
    program[key] = thing;
    told += fmt::format("add {}; ", key);
}

Program Author::program(int things) {
    Program out;
    std::string told;
    for (int i = 0; i < things; ++i) add(out, told);
    repair(out);
    return out;
}

bool Author::rename_key(Program& program, const std::string& key, std::string& told) {
    const std::string fresh = free_key(program, program[key].kind);
    program[fresh] = program[key];
    program.erase(key);
    for (auto& [other, thing] : program) {
        for (auto& [purpose, keys] : thing.refs) std::ranges::replace(keys, key, fresh);
    }
    told += fmt::format("{} becomes {}; ", key, fresh);
    return true;
}

// Two of a kind take each other's names, or what they refer to.
bool Author::exchange(Program& program, const std::string& key, std::string& told) {
    Thing& one = program[key];
    const std::string other_key = any_of(program, one.kind);
    if (other_key == key) return false;
    Thing& other = program[other_key];
    const int what = below(3);
    if (what == 0) std::swap(one.name, other.name);
    if (what == 1) std::swap(one.refs, other.refs);
    if (what == 2) std::swap(one.number, other.number);
    told += fmt::format("{} and {} exchange {}; ", key, other_key,
                        std::array{"names", "references", "numbers"}[static_cast<unsigned>(what)]);
    return true;
}

void Author::edit(Program& program, std::string& told) {
    const std::string key = any_key(program);
    const int what = below(12);
    if (key.empty() || what < 2) return add(program, told);
    Thing& thing = program[key];
    switch (what) {
        case 2:
        case 3:
            program.erase(key);
            told += fmt::format("remove {}; ", key);
            return;
        case 4: rename_key(program, key, told); return;
        case 5:
            thing.name = free_name(program, thing.kind);
            told += fmt::format("{} is called {}; ", key, thing.name);
            return;
        case 6:
            if (!exchange(program, key, told)) edit(program, told);
            return;
        case 7:
            // The disk of a server has grown with its type, and there is no way back.
            thing.variant =
                thing.kind == Kind::Server ? std::max(thing.variant % 3, below(3)) : below(6);
            told += fmt::format("another variant of {}; ", key);
            return;
        case 8:
            roll_refs(program, thing);
            told += fmt::format("other references of {}; ", key);
            return;
        case 9:
            roll_given(thing);
            told += fmt::format("other inputs of {}; ", key);
            return;
        case 10:
            thing.size += below(3);
            thing.number = free_number(program, thing.kind);
            told += fmt::format("another number of {}; ", key);
            return;
        default:
            thing.location = thing.location == "fsn1" ? "nbg1" : "fsn1";
            told += fmt::format("another place of {}; ", key);
    }
}

Program Author::edited(const Program& from, std::string& told) {
    Program out = from;
    for (int edits = 1 + below(4); edits > 0; --edits) edit(out, told);
    // Another one may have come to its key; the disk of what is there is no smaller for it.
    for (auto& [key, thing] : out) {
        const Thing* before = find(from, key);
        if (before == nullptr || before->kind != Kind::Server || thing.kind != Kind::Server)
            continue;
        thing.variant = std::max(thing.variant % 3, before->variant % 3);
    }
    repair(out);
    return out;
}

}
