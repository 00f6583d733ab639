#pragma once

#include "suite.hpp"

#include <optional>
#include <string>
#include <utility>

// Calls to a subject's connection, made as the engine makes them.
namespace conformance {

// What a demand has to say against a subject; empty when it is met.
using Verdict = std::string;

// A subject under test, with its connection and what its calls have shown.
class Trial {
public:
    Trial(Subject subject, std::unique_ptr<provider::Connection> connection)
        : subject_(std::move(subject)), connection_(std::move(connection)) {}

    const Subject& subject() const { return subject_; }
    const provider::ResourceType& type() const { return *subject_.type; }
    provider::Connection& connection() { return *connection_; }
    // The process is another one from here on: nothing is left of the old one but its intents.
    base::Result<void> restart();

    provider::Intent create_intent(const value::Value& inputs) const;
    provider::Intent update_intent(const provider::ObservedResource& seen,
                                   const value::Value& prior, const value::Value& inputs) const;
    provider::Intent delete_intent(const provider::ObservedResource& seen,
                                   const value::Value& inputs) const;

    // One call; the intent is what the engine would have made durable after it.
    base::Result<provider::OperationResult> start(provider::Intent& intent);
    base::Result<provider::OperationResult> poll(provider::Intent& intent);
    // From start to the end: phases, then polling.
    base::Result<std::optional<provider::ObservedResource>> act(provider::Intent& intent);
    base::Result<std::optional<provider::ObservedResource>>
    finish(provider::Intent& intent, base::Result<provider::OperationResult> started);
    base::Result<provider::ObservedResource> create(const value::Value& inputs);
    base::Result<std::optional<provider::ObservedResource>> read(const std::string& key,
                                                                 const value::Value& recorded);
    provider::PlannedAction plan(const provider::ObservedResource& seen,
                                 const value::Value& recorded, const value::Value& wanted);
    // Asks until it is running no more.
    base::Result<provider::LookupResult> find_when_ended(const provider::Intent& intent);

    bool has_run_in_background() const { return has_run_in_background_; }
    bool has_taken_phases() const { return has_taken_phases_; }

private:
    provider::Intent intent(provider::Action action, const value::Value& inputs) const;
    void note(const base::Result<provider::OperationResult>& started, provider::Intent& intent);

    Subject subject_;
    std::unique_ptr<provider::Connection> connection_;
    bool has_run_in_background_ = false;
    bool has_taken_phases_ = false;
};

std::string_view name_of(provider::LookupResult::Kind kind);
std::string_view name_of(provider::PlannedAction action);
// "" when there are so many real things.
Verdict expect_count(const Subject& subject, int count, std::string_view when);

// A demand: how it is checked, whether the subject gives what it needs, and what shows that it
// applies all the same when the subject says that it does not.
struct Demand {
    std::string_view name;
    Verdict (*check)(Trial&);
    bool (*is_possible)(const Subject&);
    std::string_view needs;   // what a subject has to give
    Verdict (*contradiction)(const Trial&) = nullptr;
    // It gives inputs beside those that the subject declares: what a call does with them says
    // nothing against what the subject says of itself.
    bool adds_inputs = false;
};
std::vector<Demand> life_demands();       // create to delete
std::vector<Demand> removal_demands();    // inputs that somebody took away
std::vector<Demand> recovery_demands();   // lost answers and kills
std::vector<Demand> platform_demands();   // throttling, credentials, answers of later versions

}
