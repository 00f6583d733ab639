#include "sandbox/upcloud/api.hpp"

#include "base/base64.hpp"
#include "net/http/message.hpp"
#include "sandbox/upcloud/families.hpp"
#include "sandbox/upcloud/refusal.hpp"

#include <fmt/core.h>

#include <array>

namespace sandbox::upcloud {
namespace {

constexpr std::size_t kShortestToken = 16;

base::Error invalid(std::vector<FieldProblem> problems) {
    return problem(400, "INVALID_REQUEST", "Validation error.", problems);
}

constexpr BodyWords kWords{.invalid = invalid};

}

std::span<const Things* const> all_things() {
    static constexpr const Things* kAll[] = {
        &kCertificates,   &kClusters, &kDatabases, &kFloatingIps, &kGateways,     &kLoadBalancers,
        &kObjectStorages, &kNetworks, &kRouters,   &kServers,     &kServerGroups, &kStorages};
    return kAll;
}

std::span<const std::span<const Route>> UpcloudApi::routes() const {
    static const std::array kAll{
        catalogue_routes(), database_routes(),     firewall_rule_routes(), load_balancer_routes(),
        service_routes(),   ip_address_routes(),   network_routes(),       router_routes(),
        server_routes(),    server_power_routes(), server_part_routes(),   server_group_routes(),
        storage_routes()};
    return kAll;
}

const Effect* UpcloudApi::find_effect(std::string_view command) const {
    static const std::array kAll{thing_effects(), server_effects(), storage_effects()};
    for (const auto effects : kAll) {
        for (const Effect& effect : effects) {
            if (effect.command == command) return &effect;
        }
    }
    return nullptr;
}

std::span<const std::string_view> UpcloudApi::counted_types() const {
    static constexpr std::string_view kAll[] = {
        "certificate", "cluster", "database", "gateway", "load_balancer", "object_storage",
        "floating_ip", "network", "router",   "server",  "server_group",  "storage"};
    return kAll;
}

std::string UpcloudApi::token_of(const net::Request& request) const {
    constexpr std::string_view kBasic = "Basic ";
    const std::string_view header = request.headers.find("Authorization").value_or("");
    if (!header.starts_with(kBasic)) return Api::token_of(request);
    const std::string pair = base::decode_base64(header.substr(kBasic.size())).value_or("");
    const std::size_t colon = pair.find(':');
    return colon == std::string::npos ? std::string() : pair.substr(colon + 1);
}

bool UpcloudApi::is_token(std::string_view token) const {
    return token.starts_with("ucat_") && token.size() >= kShortestToken;
}

base::Error UpcloudApi::refuse(Reason reason, const Subject& subject) const {
    switch (reason) {
        case Reason::Unauthenticated:
            return old_refusal("AUTHENTICATION_FAILED",
                               "Authentication failed using the given username and password.");
        case Reason::ReadOnlyToken:
            return old_refusal("ACTION_FORBIDDEN", "The sub-account may only read.");
        case Reason::NoPath: return old_refusal("NOT_FOUND", "The requested page was not found.");
        case Reason::NoMethod:
            return old_refusal("METHOD_NOT_ALLOWED", "The method is not allowed.");
        case Reason::BadQuery: return old_refusal("REQUEST_INVALID", std::string(subject.words));
        case Reason::BadBody: return old_refusal("REQUEST_INVALID", "The body is no JSON object.");
        case Reason::RateLimited:
            return old_refusal("RATE_LIMIT_REACHED",
                               fmt::format("{} requests were made in an hour.", subject.words));
        case Reason::NotFound:
            return problem(404, "RESOURCE_NOT_FOUND", fmt::format("{} not found.", subject.words));
        case Reason::NameTaken:
            return problem(409, "RESOURCE_ALREADY_EXISTS",
                           fmt::format("{} already exists.", subject.words));
        case Reason::OverQuota:
            return old_refusal("RESOURCE_LIMIT_REACHED",
                               fmt::format("No more {}s may be made.", subject.words));
        case Reason::Busy:
            return old_refusal(fmt::format("{}_STATE_ILLEGAL", subject.type),
                               "It is not in a state for that.");
    }
    UNREACHABLE();
}

const BodyWords& UpcloudApi::words() const { return kWords; }

std::string_view UpcloudApi::code_of(int status) const {
    switch (status) {
        case 401: return "AUTHENTICATION_FAILED";
        case 402: return "INSUFFICIENT_CREDITS";
        case 403: return "ACTION_FORBIDDEN";
        case 404: return "NOT_FOUND";
        case 409: return "SERVER_STATE_ILLEGAL";
        case 429: return "RATE_LIMIT_REACHED";
        case 503: return "SERVICE_UNAVAILABLE";
        default: return "SERVICE_ERROR";
    }
}

json::Value UpcloudApi::body_of(const Refusal& refusal) const {
    if (is_problem(refusal)) return problem_document(refusal);
    return json::Object{
        {"error", json::Object{{"error_code", refusal.code}, {"error_message", refusal.message}}}};
}

std::string_view UpcloudApi::content_type_of(const Refusal& refusal) const {
    return is_problem(refusal) ? "application/problem+json" : "application/json; charset=UTF-8";
}

}
