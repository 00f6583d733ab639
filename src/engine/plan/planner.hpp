#pragma once

#include "engine/late/late.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/problems.hpp"
#include "engine/plan/refresh.hpp"
#include "engine/plan/resource.hpp"
#include "provider/registry.hpp"
#include "state/state.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace engine {

// Drives an evaluation, compares what it wants with what is recorded and seen, and sets the cells
// (ENGINE §4). Writes nothing, locks nothing. After planning it is what apply goes on with: cells
// become known, and the resources that touched them are told again. Coordinating thread only.
class Planner final : public LateEvaluation {
public:
    struct Options {
        bool refresh = true;
        bool accept_missing = false;   // every row of a connection may be gone
        provider::Scope scope;         // whose things are looked for beside the rows
        // Addresses, or groups of them. `only`: these, and the changes that they cannot do
        // without. `except`: all but these, and the changes that cannot do without them.
        std::vector<std::string> only;
        std::vector<std::string> except;
        // Of a saved plan: changes of any other address are left out.
        std::optional<std::set<std::string>> approved;
        bool graph = false;   // tell all resources, not only those that change
        // Things that were made for this address and are not recorded do not block it.
        std::string importing;
        RefreshOptions looking;   // its stop token ends planning as well
    };

    Planner(provider::ProviderRegistry& registry, const state::Snapshot& snapshot,
            base::WorkerPool& workers, Options options);

    // What the program wants; or that nothing is wanted any more (`destroy`). Once per planner.
    base::Result<Plan> plan(lang::Program& program);
    base::Result<Plan> plan_destroy();
    // `check`: the inputs of every instance against its schema and, where a connection costs
    // nothing to make, against its provider. No row, no cell, no call.
    base::Result<std::size_t> check(lang::Program& program);

    bool set_outputs(std::string_view address, const value::Value& outputs) override;
    Advance advance() override;
    value::InputPlace place_of(std::string_view address, std::string_view input) const override;

private:
    struct Declared {
        const provider::Provider* provider = nullptr;
        value::Value settings;
    };
    using Connections = std::unordered_map<std::string, Declared>;   // by address

    void read_rows();
    void look_at_rows_of(provider::ProviderInstance& link);
    const Orphan* orphan_of(const Resource& resource) const;
    void take_failed_lists(const provider::ProviderInstance& link, std::vector<FailedList> failed,
                           bool is_told);
    bool is_unlisted(const Resource& resource);
    base::Error stopped() const;
    void check_missing(const provider::ProviderInstance& link,
                       const std::vector<RefreshTask>& tasks);
    void drive();
    void on_inputs(const lang::Program::Event& event);
    void on_connection(value::InstanceId id);
    void on_deferral(const lang::Program::Event& event);
    void on_error(const lang::Program::Event& event);
    std::uint32_t resource_of(value::InstanceId id);
    bool stamp_secrets(Resource& resource);
    bool take_inputs(Resource& resource, const lang::Program::Event& event);
    void take_reads(Resource& resource, const std::vector<value::CellId>& touched);
    base::Result<const Connections::value_type*> declared_for(const Resource& resource,
                                                              const std::string& connection) const;
    provider::ProviderInstance* link_for(const Resource& resource, const std::string& connection);
    void compare(Resource& resource);
    bool is_unchanged(const Resource& resource) const;
    void plan_change(Resource& resource);
    void find_causes(Resource& resource) const;
    value::Value ignored_left_alone(const Resource& resource, value::Value inputs) const;
    void set_cells(Resource& resource);
    void locate_problems();
    void problem_of_way(const std::string& connection, const Resource& resource,
                        const base::Error& error);
    void problem(const Resource& resource, std::string_view input, std::string message,
                 std::string help, int exit_code = 65);

    void add_rows_that_left();
    void choose();
    void leave_out(std::uint32_t index);
    std::vector<bool> closure_of_only() const;
    void check_choice(const std::vector<std::string>& chosen, std::string_view option);
    void hold();
    void check_conflicts();
    void check_protection();
    base::Result<Plan> finish();
    void add_step(Plan& plan, std::uint32_t index);
    void add_drift(Plan& plan) const;
    Fate fate_of(const Resource& resource, const FieldChange& change) const;
    void add_expectations(Plan& plan) const;
    void add_record_updates(Plan& plan) const;
    void add_observed(Plan& plan, const std::vector<std::uint32_t>& sorted) const;
    void add_resources(Plan& plan, const std::vector<std::uint32_t>& sorted) const;
    std::vector<std::string> read_addresses(const Resource& resource) const;
    std::vector<std::string> dependencies_of(const Resource& resource) const;
    LateStep late_step(Resource& resource);
    value::InputPlace place_of(const Resource& resource, std::string_view input) const;
    base::Result<Order> order(Plan& plan) const;
    std::vector<std::pair<std::uint32_t, Release>> holds_of(const Resource& resource) const;
    void add_upstream(Resource& resource, std::uint32_t owner) const;
    bool add_known_upstream(Resource& resource, const value::Value* before,
                            const value::Value* after) const;
    std::string unique_name(const Resource& resource, const value::Value& inputs,
                            const provider::ProviderInstance* link) const;

    provider::ProviderRegistry& registry_;
    const state::Snapshot& snapshot_;
    base::WorkerPool& workers_;
    Options options_;
    lang::Program* program_ = nullptr;

    std::vector<RefreshResult> looked_;                          // beside snapshot_.rows
    std::unordered_map<std::string_view, std::uint32_t> rows_;   // newest row of an address
    std::map<std::pair<std::string_view, std::string_view>, std::vector<std::uint32_t>>
        rows_by_place_;   // provider, identity
    std::vector<Resource> resources_;
    std::unordered_map<std::string, std::uint32_t> by_address_;
    std::vector<std::uint32_t> by_instance_;
    Connections connections_;
    std::set<const provider::ProviderInstance*>
        failed_links_;   // asked for one resource, and the error is told
    std::vector<Deferral> deferred_;
    std::vector<Blocked> blocked_;
    std::vector<Orphan> orphans_;
    std::vector<Unlisted> unlisted_;
    std::set<std::pair<std::string, std::string>> places_seen_;   // provider, identity
    std::vector<std::string> left_out_;
    std::vector<Problem> problems_;
    std::vector<std::string> warnings_;
    std::vector<std::uint32_t> told_;
    std::vector<std::uint32_t> resource_of_step_;
    std::optional<value::Value> outputs_;
    std::vector<std::string> appeared_;
    bool planned_ = false;
    bool checking_ = false;
};

}
