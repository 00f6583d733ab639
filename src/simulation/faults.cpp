#include "simulation/faults.hpp"

#include "base/random.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace simulation {
namespace {

constexpr std::array<FaultName, 38> kNames{{
    {"refused", "a request: no connection comes about"},
    {"lost", "a request: it never arrives"},
    {"answer_lost", "a request: it is done, and the answer is lost"},
    {"late", "a request: it is given up, and arrives after that"},
    {"hangs", "a request: neither answer nor end"},
    {"slow", "a request: it takes seconds"},
    {"unavailable", "a request: 503, and nothing is done"},
    {"gateway", "a request: 502 or 504, and it is done"},
    {"limited", "a request: 429, and nothing is done"},
    {"cut_off", "a request: the connection ends within the answer"},
    {"malformed", "a request: the answer is no JSON, or JSON of another kind"},
    {"repeated", "a request that may be repeated: it arrives twice"},
    {"small_budget", "a world: the account may make few requests in an hour"},
    {"action_fails", "a request: the action that it begins fails"},
    {"outage", "a request: for some minutes, no request comes through any more"},
    {"part_outage", "a request: for some minutes, a part of the platform refuses its kind"},
    {"cloud_restarts", "a request: the cloud dies, and what is under way with it"},
    {"small_pages", "a world: lists come in pages of one to three"},
    {"misses_new", "a thing is made: lists show it seconds later"},
    {"read_error", "a read of the disk: EIO"},
    {"write_error", "a write or a sync: EIO"},
    {"disk_full", "a write: ENOSPC, for a while"},
    {"death", "a command: its process dies at an instant"},
    {"power_loss", "a death: what was not synced may be gone"},
    {"outlives", "a death during a request: it arrives seconds after that"},
    {"interrupt", "a command: once or twice"},
    {"stands_still", "a command: its process is stopped for minutes, and goes on"},
    {"company", "a command: another one is begun beside it"},
    {"other_machine", "a command in company: it is begun on another machine"},
    {"more_company", "a command in company: a third one is begun"},
    {"clock_jump", "a command: the clock is set before it"},
    {"clock_step", "a command: the clock is set while it runs"},
    {"clock_drift", "a world: the clock goes too fast or too slow, by up to a tenth"},
    {"hand_edit", "a command: somebody changes things in the cloud meanwhile"},
    {"hand_delete", "a command: somebody deletes something in the cloud meanwhile"},
    {"foreign", "a command: somebody has things in the cloud by the names that are wanted"},
    {"state_command", "a command: somebody moves, forgets, adopts or resolves before it"},
}};

}

std::vector<FaultName> fault_names() { return {kNames.begin(), kNames.end()}; }

std::uint32_t FaultMix::rate_of(std::string_view name) const {
    const auto found = std::ranges::find(rates, name, &FaultRate::name);
    return found == rates.end() ? 0 : found->rate;
}

FaultMix FaultMix::subset(base::Random& random) const {
    FaultMix out;
    for (const FaultRate& one : rates) {
        if (random.below(2) == 0) out.rates.push_back(one);
    }
    return out;
}

FaultMix FaultMix::without(std::string_view name) const {
    FaultMix out = *this;
    std::erase_if(out.rates, [&](const FaultRate& one) { return one.name == name; });
    return out;
}

base::Result<FaultMix> FaultMix::from_json(const json::Value& from) {
    FaultMix out;
    if (!from.is_object()) return base::invalid_argument("the faults are no table");
    for (const auto& [name, rate] : *from.as_object()) {
        if (std::ranges::find(kNames, name, &FaultName::name) == kNames.end()) {
            return base::invalid_argument(fmt::format("there is no fault `{}`", name));
        }
        const std::int64_t* number = rate.as_int64();
        if (number == nullptr || *number < 0 || *number > 1'000'000) {
            return base::invalid_argument(
                fmt::format("`{}` is no number of a million occasions", name));
        }
        out.rates.push_back({.name = name, .rate = static_cast<std::uint32_t>(*number)});
    }
    return out;
}

}
