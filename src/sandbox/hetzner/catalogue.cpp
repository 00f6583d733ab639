#include "sandbox/hetzner/catalogue.hpp"

#include <fmt/core.h>

#include <array>

namespace sandbox::hetzner {
namespace {

struct Location {
    int id;
    const char* name;
    const char* description;
    const char* country;
    const char* city;
    double latitude;
    double longitude;
    const char* zone;
};

// Made up where the vendor does not say; what programs and checks look at is real: names, zones,
// architectures, sizes of disks, and one type that is retired.
constexpr std::array kPlaces{
    Location{1, "fsn1", "Falkenstein DC Park 1", "DE", "Falkenstein", 50.47612, 12.370071,
             "eu-central"},
    Location{2, "nbg1", "Nuremberg DC Park 1", "DE", "Nuremberg", 49.452102, 11.076665,
             "eu-central"},
    Location{3, "hel1", "Helsinki DC Park 1", "FI", "Helsinki", 60.169855, 24.938379, "eu-central"},
    Location{4, "ash", "Ashburn, VA", "US", "Ashburn, VA", 39.045821, -77.487073, "us-east"},
    Location{5, "hil", "Hillsboro, OR", "US", "Hillsboro, OR", 45.54222, -122.951924, "us-west"},
    Location{6, "sin", "Singapore", "SG", "Singapore", 1.283333, 103.833333, "ap-southeast"},
};

struct Size {
    int id;
    const char* name;
    int cores;
    int memory;        // GB
    int disk;          // GB
    bool everywhere;   // else in Europe only
    bool retired;
};

// By series: cx and cax (ARM) are in Europe only, cpx and ccx (dedicated) everywhere. Disks matter
// most: a server never goes to a smaller one.
constexpr std::array kSizes{
    Size{104, "cx22", 2, 4, 40, false, true},      Size{114, "cx23", 2, 4, 40, false, false},
    Size{115, "cx33", 4, 8, 80, false, false},     Size{116, "cx43", 8, 16, 160, false, false},
    Size{117, "cx53", 16, 32, 320, false, false},  Size{45, "cax11", 2, 4, 40, false, false},
    Size{93, "cax21", 4, 8, 80, false, false},     Size{94, "cax31", 8, 16, 160, false, false},
    Size{95, "cax41", 16, 32, 320, false, false},  Size{22, "cpx11", 2, 2, 40, true, false},
    Size{23, "cpx21", 3, 4, 80, true, false},      Size{24, "cpx31", 4, 8, 160, true, false},
    Size{25, "cpx41", 8, 16, 240, true, false},    Size{26, "cpx51", 16, 32, 360, true, false},
    Size{108, "cpx12", 1, 2, 40, true, false},     Size{109, "cpx22", 2, 4, 80, true, false},
    Size{110, "cpx32", 4, 8, 160, true, false},    Size{96, "ccx13", 2, 8, 80, true, false},
    Size{97, "ccx23", 4, 16, 160, true, false},    Size{98, "ccx33", 8, 32, 240, true, false},
    Size{99, "ccx43", 16, 64, 360, true, false},   Size{100, "ccx53", 32, 128, 600, true, false},
    Size{101, "ccx63", 48, 192, 960, true, false},
};

struct System {
    const char* name;
    const char* description;
    const char* flavor;
    const char* version;
    const char* type;
    bool deprecated;
    bool x86_only = false;
};

// With one that is deprecated and one that has no ARM: what a program may trip over.
constexpr std::array kSystems{
    System{"debian-11", "Debian 11", "debian", "11", "system", true},
    System{"debian-12", "Debian 12", "debian", "12", "system", false},
    System{"debian-13", "Debian 13", "debian", "13", "system", false},
    System{"ubuntu-22.04", "Ubuntu 22.04", "ubuntu", "22.04", "system", false},
    System{"ubuntu-24.04", "Ubuntu 24.04", "ubuntu", "24.04", "system", false},
    System{"fedora-42", "Fedora 42", "fedora", "42", "system", false},
    System{"rocky-9", "Rocky Linux 9", "rocky", "9", "system", false},
    System{"alma-9", "AlmaLinux 9", "alma", "9", "system", false},
    System{"centos-stream-9", "CentOS Stream 9", "centos", "stream9", "system", false},
    System{"opensuse-15", "openSUSE Leap 15", "opensuse", "15", "system", false},
    System{"docker-ce", "docker-ce", "ubuntu", "24.04", "app", false},
    System{"prometheus-grafana", "prometheus-grafana", "ubuntu", "24.04", "app", false, true},
};

constexpr std::int64_t kTrafficEurope = 21'990'232'555'520;   // 20 TiB
constexpr std::int64_t kTrafficElsewhere = 1'099'511'627'776;
constexpr std::string_view kRetiredAnnounced = "2025-10-01T00:00:00Z";
constexpr std::string_view kRetiredAfter = "2026-01-01T00:00:00Z";
// The vendor's prices have both, with and without.
constexpr double kVat = 1.19;

bool is_european(const Location& place) { return std::string_view(place.zone) == "eu-central"; }
bool is_arm(const Size& size) { return std::string_view(size.name).starts_with("cax"); }
bool is_dedicated(const Size& size) { return std::string_view(size.name).starts_with("ccx"); }

// Ten digits and as texts, as the vendor writes them: no client may read prices as binary numbers.
json::Value price(double net) {
    return json::Object{{"net", fmt::format("{:.10f}", net)},
                        {"gross", fmt::format("{:.10f}", net * kVat)}};
}

json::Value prices_of(double monthly, bool everywhere) {
    json::Array prices;
    for (const Location& place : kPlaces) {
        if (!everywhere && !is_european(place)) continue;
        prices.push_back(json::Object{
            {"location", place.name},
            // An hour is a 625th of the month, about as the vendor has it.
            {"price_hourly", price(monthly / 625)},
            {"price_monthly", price(monthly)},
            {"included_traffic", is_european(place) ? kTrafficEurope : kTrafficElsewhere},
            {"price_per_tb_traffic", price(1)}});
    }
    return prices;
}

json::Value retired() {
    return json::Object{{"announced", kRetiredAnnounced}, {"unavailable_after", kRetiredAfter}};
}

json::Value make_server_type(const Size& size) {
    json::Array locations;
    for (const Location& place : kPlaces) {
        if (!size.everywhere && !is_european(place)) continue;
        locations.push_back(json::Object{{"id", place.id},
                                         {"name", place.name},
                                         {"deprecation", size.retired ? retired() : json::Value()},
                                         {"available", !size.retired},
                                         {"recommended", !size.retired}});
    }
    // No price list: larger types cost more, and that is all that a test may rely on.
    const double monthly = size.cores * (is_dedicated(size) ? 4.0 : 1.0) + size.memory * 0.5;
    std::string upper(size.name);
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    const char* category = is_dedicated(size) ? "general_purpose"
                           : size.everywhere  ? "regular_performance"
                                              : "cost_optimized";
    return json::Object{{"id", size.id},
                        {"name", size.name},
                        {"description", upper},
                        {"category", category},
                        {"cores", size.cores},
                        {"memory", size.memory},
                        {"disk", size.disk},
                        {"deprecated", size.retired},
                        {"deprecation", size.retired ? retired() : json::Value()},
                        {"prices", prices_of(monthly, size.everywhere)},
                        {"storage_type", "local"},
                        {"cpu_type", is_dedicated(size) ? "dedicated" : "shared"},
                        {"architecture", is_arm(size) ? "arm" : "x86"},
                        {"locations", std::move(locations)}};
}

json::Value make_image(const System& system, std::int64_t id, std::string_view architecture) {
    return json::Object{
        {"id", id},
        {"type", system.type},
        {"status", "available"},
        {"name", system.name},
        {"description", system.description},
        {"image_size", nullptr},
        {"disk_size", 5},
        {"created", "2025-01-15T08:00:00Z"},
        {"created_from", nullptr},
        {"bound_to", nullptr},
        {"os_flavor", system.flavor},
        {"os_version", system.version},
        {"rapid_deploy", true},
        {"protection", json::Object{{"delete", false}}},
        {"deprecated", system.deprecated ? json::Value("2026-06-30T00:00:00Z") : json::Value()},
        {"deleted", nullptr},
        {"labels", json::Object{}},
        {"architecture", architecture}};
}

json::Value make_pricing(const Catalogue& catalogue) {
    const auto each = [](const std::vector<json::Value>& types) {
        json::Array out;
        for (const json::Value& type : types) {
            out.push_back(json::Object{{"id", *type.find("id")},
                                       {"name", *type.find("name")},
                                       {"prices", *type.find("prices")}});
        }
        return out;
    };
    json::Array monthly;
    json::Array hourly;
    for (const Location& place : kPlaces) {
        monthly.push_back(json::Object{{"location", place.name}, {"price_monthly", price(3)}});
        hourly.push_back(json::Object{{"location", place.name},
                                      {"price_hourly", price(0.0008)},
                                      {"price_monthly", price(0.5)}});
    }
    const auto both = [](const json::Array& prices) {
        return json::Array{json::Object{{"type", "ipv4"}, {"prices", prices}},
                           json::Object{{"type", "ipv6"}, {"prices", prices}}};
    };
    return json::Object{{"currency", "EUR"},
                        {"vat_rate", "19.00"},
                        {"image", json::Object{{"price_per_gb_month", price(0.011)}}},
                        {"volume", json::Object{{"price_per_gb_month", price(0.044)}}},
                        {"floating_ip", json::Object{{"price_monthly", price(3)}}},
                        {"floating_ips", both(monthly)},
                        {"primary_ips", both(hourly)},
                        {"server_backup", json::Object{{"percentage", "20.00"}}},
                        {"server_types", each(catalogue.server_types)},
                        {"load_balancer_types", each(catalogue.load_balancer_types)}};
}

}

Catalogue::Catalogue() {
    for (const Location& place : kPlaces) {
        locations.push_back(json::Object{{"id", place.id},
                                         {"name", place.name},
                                         {"description", place.description},
                                         {"country", place.country},
                                         {"city", place.city},
                                         {"latitude", place.latitude},
                                         {"longitude", place.longitude},
                                         {"network_zone", place.zone}});
    }
    // Made once and given out as they are: each answer of the catalogue is a reference into these.
    for (const Size& size : kSizes) server_types.push_back(make_server_type(size));
    // Images of one name have two entries, one for each architecture, as in the real list.
    std::int64_t image = 114'690'300;
    for (const System& system : kSystems) {
        images.push_back(make_image(system, image++, "x86"));
        if (!system.x86_only) images.push_back(make_image(system, image++, "arm"));
    }
    std::int64_t iso = 122'600;
    for (const char* name : {"debian-13.0.0-amd64-netinst.iso", "virtio-win-0.1.285.iso"}) {
        isos.push_back(json::Object{{"id", iso++},
                                    {"name", name},
                                    {"description", name},
                                    {"type", "public"},
                                    {"architecture", "x86"},
                                    {"deprecation", nullptr},
                                    {"deprecated", nullptr}});
    }
    load_balancer_types.push_back(json::Object{{"id", 1},
                                               {"name", "lb11"},
                                               {"description", "LB11"},
                                               {"max_connections", 20'000},
                                               {"max_services", 5},
                                               {"max_targets", 25},
                                               {"max_assigned_certificates", 10},
                                               {"deprecated", nullptr},
                                               {"deprecation", nullptr},
                                               {"prices", prices_of(5, true)}});
    pricing = make_pricing(*this);
}

const json::Value* Catalogue::pick(const std::vector<json::Value>& entries,
                                   const IdOrName& wanted) {
    for (const json::Value& entry : entries) {
        // A client names by id or by name, and the same field of a request takes either.
        if (wanted.id ? id_of(entry) == *wanted.id : entry.string_or("name", "") == wanted.name) {
            return &entry;
        }
    }
    return nullptr;
}

const json::Value* Catalogue::image(std::int64_t id) const {
    return pick(images, IdOrName{id, {}});
}

const json::Value* Catalogue::image(std::string_view name, std::string_view architecture) const {
    for (const json::Value& entry : images) {
        if (entry.string_or("name", "") == name &&
            entry.string_or("architecture", "") == architecture) {
            return &entry;
        }
    }
    return nullptr;
}

const json::Value* offer_of(const json::Value& server_type, std::string_view location) {
    for (const json::Value& offer : *server_type.find("locations")->as_array()) {
        if (offer.string_or("name", "") == location) return &offer;
    }
    return nullptr;
}

bool is_unavailable(const json::Value* deprecation, base::Time now) {
    if (deprecation == nullptr || deprecation->is_null()) return false;
    // The text "9…" is later than any year: no date means not yet. Compared as texts, all are UTC.
    return deprecation->string_or("unavailable_after", "9") <= base::format_time(now);
}

}
