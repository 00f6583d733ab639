#pragma once

#include "state/sqlite/context.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

// Rows of the tables `run`, `step` and `lease`. Only for the .cpp files of this folder; all within
// a transaction of the caller.
namespace state::sqlite {

// Of a run with this id: what its machine says, and its claim where that says anything. One that
// has ended by its own word is not waited for on another machine: all it sent, it sent before that.
Life life_of(SqliteContext& context, std::string_view id, const Machine& machine, bool ended);

class Runs {
public:
    explicit Runs(SqliteContext& context) : context_(context) {}

    base::Result<std::vector<RunInfo>> newest(std::size_t limit);
    // By number, by id, or "last".
    base::Result<std::optional<RunInfo>> find(std::string_view number_or_id);
    base::Result<std::string> plan_of(std::int64_t number);
    base::Result<std::vector<StepRecord>> steps_of(std::int64_t number);

    // Runs that are said to run and are dead for certain.
    base::Result<std::vector<RunInfo>> dead();
    // Marks them as died and gives their leases back; true if there were any.
    base::Result<bool> reap_dead_runs();

    // The checks and leases of State::begin_run, for `run` (0: not in the table yet).
    base::Result<void> check_leases(std::span<const std::string> addresses, std::int64_t run);
    base::Result<void> check_intents(std::span<const std::string> addresses, bool recovers,
                                     std::int64_t run);
    base::Result<void> check_expected(std::span<const Expected> expected);
    base::Result<void> check_plan_unused(const std::string& plan_id);
    base::Result<void> take_leases(std::span<const std::string> addresses, std::int64_t run);
    base::Result<void> give_leases_back(std::int64_t run);
    base::Result<bool> holds_lease(std::string_view address, std::int64_t run);

    base::Result<std::int64_t> insert(const RunRequest& request, const std::string& id,
                                      std::int64_t number, std::int64_t epoch);
    base::Result<void> end(std::int64_t number, RunStatus status, std::string_view summary);
    base::Result<bool> is_running(std::int64_t number);
    base::Result<bool> is_pruned(std::int64_t number);
    // Of a run that has not ended: its leases are given back, its intents wait for recovery.
    base::Result<void> mark_died(std::int64_t number, base::Time ended);
    // With open intents, and since when they are over is not recorded.
    base::Result<std::vector<std::int64_t>> not_marked_over();
    base::Result<void> set_over(std::int64_t number, std::int64_t since_boot);
    base::Result<std::vector<std::string>> running_ids();   // of all environments
    base::Result<void> write_step(std::int64_t run, std::int64_t number, const StepRecord& step);

private:
    RunInfo read(const store::Statement& from);
    base::Result<std::vector<RunInfo>> read_all(store::Statement& from);

    SqliteContext& context_;
};

}
