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
    Trial(Subject subject, std::unique_ptr<infra::Connection> connection)
        : subject_(std::move(subject)), connection_(std::move(connection)) {}

    const Subject& subject() const { return subject_; }
    const infra::ResourceType& type() const { return *subject_.type; }
    infra::Connection& connection() { return *connection_; }
    // The process is another one from here on: nothing is left of the old one but its intents.
    base::Result<void> restart();

    infra::Intent create_intent(const infra::Value& inputs) const;
    infra::Intent update_intent(const infra::Seen& seen, const infra::Value& prior,
                                const infra::Value& inputs) const;
    infra::Intent delete_intent(const infra::Seen& seen, const infra::Value& inputs) const;

    // One call; the intent is what the engine would have made durable after it.
    base::Result<infra::Started> start(infra::Intent& intent);
    base::Result<infra::Started> poll(infra::Intent& intent);
    // From start to the end: phases, then polling.
    base::Result<std::optional<infra::Seen>> act(infra::Intent& intent);
    base::Result<std::optional<infra::Seen>> finish(infra::Intent& intent,
                                                    base::Result<infra::Started> started);
    base::Result<infra::Seen> create(const infra::Value& inputs);
    base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                  const infra::Value& recorded);
    infra::PlannedAction plan(const infra::Seen& seen, const infra::Value& recorded,
                              const infra::Value& wanted);
    // Asks until it is running no more.
    base::Result<infra::Found> find_settled(const infra::Intent& intent);

    bool has_run_in_background() const { return has_run_in_background_; }
    bool has_taken_phases() const { return has_taken_phases_; }

private:
    infra::Intent intent(infra::Action action, const infra::Value& inputs) const;
    void note(const base::Result<infra::Started>& started, infra::Intent& intent);

    Subject subject_;
    std::unique_ptr<infra::Connection> connection_;
    bool has_run_in_background_ = false;
    bool has_taken_phases_ = false;
};

std::string_view name_of(infra::Found::Kind kind);
std::string_view name_of(infra::PlannedAction action);
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
};
std::vector<Demand> life_demands();       // create to delete
std::vector<Demand> recovery_demands();   // lost answers and kills
std::vector<Demand> platform_demands();   // throttling, credentials, answers of later versions

}
