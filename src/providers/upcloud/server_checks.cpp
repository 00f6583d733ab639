#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/server.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

// What a server's inputs may not say, alone and together.
namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

constexpr const char* kInterfaces = "interfaces";

base::Error wrong(std::string_view input, std::string message, std::string help) {
    return about(input, base::invalid_argument(std::move(message)).with_help(std::move(help)));
}

base::Result<void> check_size(const Value& inputs) {
    TRY(check_number(inputs, "core_number", 1, 20));
    TRY(check_number(inputs, "memory_amount", 1024, 131'072));
    const std::int64_t* memory = field_of(inputs, "memory_amount").as_integer();
    if (memory != nullptr && *memory % 1024 != 0) {
        return wrong("memory_amount", fmt::format("`memory_amount` is {}", *memory),
                     "it is a multiple of 1024");
    }
    const std::string& plan = text_of(inputs, "plan");
    const bool has_size = is_set(inputs, "core_number") || is_set(inputs, "memory_amount");
    if (plan.empty() || has_size == (plan == "custom")) return {};
    if (has_size) {
        return wrong("plan",
                     fmt::format("the plan \"{}\" says how many cores and how much memory "
                                 "there are",
                                 plan),
                     "leave out `core_number` and `memory_amount`, or take the plan \"custom\"");
    }
    return wrong("plan", "the plan \"custom\" says nothing of cores and memory",
                 "give `core_number` and `memory_amount`");
}

base::Result<void> check_interface(const Value& one) {
    const std::string& type = text_of(one, "type");
    const bool has_network = !field_of(one, "network").is_null();
    if (type == "private" && !has_network) {
        return wrong(kInterfaces, "a private interface is in no network", "give it a `network`");
    }
    if (!type.empty() && type != "private" && (has_network || is_set(one, "address"))) {
        return wrong(kInterfaces,
                     fmt::format("an interface that is {} has a `network` or an `address`", type),
                     "the platform chooses both");
    }
    auto checked = check_address(one, "address");
    if (!checked.ok()) return about(kInterfaces, std::move(checked).error());
    return {};
}

base::Result<void> check_interfaces(const Value& inputs) {
    std::size_t utility = 0;
    const Value::Array& all = items_of(inputs, kInterfaces);
    for (const Value& one : all) {
        TRY(check_interface(one));
        if (text_of(one, "type") == "utility") ++utility;
    }
    if (utility > 1) {
        return wrong(kInterfaces, "a server has one utility interface", "leave out the others");
    }
    constexpr std::size_t kMost = 24;   // with its storages
    if (all.size() + items_of(inputs, "storages").size() + 1 > kMost) {
        return wrong(kInterfaces, "a server has 24 interfaces and storages at the most", "");
    }
    return {};
}

base::Result<void> check_backup(const Value& inputs) {
    const std::string& text = text_of(inputs, "simple_backup");
    if (text.empty()) return {};
    const std::size_t comma = text.find(',');
    const std::string time = text.substr(0, comma);
    const std::string plan = comma == std::string::npos ? "" : text.substr(comma + 1);
    const bool is_time = time.size() == 4 && time < "2400" && time.substr(2) < "60" &&
                         std::ranges::all_of(time, [](unsigned char c) { return std::isdigit(c); });
    const bool is_plan =
        plan == "daily" || plan == "dailies" || plan == "weeklies" || plan == "monthlies";
    if (is_time && is_plan) return {};
    return wrong("simple_backup", fmt::format("`simple_backup`: \"{}\" is no plan", text),
                 "a time and a plan: \"0430,dailies\", or weeklies, or monthlies");
}

}

base::Result<void> validate_server(const Value& inputs) {
    TRY(check_length(inputs, "title", 1, 255));
    TRY(check_length(inputs, "hostname", 1, 128));
    TRY(check_number(inputs, "disk_size", 1, kLargestStorage));
    TRY(check_size(inputs));
    TRY(check_interfaces(inputs));
    TRY(check_backup(inputs));
    return check_labels(inputs);
}

}
