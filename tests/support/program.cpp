#include "support/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace programs {
namespace {

// The inputs of one resource, in the order in which they are written.
class Inputs {
public:
    void add(std::string_view name, std::string value) {
        lines_.push_back(fmt::format("{} = {}", name, value));
    }
    void add_text(std::string_view name, std::string_view value) {
        lines_.push_back(fmt::format("{} = \"{}\"", name, value));
    }
    std::string text(int spelling) {
        if (spelling % 2 == 1) std::ranges::reverse(lines_);
        std::string out;
        for (const std::string& line : lines_) out += "      " + line + ",\n";
        return out;
    }

private:
    std::vector<std::string> lines_;
};

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
    return "[" + out + "]";
}

std::vector<std::string> ids_of(const std::vector<std::string>& keys, int spelling) {
    std::vector<std::string> out;
    for (const std::string& key : keys) out.push_back(key + ".id");
    if (spelling % 2 == 1) std::ranges::reverse(out);
    return out;
}

const Thing* thing_of(const Program& program, const std::string& key) {
    const auto found = program.find(key);
    return found == program.end() ? nullptr : &found->second;
}

int network_number(const Program& program, const std::string& subnet) {
    const Thing* thing = thing_of(program, subnet);
    const Thing* network = thing ? thing_of(program, ref_of(*thing, "network")) : nullptr;
    return network != nullptr ? network->number : 0;
}

// The address of a server in the network of a subnet.
std::string address_in(const Program& program, const std::string& subnet, const Thing& server) {
    const Thing* at = thing_of(program, subnet);
    return fmt::format("10.{}.{}.{}", network_number(program, subnet), at ? at->number : 0,
                       10 + server.number);
}

void write_server(const Program& program, const Thing& thing, int spelling, Inputs& in) {
    in.add_text("server_type",
                std::array{"cx23", "cx33", "cx43"}[static_cast<std::size_t>(thing.variant % 3)]);
    in.add_text("location", thing.location);
    if (const auto& keys = thing.refs.find("ssh_keys"); keys != thing.refs.end()) {
        std::vector<std::string> ids = ids_of(keys->second, spelling);
        in.add("ssh_keys", joined(ids));
    }
    if (const auto& walls = thing.refs.find("firewalls"); walls != thing.refs.end()) {
        in.add("firewalls", joined(ids_of(walls->second, spelling)));
    }
    if (const auto& nets = thing.refs.find("networks"); nets != thing.refs.end()) {
        std::vector<std::string> parts;
        for (const std::string& subnet : nets->second) {
            parts.push_back(fmt::format("{{ network = {}.network_id, ip = \"{}\" }}", subnet,
                                        address_in(program, subnet, thing)));
        }
        if (spelling % 2 == 1) std::ranges::reverse(parts);
        in.add("networks", joined(parts));
    }
    if (const std::string group = ref_of(thing, "placement_group"); !group.empty())
        in.add("placement_group", group + ".id");
    if (const std::string address = ref_of(thing, "ipv4"); !address.empty())
        in.add("public_net", fmt::format("{{ ipv4 = {}.id }}", address));
}

// What is alike in things that have it.
void write_common(const Thing& thing, Inputs& in) {
    for (const auto& [name, value] : thing.given) in.add(name, value);
}

void write_cloud(const Program& program, const Thing& thing, int spelling, Inputs& in) {
    const bool is_spelt_out = spelling % 3 == 1;
    const bool has_name = thing.kind != Kind::Subnet && thing.kind != Kind::Route &&
                          thing.kind != Kind::NetworkAttachment &&
                          thing.kind != Kind::VolumeAttachment;
    if (has_name) in.add_text("name", thing.name);
    switch (thing.kind) {
        case Kind::SshKey:
            in.add_text(
                "public_key",
                fmt::format("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMZ4vGk1yXo0q5nYx1k7b0n3T1h6f6"
                            "kT5cN0bVtq{}",
                            1000 + thing.number));
            break;
        case Kind::Network:
            in.add_text("ip_range", fmt::format("10.{}.0.0/16", thing.number));
            if (is_spelt_out) in.add("expose_routes_to_vswitch", "false");
            break;
        case Kind::Subnet:
            in.add("network", ref_of(thing, "network") + ".id");
            in.add_text("ip_range", fmt::format("10.{}.{}.0/24",
                                                thing_of(program, ref_of(thing, "network"))->number,
                                                thing.number));
            in.add("network_zone", "'eu-central");
            if (is_spelt_out) in.add("type", "'cloud");
            break;
        case Kind::Route: {
            in.add("network", ref_of(thing, "network") + ".id");
            in.add_text("destination", fmt::format("10.{}.0.0/16", 100 + thing.number));
            in.add_text("gateway", address_in(program, ref_of(thing, "subnet"),
                                              *thing_of(program, ref_of(thing, "server"))));
            break;
        }
        case Kind::PlacementGroup:
            if (is_spelt_out) in.add("type", "'spread");
            break;
        case Kind::Firewall: {
            std::vector<std::string> rules{
                "{ protocol = 'tcp, port = \"22\", source_ips = [\"0.0.0.0/0\", \"::/0\"] }",
                "{ protocol = 'icmp, source_ips = [\"10.0.0.0/8\"] }",
                "{ direction = 'out, protocol = 'udp, port = \"53\", destination_ips = "
                "[\"0.0.0.0/0\"] }"};
            rules.resize(static_cast<std::size_t>(thing.variant % 4));
            if (spelling % 2 == 1) std::ranges::reverse(rules);
            if (!rules.empty() || is_spelt_out) in.add("rules", joined(rules));
            if (const auto& servers = thing.refs.find("apply_to"); servers != thing.refs.end()) {
                std::vector<std::string> parts;
                for (const std::string& server : servers->second)
                    parts.push_back(fmt::format("{{ server = {}.id }}", server));
                in.add("apply_to", joined(parts));
            }
            break;
        }
        case Kind::PrimaryIp:
            in.add("type", "'ipv4");
            in.add_text("location", thing.location);
            if (is_spelt_out) in.add("auto_delete", "false");
            break;
        case Kind::Server:
            write_server(program, thing, spelling, in);
            if (is_spelt_out && !thing.given.contains("backups")) in.add("backups", "false");
            break;
        case Kind::NetworkAttachment:
            in.add("server", ref_of(thing, "server") + ".id");
            in.add("network", ref_of(thing, "subnet") + ".network_id");
            in.add_text("ip", address_in(program, ref_of(thing, "subnet"),
                                         *thing_of(program, ref_of(thing, "server"))));
            break;
        case Kind::Volume:
            in.add("size", std::to_string(thing.size));
            if (const std::string server = ref_of(thing, "server"); !server.empty())
                in.add("server", server + ".id");
            // Without it, a volume whose server moves would have to stay behind: that is refused.
            in.add_text("location", thing.location);
            break;
        case Kind::VolumeAttachment:
            in.add("volume", ref_of(thing, "volume") + ".id");
            in.add("server", ref_of(thing, "server") + ".id");
            break;
        case Kind::FloatingIp:
            in.add("type", "'ipv4");
            in.add_text("home_location", thing.location);
            if (const std::string server = ref_of(thing, "server"); !server.empty())
                in.add("server", server + ".id");
            if (is_spelt_out && !thing.given.contains("description")) in.add("description", "\"\"");
            break;
        case Kind::Data:
        case Kind::File:
        case Kind::Directory: break;
    }
    if (has_name && is_spelt_out && !thing.given.contains("labels")) in.add("labels", "{}");
    write_common(thing, in);
}

// What a local thing tells of those that it reads: their ids, which are numbers.
std::string read_by(const Thing& thing) {
    std::string out;
    const auto reads = thing.refs.find("reads");
    if (reads == thing.refs.end()) return out;
    for (const std::string& key : reads->second)
        out += fmt::format("%{{std.to_string {}.id}} ", key);
    return out;
}

std::string type_of(Kind kind) {
    switch (kind) {
        case Kind::SshKey: return "hetzner.SshKey";
        case Kind::Network: return "hetzner.Network";
        case Kind::Subnet: return "hetzner.Subnet";
        case Kind::Route: return "hetzner.Route";
        case Kind::PlacementGroup: return "hetzner.PlacementGroup";
        case Kind::Firewall: return "hetzner.Firewall";
        case Kind::PrimaryIp: return "hetzner.PrimaryIp";
        case Kind::Server: return "hetzner.Server";
        case Kind::NetworkAttachment: return "hetzner.NetworkAttachment";
        case Kind::Volume: return "hetzner.Volume";
        case Kind::VolumeAttachment: return "hetzner.VolumeAttachment";
        case Kind::FloatingIp: return "hetzner.FloatingIp";
        case Kind::Data: return "local.Data";
        case Kind::File: return "local.File";
        case Kind::Directory: return "local.Directory";
    }
    return "";
}

void write_inputs(const Program& program, const Thing& thing, int spelling, Inputs& in) {
    switch (thing.kind) {
        case Kind::Data:
            in.add("value", fmt::format("\"{}v{}\"", read_by(thing), thing.variant));
            break;
        case Kind::File: {
            // By the directory's output, or as plain text, which tells nobody that it is beneath.
            const std::string folder = ref_of(thing, "folder");
            const bool is_plain = !folder.empty() && thing.variant >= 3;
            const std::string place = is_plain ? thing_of(program, folder)->name
                                               : fmt::format("%{{{}.location}}", folder);
            in.add_text("path", folder.empty() ? thing.name : place + "/" + thing.name);
            in.add("content", fmt::format("\"{}v{}\\n\"", read_by(thing), thing.variant % 4));
            if (thing.variant % 3 == 1) in.add_text("mode", "0600");
            if (thing.variant % 3 == 0 && spelling % 3 == 1) in.add_text("mode", "0644");
            break;
        }
        case Kind::Directory:
            in.add_text("path", thing.name);
            if (thing.variant % 2 == 1) in.add_text("mode", "0750");
            break;
        default: write_cloud(program, thing, spelling, in);
    }
}

}

std::string ref_of(const Thing& thing, const std::string& purpose) {
    const auto found = thing.refs.find(purpose);
    return found == thing.refs.end() || found->second.empty() ? "" : found->second.front();
}

std::string text_of(const Program& program, int spelling) {
    std::string out = "let hetzner = import \"provisioning/hetzner.ncl\" in\n"
                      "let local = import \"provisioning/local.ncl\" in\n"
                      "{\n  connections.cloud | hetzner.Connection = { poll_interval = 0.02 },\n"
                      "  resources = {\n";
    for (const auto& [key, thing] : program) {
        Inputs inputs;
        write_inputs(program, thing, spelling, inputs);
        out += fmt::format("    {} | {} = {{\n{}    }},\n", key, type_of(thing.kind),
                           inputs.text(spelling));
    }
    return out + "  },\n}\n";
}

}
