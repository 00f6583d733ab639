#pragma once

#include "engine/late/late.hpp"
#include "engine/plan/connections.hpp"
#include "engine/plan/observations.hpp"
#include "engine/plan/plan_calls.hpp"
#include "engine/plan/planning.hpp"
#include "engine/plan/references.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// The first three stages, which evaluation weaves together: the inputs of one resource are
// collected, its connection is looked at, it is compared, and its cells are set, so that the inputs
// of whatever reads them can be evaluated. After planning it is what apply goes on with: cells
// become known, and the resources that touched them are told again. Coordinating thread only.
class PlanEvaluation final : public LateEvaluation {
public:
    enum class Mode : std::uint8_t { Plan, Check };
    // `program` is null where nothing is wanted any more.
    PlanEvaluation(PlanningContext context, lang::Program* program, Mode mode);

    // Until the program is evaluated, or stopped. Problems are in problems().
    void run();

    const PlanningContext& context() const { return context_; }
    const lang::Program* program() const { return program_; }
    ResourceTable& table() { return table_; }
    Connections& connections() { return connections_; }
    Observations& observations() { return observations_; }
    ProblemList& problems() { return problems_; }
    std::vector<Deferral>& deferrals() { return deferrals_; }
    // Of a check: what a plan would give away.
    std::vector<provider::Program> take_secrets() { return std::exchange(secrets_, {}); }
    // Of a check: whose outputs each resource reads, by its index.
    const std::vector<std::vector<value::InstanceId>>& touched() const { return touched_; }
    std::optional<value::Value> take_outputs() { return std::exchange(outputs_, std::nullopt); }

    // The plan is made of what was found so far: from now on it is late.
    void begin_late(std::vector<bool> is_blocked, std::vector<bool> has_step);

    bool set_outputs(std::string_view address, const value::Value& outputs) override;
    Advance advance() override;
    bool catch_up() override;
    void on_answer(std::function<void()> wake) override { calls_.on_answer(std::move(wake)); }
    value::InputPlace place_of(std::string_view address, std::string_view input) const override;

private:
    using Event = lang::Program::Event;

    void on_inputs(const Event& event);
    void on_connection(const Event& event);
    void on_outputs();
    void on_deferral(const Event& event);
    void on_error(const Event& event);
    std::vector<std::string> unknown_among(const std::vector<value::CellId>& touched) const;

    ResourceIndex index_of(value::InstanceId id);
    // What collect came to. Deferred: its difference says so. Waits: for what it refers to.
    enum class Collected : std::uint8_t { Whole, Refused, Deferred, Waits };
    void take_inputs(const Event& event, bool is_last_try);
    Collected collect(ResourceIndex index, const Event& event, bool is_last_try);
    void note_reads(ResourceIndex reader, std::span<const value::CellId> touched);
    bool compare(ResourceIndex index);
    void take_planned(ResourceIndex index, base::Result<provider::PlannedChange> planned);
    bool take_answer();
    void finish_inputs(ResourceIndex index);
    bool are_cells_set(ResourceIndex index) const;
    void refuse(Resource& resource, const base::Error& error);
    void add_connection_problem(const std::string& connection, const Resource& resource,
                                const base::Error& error);
    void set_cells(ResourceIndex index);

    // evaluation_connections.cpp: what a resource refers to
    void find_connections();
    bool take_waiting(bool is_last_try);
    bool check_references(const Resource& resource, const References& references);
    Collected end_unlinked(Resource& resource, const References& references);
    Collected use_connection(Resource& resource, const References& references, bool is_last_try);
    Collected defer(Resource& resource, std::vector<std::string> waits_for);
    void note_touched(ResourceIndex index, const std::vector<value::CellId>& touched);
    bool is_lifecycle_fit(const Resource& resource);
    bool may_give_secrets(const Resource& resource);
    void note_secrets(const provider::ResourceType& type, const std::string& address,
                      const value::Value& settings, const value::Value& inputs);
    static Collected take_as_recorded(Resource& resource);
    void locate_problems();
    LateStep late_step(ResourceIndex index);
    bool is_check() const { return mode_ == Mode::Check; }

    const PlanningContext context_;
    lang::Program* const program_;
    const Mode mode_;
    ProblemList problems_;
    ResourceTable table_;
    Connections connections_;
    Observations observations_;
    std::vector<Deferral> deferrals_;
    std::vector<Event> waiting_;   // inputs that wait for what they refer to
    std::pair<std::size_t, std::uint64_t> tried_at_{0, 0};   // what was known at the last try
    bool are_connections_broken_ = false;    // some of their tree could not be evaluated
    value::InstanceId seen_instances_ = 0;   // those before it were looked at by find_connections
    std::optional<value::Value> outputs_;
    std::vector<provider::Program> secrets_;
    std::vector<std::vector<value::InstanceId>> touched_;
    // By resource, which of its cells were set to what is known; none before they are set.
    std::vector<std::optional<std::vector<bool>>> cell_known_;
    PlanCalls calls_;

    // While applying.
    bool is_late_ = false;
    std::vector<bool> is_blocked_;      // by resource
    std::vector<bool> has_step_;        // by resource
    std::vector<ResourceIndex> told_;   // told again since the last advance
    std::vector<std::string> appeared_;
};

}
