#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/firewalls.hpp"
#include "sandbox/kit/address.hpp"

#include <fmt/core.h>

#include <charconv>

namespace sandbox::hetzner {
namespace {

constexpr std::size_t kMostRules = 50;
constexpr std::size_t kMostNetworks = 100;
constexpr std::size_t kLongestDescription = 255;
constexpr int kLargestPort = 65535;

std::optional<int> port_of(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool ok = !text.empty() && error == std::errc() && end == text.data() + text.size();
    return ok && port >= 1 && port <= kLargestPort ? std::optional(port) : std::nullopt;
}

// "80" or "80-85".
bool is_port(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return port_of(text).has_value();
    const auto from = port_of(text.substr(0, dash));
    const auto to = port_of(text.substr(dash + 1));
    return from && to && *from <= *to;
}

// Canonical spellings are what is kept and shown, so clients that compare see another text than
// they sent.
json::Array read_networks(Body& body, std::string_view field, bool is_needed) {
    json::Array out;
    const auto texts = body.texts(field);
    if (is_needed && texts.empty()) body.missing(field);
    if (!is_needed && !texts.empty()) body.problem(field, "is not for this direction");
    if (texts.size() > kMostNetworks) body.problem(field, "Longer than maximum length 100.");
    for (const std::string& text : texts) {
        const auto canonical = canonical_cidr(text);
        // As the vendor checks it: 10.0.0.1/24 is a mistake, and not taken for 10.0.0.0/24.
        if (!canonical) {
            body.problem(field, fmt::format("'{}' is not a network without host bits", text));
            break;
        }
        out.emplace_back(*canonical);
    }
    return out;
}

json::Value read_rule(Body& body) {
    const auto direction = body.one_of("direction", {"in", "out"});
    if (!body.has("direction")) body.missing("direction");
    const auto protocol = body.one_of("protocol", {"tcp", "udp", "icmp", "esp", "gre"});
    if (!body.has("protocol")) body.missing("protocol");
    const auto port = body.text("port");
    const bool needs_port = protocol == "tcp" || protocol == "udp";
    if (needs_port && !port) body.missing("port");
    if (port && protocol && !needs_port) body.problem("port", "is only for tcp and udp");
    if (port && needs_port && !is_port(*port)) {
        body.problem("port", "must be a port or a range of ports");
    }
    const auto description = body.text("description");
    if (description && description->size() > kLongestDescription) {
        body.problem("description", "Longer than maximum length 255.");
    }
    // Read last, since they need the direction.
    json::Array sources = read_networks(body, "source_ips", direction == "in");
    json::Array destinations = read_networks(body, "destination_ips", direction == "out");
    return json::Object{{"direction", direction.value_or("")},
                        {"protocol", protocol.value_or("")},
                        {"port", port ? json::Value(*port) : nullptr},
                        {"source_ips", std::move(sources)},
                        {"destination_ips", std::move(destinations)},
                        {"description", description ? json::Value(*description) : nullptr}};
}

}

base::Result<json::Array> read_rules(const json::Value& request) {
    Body body(request);
    json::Array out;
    const json::Array* rules = body.objects("rules");
    if (rules != nullptr && rules->size() > kMostRules) {
        body.problem("rules", "Longer than maximum length 50.");
    }
    TRY(body.check());
    for (std::size_t i = 0; rules != nullptr && i < rules->size(); ++i) {
        Body rule((*rules)[i], fmt::format("rules.{}.", i));
        out.push_back(read_rule(rule));
        body.take_problems(rule);
    }
    // All problems of all rules are in one answer; the fields say which rule: "rules.3.port".
    TRY(body.check());
    return out;
}

}
