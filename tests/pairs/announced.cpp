#include "announced.hpp"

#include "support/suite.hpp"

#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pairs {
namespace {

// Of the types that are objects of their own.
const std::map<std::string_view, std::string> kCollections{
    {"hetzner.SshKey", "ssh_keys"},
    {"hetzner.Network", "networks"},
    {"hetzner.PlacementGroup", "placement_groups"},
    {"hetzner.Firewall", "firewalls"},
    {"hetzner.PrimaryIp", "primary_ips"},
    {"hetzner.Server", "servers"},
    {"hetzner.Volume", "volumes"},
    {"hetzner.FloatingIp", "floating_ips"},
};
constexpr std::string_view kInterruptions[] = {"poweroff", "shutdown", "reboot",
                                               "reset",    "rebuild",  "change_type"};

std::vector<std::string> parts_of(std::string_view target) {
    std::vector<std::string> out;
    target = target.substr(0, target.find('?'));
    for (std::size_t at = 0; at != std::string_view::npos && at < target.size();) {
        const std::size_t next = target.find('/', at + 1);
        out.emplace_back(
            target.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
        at = next;
    }
    return out;
}

}

Announced::Announced(std::string_view printed) {
    const std::size_t begin = printed.find('{');
    auto plan = json::parse(printed.substr(begin == std::string_view::npos ? 0 : begin));
    if (!plan.ok()) suite::give_up("`plan --json` printed no JSON: " + std::string(printed));
    for (const json::Value& step : *plan->find("steps")->as_array()) {
        const std::string_view type = step.string_or("type", "");
        const std::string_view action = step.string_or("action", "");
        // What turns servers off: they themselves, their addresses, what they are attached to.
        changes_servers_ = changes_servers_ || (type == "hetzner.Server" && action != "create");
        // A server that loses an address that it was given gets one of its own.
        if (type == "hetzner.Server" && action == "update" &&
            json::to_text(step).find("\"public_net") != std::string::npos) {
            made_["primary_ips"].most += 2;
        }
        const auto collection = kCollections.find(type);
        if (collection == kCollections.end()) continue;
        const bool makes = action == "create" || action == "replace";
        const bool removes = action == "delete" || action == "replace";
        const bool may = action == "may-replace";
        made_[collection->second].least += makes ? 1 : 0;
        made_[collection->second].most += makes || may ? 1 : 0;
        deleted_[collection->second].least += removes ? 1 : 0;
        deleted_[collection->second].most += removes || may ? 1 : 0;
    }
}

std::string Announced::unlike(const std::vector<suite::Cloud::Request>& requests) const {
    std::map<std::string, int> made, deleted;
    std::string out;
    for (const suite::Cloud::Request& request : requests) {
        const std::vector<std::string> parts = parts_of(request.target);   // "v1", "servers", …
        if (request.status >= 300 || parts.size() < 2) continue;
        if (request.method == "POST" && parts.size() == 2) ++made[parts[1]];
        if (request.method == "DELETE" && parts.size() == 3) ++deleted[parts[1]];
        if (parts.size() != 5 || parts[1] != "servers" || changes_servers_) continue;
        if (std::ranges::find(kInterruptions, parts[4]) != std::end(kInterruptions))
            out += fmt::format("`{}` was not announced\n", request.target);
    }
    const auto compare = [&](const char* what, const std::map<std::string, Counts>& announced,
                             const std::map<std::string, int>& done) {
        for (const auto& [type, collection] : kCollections) {
            const auto told = announced.find(collection);
            const Counts counts = told != announced.end() ? told->second : Counts{};
            const auto found = done.find(collection);
            const int times = found != done.end() ? found->second : 0;
            if (times < counts.least || times > counts.most)
                out += fmt::format("{} {} of {}, announced were {}\n", times, what, collection,
                                   counts.most);
        }
    };
    compare("were made", made_, made);
    compare("were deleted", deleted_, deleted);
    return out;
}

}
