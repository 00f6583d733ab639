#include "base/text.hpp"
#include "sandbox/hetzner/families.hpp"

#include <array>
#include <charconv>

namespace sandbox::hetzner {
namespace {

// A number that fits {…}, or nothing.
std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0) {
        return std::nullopt;
    }
    return number;
}

bool fits(std::string_view pattern, std::span<const std::string_view> parts, Match& match) {
    std::size_t at = 0;
    for (const std::string_view wanted : base::split(pattern, '/')) {
        if (at == parts.size()) return false;
        const std::string_view part = parts[at++];
        if (!wanted.starts_with('{')) {
            if (wanted != part) return false;
            continue;
        }
        const auto number = number_of(part);
        if (!number) return false;
        (wanted == "{id}" ? match.id : match.action_id) = *number;
    }
    return at == parts.size();
}

}

std::span<const std::span<const Route>> all_routes() {
    static const std::array kAll{
        action_routes(),  catalogue_routes(),     firewall_routes(),        floating_ip_routes(),
        image_routes(),   network_routes(),       placement_group_routes(), primary_ip_routes(),
        server_routes(),  server_change_routes(), server_network_routes(),  server_power_routes(),
        ssh_key_routes(), volume_routes(),
    };
    return kAll;
}

const Effect* find_effect(std::string_view command) {
    static const std::array kAll{
        firewall_effects(),       image_effects(),        network_effects(),
        primary_ip_effects(),     server_effects(),       server_change_effects(),
        server_network_effects(), server_power_effects(), volume_effects(),
    };
    for (const auto effects : kAll) {
        for (const Effect& effect : effects) {
            if (effect.command == command) return &effect;
        }
    }
    return nullptr;
}

Match find_route(std::string_view method, std::string_view path) {
    const std::vector<std::string_view> parts = base::split(path, '/');
    Match found;
    for (const auto routes : all_routes()) {
        for (const Route& route : routes) {
            Match match;
            if (!fits(route.path, parts, match)) continue;
            found.knows_path = true;
            if (route.method != method) continue;
            match.route = &route;
            match.knows_path = true;
            return match;
        }
    }
    return found;
}

}
