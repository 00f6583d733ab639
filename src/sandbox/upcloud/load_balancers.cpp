#include "sandbox/upcloud/families.hpp"

#include "base/text.hpp"
#include "sandbox/kit/project.hpp"
#include "sandbox/store/store.hpp"
#include "sandbox/upcloud/refusal.hpp"
#include "sandbox/upcloud/services.hpp"

#include <fmt/core.h>

#include <set>

// Load balancers, whose parts are lists of the whole, and their certificates.
namespace sandbox::upcloud {
namespace {

using Kind = Member::Kind;

// Fills in what a part did not say.
void fill(json::Value& part, const json::Value& defaults) {
    for (const json::Member& member : *defaults.as_object()) {
        const json::Value* there = part.find(member.key);
        if (there == nullptr || there->is_null()) {
            put(part, member.key, member.value);
        } else if (member.value.is_object() && there->is_object()) {
            json::Value filled = *there;
            fill(filled, member.value);
            put(part, member.key, std::move(filled));
        }
    }
}

json::Value frontend_defaults() {
    return json::Object{{"networks", json::Array{}},
                        {"rules", json::Array{}},
                        {"tls_configs", json::Array{}},
                        {"properties", json::Object{{"timeout_client", 10},
                                                    {"inbound_proxy_protocol", false},
                                                    {"http2_enabled", false}}}};
}

json::Value backend_defaults() {
    return json::Object{{"resolver", ""},
                        {"members", json::Array{}},
                        {"tls_configs", json::Array{}},
                        {"properties", json::Object{{"timeout_server", 10},
                                                    {"timeout_tunnel", 3600},
                                                    {"health_check_type", "tcp"},
                                                    {"health_check_interval", 10},
                                                    {"health_check_fall", 3},
                                                    {"health_check_rise", 3},
                                                    {"health_check_url", "/"},
                                                    {"health_check_expected_status", 200},
                                                    {"tls_enabled", false},
                                                    {"http2_enabled", false}}}};
}

base::Result<std::set<std::string>> names_of(const json::Array& parts, const char* list) {
    std::set<std::string> out;
    for (const json::Value& part : parts) {
        const std::string name(part.string_or("name", ""));
        if (name.empty()) return bad_parameter(list, "Missing properties: 'name'.");
        if (!out.insert(name).second) return bad_parameter(list, "Names are to be unique.");
    }
    return out;
}

base::Result<void> check_certificates(ApiCall& call, const json::Value& part, const char* list) {
    for (const json::Value& config : *part.find("tls_configs")->as_array()) {
        const std::string_view uuid = config.string_or("certificate_bundle_uuid", "");
        if (call.project.find_by("certificate", "uuid", uuid) == nullptr) {
            return bad_parameter(list, "Certificate bundle does not exist.");
        }
    }
    return {};
}

base::Result<void> complete(ApiCall& call, Record& wanted, const Record* before) {
    if (!require_zone(wanted.string_or("zone", "")).ok()) {
        return bad_parameter("zone", "Zone does not exist.");
    }
    TRY(require_networks(call, wanted));
    json::Array& frontends = list_in(wanted, "frontends");
    json::Array& backends = list_in(wanted, "backends");
    for (json::Value& part : frontends) fill(part, frontend_defaults());
    for (json::Value& part : backends) fill(part, backend_defaults());
    for (const json::Value& part : frontends) TRY(check_certificates(call, part, "frontends"));
    for (const json::Value& part : backends) TRY(check_certificates(call, part, "backends"));
    TRY(names_of(frontends, "frontends"));
    TRY(names_of(*wanted.find("resolvers")->as_array(), "resolvers"));
    const std::set<std::string> known = TRY(names_of(backends, "backends"));
    for (std::size_t i = 0; i < frontends.size(); ++i) {
        if (known.contains(std::string(frontends[i].string_or("default_backend", "")))) continue;
        return bad_parameter(fmt::format("frontends.{}.default_backend", i),
                             "Backend does not exist.");
    }
    if (before != nullptr) return {};
    const std::string digits = base::replace_all(call.project.draw_uuid(), "-", "");
    std::size_t at = 0;
    for (json::Value& network : list_in(wanted, "networks")) {
        put(network, "dns_name", fmt::format("lb-{}-{}.upcloudlb.com", digits, ++at));
    }
    return {};
}

json::Value view(const Project& project, const Record& balancer) {
    json::Value out = view_thing(project, balancer);
    if (out.string_or("operational_state", "") == "running" &&
        out.string_or("configured_status", "") == "stopped") {
        put(out, "operational_state", "stopped");
    }
    return out;
}

constexpr Member kMembers[] = {
    {.name = "name", .is_required = true, .least = 1, .most = 64},
    {.name = "plan", .is_required = true},
    {.name = "zone", .is_required = true, .is_fixed = true},
    {.name = "networks", .kind = Kind::List, .is_required = true, .is_fixed = true},
    {.name = "configured_status", .fallback = "\"started\"", .choices = "started|stopped"},
    {.name = "frontends", .kind = Kind::List, .fallback = "[]"},
    {.name = "backends", .kind = Kind::List, .fallback = "[]"},
    {.name = "resolvers", .kind = Kind::List, .fallback = "[]"},
    {.name = "maintenance_dow", .fallback = "\"sunday\""},
    {.name = "maintenance_time", .fallback = "\"03:15:00Z\""},
};

// Private keys stay here.
json::Value view_certificate(const Project& project, const Record& certificate) {
    json::Value out = view_thing(project, certificate);
    out.as_object()->remove("private_key");
    return out;
}

base::Result<void> complete_certificate(ApiCall&, Record& wanted, const Record*) {
    const std::string type(wanted.string_or("type", ""));
    const bool is_dynamic = type == "dynamic";
    for (const char* name : {"hostnames", "key_type"}) {
        if (is_dynamic == (wanted.find(name) != nullptr)) continue;
        return bad_parameter("(root)", fmt::format("'{}' is of a dynamic bundle.", name));
    }
    if (!is_dynamic && wanted.find("certificate") == nullptr) {
        return bad_parameter("(root)", "Missing properties: 'certificate'.");
    }
    put(wanted, "not_before", "2026-01-01T00:00:00Z");
    put(wanted, "not_after", "2027-01-01T00:00:00Z");
    return {};
}

base::Result<void> may_go(ApiCall& call, const Record& certificate) {
    for (const auto& [id, balancer] : call.project.all("load_balancer")) {
        for (const char* list : {"frontends", "backends"}) {
            for (const json::Value& part : *balancer.find(list)->as_array()) {
                for (const json::Value& config : *part.find("tls_configs")->as_array()) {
                    if (config.string_or("certificate_bundle_uuid", "") ==
                        certificate.string_or("uuid", "")) {
                        return problem(409, "SERVICE_ERROR", "Certificate bundle is in use.");
                    }
                }
            }
        }
    }
    return {};
}

constexpr Member kCertificateMembers[] = {
    {.name = "name", .is_required = true, .least = 1, .most = 255},
    {.name = "type", .is_required = true, .is_fixed = true, .choices = "manual|dynamic|authority"},
    {.name = "certificate"},
    {.name = "private_key"},
    {.name = "intermediates", .is_null_taken = true},
    {.name = "hostnames", .kind = Kind::List},
    {.name = "key_type", .is_fixed = true, .choices = "rsa|ecdsa"},
};

constexpr Route kRoutes[] = {
    {"GET", "/load-balancer", list_them<kLoadBalancers>},
    {"POST", "/load-balancer", create_one<kLoadBalancers>},
    {"GET", "/load-balancer/{uuid}", show_one<kLoadBalancers>},
    {"PATCH", "/load-balancer/{uuid}", change_one<kLoadBalancers>},
    {"DELETE", "/load-balancer/{uuid}", remove_one<kLoadBalancers>},
    {"GET", "/load-balancer/certificate-bundles", list_them<kCertificates>},
    {"POST", "/load-balancer/certificate-bundles", create_one<kCertificates>},
    {"GET", "/load-balancer/certificate-bundles/{uuid}", show_one<kCertificates>},
    {"PATCH", "/load-balancer/certificate-bundles/{uuid}", change_one<kCertificates>},
    {"DELETE", "/load-balancer/certificate-bundles/{uuid}", remove_one<kCertificates>},
};

}

constexpr Things kLoadBalancers{.family = {.type = "load_balancer",
                                           .plural = {},
                                           .words = "Service",
                                           .sorts = {},
                                           .view = view},
                                .is_old = false,
                                .prefix = "0a",
                                .members = kMembers,
                                .has_unique_names = true,
                                .state = "operational_state",
                                .making = std::chrono::seconds(150),
                                .changing = std::chrono::seconds(15),
                                .removing = std::chrono::seconds(30),
                                .complete = complete};

constexpr Things kCertificates{.family = {.type = "certificate",
                                          .plural = {},
                                          .words = "Certificate bundle",
                                          .sorts = {},
                                          .view = view_certificate},
                               .is_old = false,
                               .prefix = "0a",
                               .members = kCertificateMembers,
                               .has_labels = false,
                               .state = "operational_state",
                               .ready = "idle",
                               .complete = complete_certificate,
                               .may_go = may_go};

std::span<const Route> load_balancer_routes() { return kRoutes; }

}
