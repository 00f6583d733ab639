#include "providers/aws/endpoints.hpp"

#include "base/check.hpp"
#include "embedded/providers.hpp"
#include "providers/aws/service_model.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace providers::aws {
namespace {

const json::Array& partitions() {
    static const auto* const kRead = [] {
        auto document = json::parse(embedded::partitions_model);
        CHECK(document.ok() && document->find("partitions") != nullptr);
        return new json::Array(*document->find("partitions")->as_array());
    }();
    return *kRead;
}

// "eu-central-1": it becomes part of a host's name, so what a program says may not lead elsewhere.
bool is_region(std::string_view text) {
    return !text.empty() && text.size() <= 32 && text.find('-') != std::string_view::npos &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

bool lists(const json::Value& partition, std::string_view region) {
    return std::ranges::any_of(*partition.find("regions")->as_array(),
                               [&](const auto& one) { return *one.as_string() == region; });
}

// A region that is newer than the model is in the partition of its prefix.
const json::Value* partition_with(std::string_view region) {
    if (!is_region(region)) return nullptr;
    for (const json::Value& one : partitions()) {
        if (lists(one, region)) return &one;
    }
    std::string_view id = "aws";
    if (region.starts_with("cn-")) id = "aws-cn";
    if (region.starts_with("us-gov-")) id = "aws-us-gov";
    // Those that are not public: us-iso-east-1, eusc-de-east-1.
    if (region.find("iso") != std::string_view::npos || region.starts_with("eusc-")) return nullptr;
    for (const json::Value& one : partitions()) {
        if (one.string_or("id", "") == id) return &one;
    }
    return nullptr;
}

}

std::string partition_of(std::string_view region) {
    const json::Value* partition = partition_with(region);
    return partition == nullptr ? std::string() : std::string(partition->string_or("id", ""));
}

base::Result<Endpoint> public_endpoint(std::string_view service, std::string_view region) {
    const json::Value* partition = partition_with(region);
    if (partition == nullptr) {
        return base::invalid_argument(fmt::format("there is no region \"{}\"", region))
            .with_help("regions are named as eu-central-1 or us-east-1");
    }
    if (const json::Value* whole = partition->find("global", service)) {
        return Endpoint{.url = fmt::format("https://{}", whole->string_or("host", "")),
                        .region = std::string(whole->string_or("region", region))};
    }
    const json::Value* host = partition->find("hosts", service, region);
    if (host != nullptr && host->is_string()) {
        return Endpoint{.url = "https://" + *host->as_string(), .region = std::string(region)};
    }
    return Endpoint{.url = fmt::format("https://{}.{}.{}", service_model(service).endpoint_prefix,
                                       region, partition->string_or("suffix", "")),
                    .region = std::string(region)};
}

base::Result<Endpoint> Endpoints::of(std::string_view service) const {
    if (const auto own = own_.find(service); own != own_.end()) {
        return Endpoint{.url = own->second, .region = region_};
    }
    if (!all_.empty()) return Endpoint{.url = all_, .region = region_};
    return public_endpoint(service, region_);
}

}
