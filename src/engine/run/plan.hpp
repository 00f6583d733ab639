#pragma once

#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "engine/plan/saved_plan.hpp"
#include "engine/run/deployment.hpp"
#include "engine/run/observer.hpp"

namespace engine {

struct PlanRequest {
    bool destroy = false;
    bool refresh = true;
    bool accept_missing = false;
    std::vector<lang::Given> given;   // to the program, from outside
    std::vector<std::string> only;    // addresses or groups, as PlanningOptions has them
    std::vector<std::string> except;
    bool graph = false;          // tell all resources, not only those that change
    bool outputs_only = false;   // as PlanningOptions has it
    std::string importing;       // an address, as PlanningOptions has it
    bool is_adopting = false;    // as PlanningOptions has it
    // Borrowed: its sources are evaluated, and its steps alone are planned.
    const SavedPlan* approved = nullptr;
};

// A plan, with what applying it goes on with. Must not outlive the deployment.
struct Planned {
    // Of the evaluation, as long as values become known: while applying too.
    std::stop_source evaluation;
    std::shared_ptr<lang::Program> program;      // null: of a destroy
    std::unique_ptr<state::Snapshot> snapshot;   // the state as the plan read it
    std::unique_ptr<LateEvaluation> late;        // evaluates what becomes known late
    Plan plan;

    bool is_destroy() const { return program == nullptr; }
};

// Looks at what is there, evaluates the program and compares. Changes nothing. What keeps the plan
// from being made is an error with the detail `Problems`; Cancelled when stopped.
base::Result<Planned> plan(Deployment& deployment, const PlanRequest& request, Observer& observer,
                           const std::stop_token& stop);

// How platforms are asked while something is planned, imported or adopted.
RefreshOptions looking_options(Deployment& deployment, Observer& observer,
                               const std::stop_token& stop);

// The plan with all that it takes to run it later; with the key, exactly as it was shown.
base::Result<SavedPlan> save(Deployment& deployment, const Planned& planned,
                             const PlanRequest& request, const state::Key* key);

}
