#include "sandbox/control/faults.hpp"

#include "base/random.hpp"

#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace sandbox {
namespace {

// Each is matched with each request.
constexpr std::size_t kMostRules = 1000;
constexpr std::int64_t kLongestDelay = 3'600'000;

constexpr std::array<std::pair<std::string_view, FaultKind>, 7> kKinds{{
    {"latency", FaultKind::Latency},
    {"status", FaultKind::Status},
    {"drop", FaultKind::Drop},
    {"slow", FaultKind::Slow},
    {"malformed", FaultKind::Malformed},
    {"action", FaultKind::Action},
    {"signal", FaultKind::Signal},
}};

constexpr std::array<std::pair<std::string_view, int>, 5> kSignals{
    {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT}, {"STOP", SIGSTOP}, {"CONT", SIGCONT}}};

// Reads members and remembers the first that is wrong.
// All members are read even after a wrong one, so no code has to end in the middle; the first
// mistake is told.
class Members {
public:
    explicit Members(const json::Value& from) : from_(from) {}

    void text(std::string_view name, std::string& out) {
        const json::Value* value = from_.find(name);
        if (value == nullptr) return;
        if (value->as_string() == nullptr) return wrong(name, "must be a text");
        out = *value->as_string();
    }
    void number(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most) {
        const json::Value* value = from_.find(name);
        if (value == nullptr) return;
        const std::int64_t* number = value->as_int64();
        if (number == nullptr || *number < least || *number > most) {
            return wrong(name, fmt::format("must be a whole number from {} to {}", least, most));
        }
        out = *number;
    }
    void wrong(std::string_view name, std::string_view what) {
        if (problem_.empty()) problem_ = fmt::format("{} of a fault {}", name, what);
    }
    const std::string& problem() const { return problem_; }

private:
    const json::Value& from_;
    std::string problem_;
};

void read_signal(Members& members, const json::Value& from, Fault& fault) {
    // Above what Linux gives as a number (4 million), below what a pid_t holds. From 2 on: 0 and 1
    // would mean a group and init, and negative numbers everyone.
    constexpr std::int64_t kLargestPid = std::int64_t{1} << 30;
    std::string name = "KILL";
    members.text("signal", name);
    members.number("pid", fault.pid, 2, kLargestPid);
    const auto* found = std::find_if(kSignals.begin(), kSignals.end(),
                                     [&](const auto& entry) { return entry.first == name; });
    if (found == kSignals.end()) {
        members.wrong("signal", "must be KILL, TERM, INT, STOP or CONT");
    } else {
        fault.signal = found->second;
    }
    if (fault.kind == FaultKind::Signal && from.find("pid") == nullptr) {
        members.wrong("pid", "is missing: which process gets the signal");
    }
}

}

std::string_view name_of(FaultKind kind) {
    for (const auto& [name, known] : kKinds) {
        if (known == kind) return name;
    }
    UNREACHABLE();
}

base::Result<Fault> Fault::from_json(const json::Value& from) {
    Fault fault;
    Members members(from);
    std::string kind;
    members.text("kind", kind);
    const auto* known = std::find_if(kKinds.begin(), kKinds.end(),
                                     [&](const auto& entry) { return entry.first == kind; });
    if (known == kKinds.end()) {
        members.wrong("kind", "must be latency, status, drop, slow, malformed, action or signal");
    } else {
        fault.kind = known->second;
    }
    constexpr std::int64_t kMany = std::int64_t{1} << 40;
    members.text("method", fault.method);
    members.text("path", fault.path);
    members.number("nth", fault.nth, 0, kMany);
    members.number("times", fault.times, 0, kMany);
    std::int64_t seed = 1;
    members.number("seed", seed, 0, INT64_MAX);
    fault.seed = static_cast<std::uint64_t>(seed);
    if (const json::Value* value = from.find("probability")) {
        fault.probability = value->to_double().value_or(-1);
        if (!(fault.probability >= 0 && fault.probability <= 1)) {
            members.wrong("probability", "must be a number from 0 to 1");
        }
    }
    std::string when = "before";
    members.text("when", when);
    if (when != "before" && when != "after") members.wrong("when", "must be before or after");
    fault.when = when == "after" ? When::After : When::Before;
    std::int64_t delay = 0;
    members.number("delay_ms", delay, 0, kLongestDelay);
    fault.delay = std::chrono::milliseconds(delay);
    std::int64_t status = fault.status;
    members.number("status", status, 100, 599);
    fault.status = static_cast<int>(status);
    members.text("code", fault.code);
    members.text("message", fault.message);
    if (from.find("body") != nullptr) members.text("body", fault.body.emplace());
    fault.happens = from.bool_or("happens", false);
    read_signal(members, from, fault);
    if (!members.problem().empty()) return base::invalid_argument(members.problem());
    return fault;
}

json::Value Fault::to_json() const {
    json::Object out{{"id", id},   {"kind", name_of(kind)}, {"method", method},   {"path", path},
                     {"nth", nth}, {"times", times},        {"matched", matched}, {"fired", fired}};
    if (probability < 1) {
        out.set("probability", probability);
        out.set("seed", static_cast<std::int64_t>(seed));
    }
    if (kind == FaultKind::Status || kind == FaultKind::Drop || kind == FaultKind::Signal) {
        out.set("when", when == When::After ? "after" : "before");
    }
    if (kind == FaultKind::Latency || kind == FaultKind::Slow) out.set("delay_ms", delay.count());
    if (kind == FaultKind::Status) out.set("status", status);
    if (!code.empty()) out.set("code", code);
    if (!message.empty()) out.set("message", message);
    if (body) out.set("body", *body);
    if (kind == FaultKind::Action) out.set("happens", happens);
    if (kind == FaultKind::Signal) {
        out.set("signal", signal);
        out.set("pid", pid);
    }
    return out;
}

struct Faults::Rule {
    Fault fault;
    std::unique_ptr<re2::RE2> path;
    // Of its own for each rule: whether one fires does not depend on how often another was asked.
    base::Random random;
};

Faults::Faults() = default;
Faults::~Faults() = default;

base::Result<std::int64_t> Faults::add(Fault fault) {
    if (rules_.size() == kMostRules) {
        return base::Error(base::Code::Exhausted, "there are 1,000 faults already");
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto path = std::make_unique<re2::RE2>(fault.path, options);
    if (!path->ok()) {
        return base::invalid_argument("path of a fault is no regular expression: " + path->error());
    }
    fault.id = ++last_id_;
    base::Random random(fault.seed);
    rules_.push_back({std::move(fault), std::move(path), random});
    return last_id_;
}

bool Faults::remove(std::int64_t id) {
    return std::erase_if(rules_, [&](const Rule& rule) { return rule.fault.id == id; }) > 0;
}

void Faults::clear() { rules_.clear(); }

std::vector<Fault> Faults::match(const net::Request& request) {
    std::vector<Fault> out;
    for (Rule& rule : rules_) {
        Fault& fault = rule.fault;
        if (!fault.method.empty() && fault.method != request.method) continue;
        if (!re2::RE2::PartialMatch(request.target, *rule.path)) continue;
        // Counted before `nth` is looked at: it counts what matches, not what fires.
        ++fault.matched;
        if (fault.matched < fault.nth || (fault.times > 0 && fault.fired >= fault.times)) continue;
        // Drawn only when all else holds, so a seed gives the same sequence whatever other
        // requests come between.
        if (fault.probability < 1 && rule.random.fraction() >= fault.probability) continue;
        ++fault.fired;
        out.push_back(fault);
    }
    return out;
}

json::Value Faults::to_json() const {
    json::Array out;
    for (const Rule& rule : rules_) out.push_back(rule.fault.to_json());
    return out;
}

}
