#include "sandbox/hetzner/api.hpp"

#include "base/ids.hpp"
#include "sandbox/hetzner/body.hpp"
#include "sandbox/hetzner/families.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace sandbox::hetzner {
namespace {

constexpr std::size_t kTokenLength = 64;

}

std::span<const std::span<const Route>> HetznerApi::routes() const {
    static const std::array kAll{
        action_routes(),  catalogue_routes(),     firewall_routes(),        floating_ip_routes(),
        image_routes(),   network_routes(),       placement_group_routes(), primary_ip_routes(),
        server_routes(),  server_change_routes(), server_network_routes(),  server_power_routes(),
        ssh_key_routes(), volume_routes(),
    };
    return kAll;
}

const Effect* HetznerApi::find_effect(std::string_view command) const {
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

// What `sandbox status` counts; types with an underscore are the sandbox's own.
std::span<const std::string_view> HetznerApi::counted_types() const {
    static constexpr std::string_view kAll[] = {
        "server",      "network", "volume",          "firewall", "primary_ip",
        "floating_ip", "ssh_key", "placement_group", "image",    "action"};
    return kAll;
}

// The form of the vendor's tokens. Any token of that form opens a project of its own, as if it had
// just been made there.
bool HetznerApi::is_token(std::string_view token) const {
    return token.size() == kTokenLength && std::all_of(token.begin(), token.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

// The kit knows what went wrong, and this says it as the vendor does: status, code and words.
base::Error HetznerApi::refuse(Reason reason, const Subject& subject) const {
    using sandbox::refuse;
    switch (reason) {
        case Reason::Unauthenticated: return refuse(401, "unauthorized", "unable to authenticate");
        case Reason::ReadOnlyToken:
            return refuse(401, "token_readonly",
                          "the token is only allowed to perform GET requests");
        case Reason::NoPath: return not_found("page");
        case Reason::NoMethod: return refuse(405, "method_not_allowed", "method not allowed");
        case Reason::BadQuery: return invalid_input(std::string(subject.words));
        case Reason::BadBody:
            return refuse(400, "json_error", "the request body is not a valid JSON object");
        case Reason::RateLimited:
            return refuse(429, "rate_limit_exceeded",
                          fmt::format("limit of {} requests per hour reached", subject.words));
        case Reason::NotFound: return not_found(subject.words);
        case Reason::NameTaken:
            return uniqueness("name", fmt::format("{} name is already used", subject.words));
        case Reason::OverQuota:
            return over_limit(std::string(subject.type) + "_limit",
                              fmt::format("{} limit exceeded", subject.words));
        case Reason::Busy: return locked(subject.type);
    }
    UNREACHABLE();
}

const BodyWords& HetznerApi::words() const { return kBodyWords; }

std::string_view HetznerApi::code_of(int status) const {
    switch (status) {
        case 401: return "unauthorized";
        case 403: return "forbidden";
        case 404: return "not_found";
        case 409: return "conflict";
        case 412: return "resource_unavailable";
        case 422: return "service_error";
        case 423: return "locked";
        case 429: return "rate_limit_exceeded";
        case 500: return "server_error";
        case 502: return "bad_gateway";
        case 503: return "unavailable";
        case 504: return "timeout";
        default: return "unknown_error";
    }
}

json::Value HetznerApi::body_of(const Refusal& refusal) const {
    return json::Object{{"error", json::Object{{"code", refusal.code},
                                               {"message", refusal.message},
                                               {"details", refusal.details}}}};
}

void HetznerApi::add_headers(net::Headers& headers, const Bucket& rate) const {
    // By chance and not from the seed: it is never compared, and a seed's sequence must not depend
    // on how many requests came.
    headers.set("X-Correlation-Id", base::random_token(8));
    headers.set("RateLimit-Limit", std::to_string(rate.limit()));
    headers.set("RateLimit-Remaining", std::to_string(rate.left()));
    headers.set("RateLimit-Reset", std::to_string(rate.full_at()));
}

const Catalogue& catalogue_of(const Project& project) {
    return static_cast<const HetznerApi&>(project.api).catalogue;
}

}
