#include "suite.hpp"

#include "calls.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace conformance {
namespace {

std::vector<Demand> all_demands() {
    std::vector<Demand> out = life_demands();
    for (const auto& more : {removal_demands(), recovery_demands(), platform_demands()}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

const Exemption* exemption_of(const Subject& subject, std::string_view demand) {
    for (const Exemption& exemption : subject.does_not_apply) {
        if (exemption.demand == demand) return &exemption;
    }
    return nullptr;
}

// Whether the subject says of each demand either how it is met or why it does not apply.
std::vector<std::string> check_declarations(const Subject& subject,
                                            const std::vector<Demand>& demands) {
    std::vector<std::string> out;
    for (const Demand& demand : demands) {
        const Exemption* exemption = exemption_of(subject, demand.name);
        const bool is_possible = demand.is_possible(subject);
        if (is_possible && exemption != nullptr) {
            out.push_back(fmt::format("{}: declared not to apply, though {} is given", demand.name,
                                      demand.needs.empty() ? "all it needs" : demand.needs));
        } else if (!is_possible && exemption == nullptr) {
            out.push_back(fmt::format("{}: {} is not given, and it is not declared not to apply",
                                      demand.name, demand.needs));
        }
    }
    for (const Exemption& exemption : subject.does_not_apply) {
        const bool is_known = std::any_of(demands.begin(), demands.end(), [&](const Demand& d) {
            return d.name == exemption.demand;
        });
        if (!is_known) out.push_back(exemption.demand + ": there is no such demand");
        if (exemption.reason.empty()) out.push_back(exemption.demand + ": no reason is given");
    }
    return out;
}

// What a demand has to say; and whatever shows that others apply after all.
void check_demand(const MakeSubject& make, const Demand& demand,
                  const std::vector<Demand>& exempted, Result& result) {
    Subject subject = make();
    auto connection = subject.connect();
    if (!connection.ok()) {
        result.failures.push_back(
            fmt::format("{}: connecting: {}", demand.name, connection.error().text()));
        return;
    }
    Trial trial(std::move(subject), std::move(*connection));
    const Verdict verdict = demand.check(trial);
    if (verdict.empty()) {
        ++result.passed;
    } else {
        result.failures.push_back(fmt::format("{}: {}", demand.name, verdict));
    }
    for (const Demand& other : exempted) {
        if (other.contradiction == nullptr || demand.adds_inputs) continue;
        const Verdict shown = other.contradiction(trial);
        const std::string line =
            fmt::format("{}: declared not to apply, but {}", other.name, shown);
        const bool is_told = std::find(result.failures.begin(), result.failures.end(), line) !=
                             result.failures.end();
        if (!shown.empty() && !is_told) result.failures.push_back(line);
    }
}

}

Subject& Subject::exempt(const std::vector<std::string_view>& demands, const std::string& reason) {
    for (const std::string_view demand : demands) {
        does_not_apply.push_back({std::string(demand), reason});
    }
    return *this;
}

std::vector<std::string_view> demand_names() {
    std::vector<std::string_view> out;
    for (const Demand& demand : all_demands()) out.push_back(demand.name);
    return out;
}

Result run(const MakeSubject& make) {
    const std::vector<Demand> demands = all_demands();
    const Subject declared = make();
    Result result;
    result.name = declared.name;
    result.failures = check_declarations(declared, demands);
    result.not_applicable = declared.does_not_apply;
    std::vector<Demand> possible;
    std::vector<Demand> exempted;
    for (const Demand& demand : demands) {
        (demand.is_possible(declared) ? possible : exempted).push_back(demand);
    }
    for (const Demand& demand : possible) check_demand(make, demand, exempted, result);
    return result;
}

}
