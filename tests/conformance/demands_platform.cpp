#include "calls.hpp"

#include <fmt/core.h>

#include <chrono>
#include <thread>

// What has to hold when the platform refuses us, or answers more than we know.
namespace conformance {
namespace {

using provider::Intent;
using provider::LookupResult;
using provider::ObservedResource;
using provider::PlannedAction;

constexpr int kMostAttempts = 100;
constexpr std::chrono::milliseconds kBetweenAttempts{20};

bool is_refusal_to_hurry(const base::Error& error) {
    return error.code() == base::Code::Busy || error.code() == base::Code::Unavailable;
}

bool is_refusal_of_credentials(const base::Error& error) {
    return error.code() == base::Code::Unauthenticated ||
           error.code() == base::Code::PermissionDenied;
}

// The provider may wait itself or say so: then it is asked again, with the same intent.
Verdict gets_through_throttling(Trial& trial) {
    const Subject& subject = trial.subject();
    subject.faults.throttle();
    Intent intent = trial.create_intent(subject.inputs);
    for (int i = 0; i < kMostAttempts; ++i) {
        auto made = trial.act(intent);
        if (made.ok()) return expect_count(subject, 1, "after throttling");
        if (!is_refusal_to_hurry(made.error())) {
            return fmt::format("throttling is told as: {}", made.error().text());
        }
        auto found = trial.find_when_ended(intent);
        if (!found.ok() && !is_refusal_to_hurry(found.error())) return found.error().text();
        if (found.ok() && found->kind == LookupResult::Kind::Done) {
            return expect_count(subject, 1, "after throttling");
        }
        std::this_thread::sleep_for(kBetweenAttempts);
    }
    return "it does not get through although the platform serves again";
}

template <typename T>
Verdict expect_refused(const base::Result<T>& result, std::string_view call) {
    if (result.ok()) return fmt::format("{} with wrong credentials is answered", call);
    if (is_refusal_of_credentials(result.error())) return "";
    return fmt::format("{} with wrong credentials is told as: {}", call, result.error().text());
}

Verdict tells_wrong_credentials(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    auto connected = subject.faults.connect_with_wrong_credentials();
    if (!connected.ok()) return expect_refused(connected, "connecting");
    provider::Connection& wrong = **connected;
    // Above all, never "it is not there".
    Verdict verdict =
        expect_refused(wrong.read(trial.type(), seen->key, subject.inputs, {}), "read");
    if (!verdict.empty()) return verdict;
    const Intent intent = trial.create_intent(subject.inputs);
    verdict = expect_refused(wrong.start(intent, {}), "start");
    if (!verdict.empty()) return verdict;
    auto found = wrong.find(intent, {});
    if (found.ok() && found->kind != LookupResult::Kind::Unsure) {
        return fmt::format("with wrong credentials an intent is found as {}", name_of(found->kind));
    }
    return expect_count(subject, 1, "after calls with wrong credentials");
}

Verdict tells_accounts_apart(Trial& trial) {
    const Subject& subject = trial.subject();
    auto seen = trial.create(subject.inputs);
    if (!seen.ok()) return seen.error().text();
    auto connected = subject.faults.connect_to_another_account();
    if (!connected.ok()) return connected.error().text();
    provider::Connection& other = **connected;
    if (other.identity() == trial.connection().identity()) {
        return fmt::format("two accounts have the identity \"{}\"", other.identity());
    }
    auto read = other.read(trial.type(), seen->key, subject.inputs, {});
    if (read.ok() && *read) return "a thing of one account is seen in another";
    return "";
}

Verdict knows_its_identity(Trial& trial) {
    const std::string before = trial.connection().identity();
    if (before.empty()) return "the connection has no identity";
    auto restarted = trial.restart();
    if (!restarted.ok()) return restarted.error().text();
    return trial.connection().identity() == before ? "" : "the identity changes between processes";
}

Verdict takes_unknown_fields(Trial& trial) {
    const Subject& subject = trial.subject();
    subject.faults.add_unknown_field();
    auto made = trial.create(subject.inputs);
    if (!made.ok()) return made.error().text();
    auto now = trial.read(made->key, subject.inputs);
    if (!now.ok()) return now.error().text();
    if (!*now) return "what was made is not there";
    for (const auto& [name, value] : *(*now)->outputs.as_record()) {
        if (trial.type().output(name) == nullptr) {
            return fmt::format("the unknown field `{}` is taken for an output", name);
        }
    }
    return trial.plan(**now, subject.inputs, subject.inputs) == PlannedAction::None
               ? ""
               : "an unknown field is taken for a change";
}

}

std::vector<Demand> platform_demands() {
    return {
        {.name = "identity",
         .check = knows_its_identity,
         .is_possible = [](const Subject&) { return true; },
         .needs = ""},
        {.name = "throttled",
         .check = gets_through_throttling,
         .is_possible = [](const Subject& s) { return bool(s.faults.throttle); },
         .needs = "`faults.throttle`"},
        {.name = "wrong credentials",
         .check = tells_wrong_credentials,
         .is_possible =
             [](const Subject& s) { return bool(s.faults.connect_with_wrong_credentials); },
         .needs = "`faults.connect_with_wrong_credentials`"},
        {.name = "another account",
         .check = tells_accounts_apart,
         .is_possible = [](const Subject& s) { return bool(s.faults.connect_to_another_account); },
         .needs = "`faults.connect_to_another_account`"},
        {.name = "unknown field in an answer",
         .check = takes_unknown_fields,
         .is_possible = [](const Subject& s) { return bool(s.faults.add_unknown_field); },
         .needs = "`faults.add_unknown_field`"},
    };
}

}
