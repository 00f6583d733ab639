#include "calls.hpp"

#include <fmt/core.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

// What has to hold when an answer is lost or the process is killed: what is left is the intent.
namespace conformance {
namespace {

using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using provider::OperationResult;

constexpr std::chrono::milliseconds kStep{10};

bool is_made(const LookupResult& found) {
    return found.kind == LookupResult::Kind::Done || found.kind == LookupResult::Kind::Partial;
}

// Waits as recovery does: an effect may show late by as much as the provider says.
base::Result<LookupResult> find_within_lag(Trial& trial, const Intent& intent,
                                           bool (*is_it)(const LookupResult&)) {
    const auto lag = trial.connection().capabilities().effect_lag;
    const auto until = std::chrono::steady_clock::now() + lag;
    for (;;) {
        LookupResult found = TRY(trial.find_when_ended(intent));
        if (is_it(found) || std::chrono::steady_clock::now() >= until) return found;
        std::this_thread::sleep_for(kStep);
    }
}

Verdict expect_made(Trial& trial, const Intent& intent, std::string_view when) {
    auto found = find_within_lag(trial, intent, is_made);
    if (!found.ok()) return fmt::format("{}: {}", when, found.error().text());
    if (!is_made(*found)) {
        return fmt::format("{} it is found as {} {}", when, name_of(found->kind), found->reason);
    }
    if (!found->seen) return fmt::format("{} it is found, but not shown", when);
    auto read = trial.read(found->seen->key, intent.inputs);
    if (!read.ok()) return read.error().text();
    if (!*read) return fmt::format("{} it is found, but not read", when);
    return expect_count(trial.subject(), 1, when);
}

// Says what is wrong if it is found as made before it was.
Verdict expect_not_made(Trial& trial, const Intent& intent, std::string_view when) {
    auto found = trial.find_when_ended(intent);
    if (!found.ok()) return fmt::format("{}: {}", when, found.error().text());
    if (found->kind == LookupResult::Kind::Absent) return expect_count(trial.subject(), 0, when);
    if (found->kind == LookupResult::Kind::Unsure && !trial.subject().unsure_because.empty())
        return "";
    return fmt::format("{} it is found as {}", when, name_of(found->kind));
}

// The next call that answers otherwise than that there is another phase.
base::Result<OperationResult> start_through_phases(Trial& trial, Intent& intent) {
    for (;;) {
        auto started = trial.start(intent);
        if (!started.ok() || started->kind != OperationResult::Kind::NextPhase) return started;
    }
}

// Begins a create whose answer is lost, and goes on as another process.
Verdict lose(Trial& trial, Intent& intent, Loss loss) {
    trial.subject().faults.lose_answer(loss);
    if (start_through_phases(trial, intent).ok())
        return "the answer was not lost: the fault was not injected";
    auto restarted = trial.restart();
    return restarted.ok() ? "" : restarted.error().text();
}

Verdict finds_what_acted_before(Trial& trial) {
    Intent intent = trial.create_intent(trial.subject().inputs);
    Verdict verdict = lose(trial, intent, Loss::ActedBefore);
    if (verdict.empty()) verdict = expect_made(trial, intent, "when only the answer was lost");
    return verdict;
}

Verdict finds_what_acted_later(Trial& trial) {
    Intent intent = trial.create_intent(trial.subject().inputs);
    Verdict verdict = lose(trial, intent, Loss::ActedLater);
    if (verdict.empty()) verdict = expect_not_made(trial, intent, "before the request arrives");
    if (!verdict.empty()) return verdict;
    trial.subject().faults.deliver();
    return expect_made(trial, intent, "when the request has arrived");
}

Verdict repeats_what_never_acted(Trial& trial) {
    Intent intent = trial.create_intent(trial.subject().inputs);
    Verdict verdict = lose(trial, intent, Loss::NeverActed);
    if (verdict.empty()) verdict = expect_not_made(trial, intent, "when the request was lost");
    if (!verdict.empty()) return verdict;
    auto made = trial.act(intent);
    if (!made.ok()) return made.error().text();
    return expect_made(trial, intent, "when it was sent again");
}

Verdict goes_on_after_start(Trial& trial) {
    const Subject& subject = trial.subject();
    Intent intent = trial.create_intent(subject.slow);
    Verdict verdict = expect_not_made(trial, intent, "before it is started");
    if (!verdict.empty()) return verdict;
    auto started = start_through_phases(trial, intent);
    if (!started.ok()) return started.error().text();
    if (started->kind != OperationResult::Kind::Running)
        return "`slow` is not slow: start did not answer Running";
    auto restarted = trial.restart();
    if (!restarted.ok()) return restarted.error().text();
    constexpr std::string_view kWhen = "when killed between start and poll";
    if (!subject.unsure_because.empty()) {
        const auto found = trial.find_when_ended(intent);
        if (!found.ok()) return found.error().text();
        // People look, and say what became of it.
        if (found->kind == LookupResult::Kind::Unsure) return expect_count(subject, 1, kWhen);
    }
    return expect_made(trial, intent, kWhen);
}

Verdict goes_on_between_phases(Trial& trial) {
    const Subject& subject = trial.subject();
    Intent intent = trial.create_intent(subject.phased);
    if (!subject.phased_update.is_null()) {
        auto seen = trial.create(subject.inputs);
        if (!seen.ok()) return seen.error().text();
        intent = trial.update_intent(*seen, subject.inputs, subject.phased_update);
    }
    auto started = trial.start(intent);
    while (started.ok() && started->kind == OperationResult::Kind::Running)
        started = trial.poll(intent);
    if (!started.ok()) return started.error().text();
    if (started->kind != OperationResult::Kind::NextPhase) {
        return "`phased` has no phases: start did not answer NextPhase";
    }
    auto restarted = trial.restart();
    if (!restarted.ok()) return restarted.error().text();
    auto found = trial.find_when_ended(intent);
    if (!found.ok()) return found.error().text();
    if (found->kind == LookupResult::Kind::Done) return "what has a phase to come is found as done";
    auto made = trial.act(intent);
    if (!made.ok()) return made.error().text();
    return expect_made(trial, intent, "when killed between phases");
}

// Starts in a child process that is killed after a while; false when it could not be begun.
bool start_and_kill(const Subject& subject, Intent intent, std::chrono::microseconds after) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) {
        auto connection = subject.connect();
        if (connection.ok()) (void)(*connection)->start(intent, {});
        ::_exit(0);
    }
    std::this_thread::sleep_for(after);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return true;
}

// What recovery and the next apply do after a kill: resolve the intent, then make what is missing.
Verdict recovers(Trial& trial, Intent intent, const std::string& when) {
    const Subject& subject = trial.subject();
    auto found = trial.find_when_ended(intent);
    if (!found.ok()) return fmt::format("{}: {}", when, found.error().text());
    std::optional<ObservedResource> there = found->seen;
    if (found->kind == LookupResult::Kind::Absent) {
        // Closed for good where effects die with the process: the next apply begins anew.
        if (trial.connection().capabilities().effects_die_with_process) {
            intent = trial.create_intent(intent.inputs);
        }
        auto made = trial.act(intent);
        if (!made.ok()) return fmt::format("{}, made again: {}", when, made.error().text());
        there = std::move(*made);
    } else if (!is_made(*found)) {
        return fmt::format("{} it is found as {} {}", when, name_of(found->kind), found->reason);
    }
    if (!there) return fmt::format("{} it is found, but not shown", when);
    Verdict verdict = expect_count(subject, 1, when);
    if (!verdict.empty()) return verdict;
    Intent removal = trial.delete_intent(*there, intent.inputs);
    auto gone = trial.act(removal);
    if (!gone.ok()) return fmt::format("{}, deleted: {}", when, gone.error().text());
    return expect_count(subject, 0, when + ", deleted");
}

// A create is killed at each of these moments; at the longest it has come to its end.
Verdict survives_kills_in_a_call(Trial& trial) {
    constexpr int kMoments[] = {0, 100, 300, 700, 1500, 3000, 6000, 12000, 25000, 60000, 200000};
    for (const int moment : kMoments) {
        const std::chrono::microseconds after(moment);
        const Intent intent = trial.create_intent(trial.subject().inputs);
        if (!start_and_kill(trial.subject(), intent, after)) return "no child could be made";
        auto found = trial.find_when_ended(intent);
        if (found.ok() && found->kind == LookupResult::Kind::Unsure &&
            !trial.subject().unsure_because.empty()) {
            // People look and resolve it: here, as not done, in a world as it was before.
            if (trial.subject().count() > 1) return "it was done more than once";
            Intent removal = trial.delete_intent(
                {.key = "", .inputs = {}, .outputs = {}, .token = ""}, intent.inputs);
            auto gone = trial.act(removal);
            if (!gone.ok()) return gone.error().text();
            continue;
        }
        Verdict verdict = recovers(trial, intent, fmt::format("when killed after {} us", moment));
        if (!verdict.empty()) return verdict;
    }
    return "";
}

Verdict has_been_running(const Trial& trial) {
    return trial.has_run_in_background() ? "a start has answered Running" : "";
}

Verdict has_been_in_phases(const Trial& trial) {
    return trial.has_taken_phases() ? "a start has answered NextPhase" : "";
}

}

std::vector<Demand> recovery_demands() {
    constexpr auto can_lose = [](const Subject& s) { return bool(s.faults.lose_answer); };
    constexpr auto can_deliver = [](const Subject& s) { return bool(s.faults.deliver); };
    return {
        {.name = "answer lost, acted before",
         .check = finds_what_acted_before,
         .is_possible = can_lose,
         .needs = "`faults.lose_answer`"},
        {.name = "answer lost, acted later",
         .check = finds_what_acted_later,
         .is_possible = can_deliver,
         .needs = "`faults.deliver`"},
        {.name = "answer lost, never acted",
         .check = repeats_what_never_acted,
         .is_possible = can_lose,
         .needs = "`faults.lose_answer`"},
        {.name = "kill between start and poll",
         .check = goes_on_after_start,
         .is_possible = [](const Subject& s) { return !s.slow.is_null(); },
         .needs = "`slow`",
         .contradiction = has_been_running},
        {.name = "kill between phases",
         .check = goes_on_between_phases,
         .is_possible =
             [](const Subject& s) { return !s.phased.is_null() || !s.phased_update.is_null(); },
         .needs = "`phased` or `phased_update`",
         .contradiction = has_been_in_phases},
        {.name = "kill in a call",
         .check = survives_kills_in_a_call,
         .is_possible = [](const Subject& s) { return s.is_outside_process; },
         .needs = "`is_outside_process`"},
    };
}

}
