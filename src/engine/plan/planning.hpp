#pragma once

#include "engine/late/late.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/refresh.hpp"
#include "lang/program.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// From an evaluation, the rows and what is there to a plan (ENGINE §4). Writes nothing, locks
// nothing. The stages and the order they come in are listed in planning.cpp.
namespace engine {

struct PlanningOptions {
    bool refresh = true;
    bool accept_missing = false;   // every row of a connection may be gone
    provider::Scope scope = {};    // whose things are looked for beside the rows
    // Addresses, or groups of them. `only`: these, and the changes that they cannot do without.
    // `except`: all but these, and the changes that cannot do without them.
    std::vector<std::string> only = {};
    std::vector<std::string> except = {};
    // Of a saved plan: changes of any other address are left out.
    std::optional<std::set<std::string>> approved = {};
    bool graph = false;   // tell all resources, not only those that change
    // Nothing is compared for its own sake: what lacks a secret, or its connection, is taken as it
    // is recorded.
    bool outputs_only = false;
    // It is about the ways to the platforms: resources are as recorded, and none is asked about.
    bool connections_only = false;
    // Things that were made for this address and are not recorded do not block it.
    std::string importing = {};
    bool is_adopting = false;      // … for any address
    RefreshOptions looking = {};   // its stop token ends planning as well
};

// What every stage may read. What it refers to outlives the planning and the late evaluation.
struct PlanningContext {
    provider::ProviderRegistry& registry;
    const state::Snapshot& snapshot;
    base::WorkerPool& workers;
    PlanningOptions options = {};
    // The state as it is by now: what others have written meanwhile. None: there is no state.
    std::function<base::Result<state::Snapshot>()> read_again = {};

    bool is_stopped() const { return options.looking.stop.stop_requested(); }
};

struct MadePlan {
    Plan plan;
    std::unique_ptr<LateEvaluation> late;   // what apply goes on with
    // Not empty: there is no plan yet, as rows are recorded under addresses as older programs
    // wrote them. With these moves the snapshot is one to plan from.
    std::vector<value::AddressMove> older;
};

// What the program wants; null: nothing is wanted any more (`destroy`). What keeps the plan from
// being made is an error with the detail `Problems`; Cancelled when stopped. Coordinating thread.
base::Result<MadePlan> make_plan(PlanningContext context, lang::Program* program);

// What the program reaches things of this type through; `named` is the address of a connection, ""
// for the only one. Nothing is looked at. Coordinating thread.
base::Result<provider::ProviderInstance*> choose_connection(PlanningContext context,
                                                            lang::Program& program,
                                                            const provider::ResourceType& type,
                                                            const std::string& named);

// A connection that the program declares, or "default": the account of the environment, which
// things go through where none is declared.
struct FoundConnection {
    std::string address;
    const provider::Provider* provider = nullptr;
    provider::ProviderInstance* instance = nullptr;   // null: one of the following says why
    std::vector<std::string> waits_for;               // what its settings read is known after apply
    std::optional<base::Error> error;
};
// All of them, sorted; nothing is asked of a platform. Settings that are wrong are an error with
// the detail `Problems`. Coordinating thread.
base::Result<std::vector<FoundConnection>> find_connections(PlanningContext context,
                                                            lang::Program& program);

struct Checked {
    std::size_t resources = 0;
    std::vector<provider::Program> secrets;   // that a plan of it would give away
};

// `check`: the inputs of every instance against its schema and, where a connection costs nothing
// to make, against its provider. No row, no cell, no call.
base::Result<Checked> check_program(PlanningContext context, lang::Program& program);

}
