#include "state/sqlite/runs.hpp"

#include "state/sqlite/intents.hpp"
#include "state/sqlite/rows.hpp"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <utility>

#define RUN_COLUMNS \
    "number, id, epoch, command, pid, host, user, started, ended, status, summary, plan_id, boot"

namespace state::sqlite {
namespace {

// Statuses are numbers on disk.
constexpr std::int64_t kLastStatus = static_cast<std::int64_t>(RunStatus::Died);

// For people only. In a container the user may have no name.
std::string user_name() {
    passwd entry{};
    passwd* found = nullptr;
    char buffer[4096];
    if (::getpwuid_r(::geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return std::to_string(::geteuid());
}

base::Error at_work(std::string_view address, const RunInfo& run) {
    std::string text = fmt::format(
        "{} is being worked on by run {} (`{}`, pid {} of {} on {}) since {}", address, run.number,
        run.command, run.pid, run.user, run.host, base::format_time(run.started));
    const std::string number = std::to_string(run.number);
    if (!run.elsewhere) {
        return base::Error(base::Code::Busy, std::move(text))
            .with_advice({.next = base::Next::WaitForRun, .subject = number});
    }
    return base::Error(base::Code::Busy, std::move(text))
        .with_help("that is another machine: whether the run is still at work cannot be seen here")
        .with_advice({.next = base::Next::AbandonRun, .subject = number, .object = run.host});
}

base::Error moved(std::string text) {
    return base::Error(base::Code::OutOfDate, std::move(text))
        .with_advice({.next = base::Next::PlanAgain});
}

}

Life life_of(SqliteContext& context, std::string_view id, const Machine& machine, bool ended) {
    const Life life = judge(machine, context.here, context.liveness->is_claimed(id));
    // A run on another machine that said itself that it has ended sends nothing any more.
    return life == Life::Elsewhere && ended ? Life::Dead : life;
}

RunInfo Runs::read(const store::Statement& from) {
    RunInfo run;
    run.number = from.integer(0);
    run.id = from.text(1);
    run.epoch = from.integer(2);
    run.command = from.text(3);
    run.pid = from.integer(4);
    run.host = from.text(5);
    run.user = from.text(6);
    run.started = from_micros(from.integer(7));
    if (!from.is_null(8)) run.ended = from_micros(from.integer(8));
    const std::int64_t status = from.integer(9);
    run.status =
        // The list of runs has no checksum: what is damaged there must not keep anybody from the
        // state.
        status >= 0 && status <= kLastStatus ? static_cast<RunStatus>(status) : RunStatus::Failed;
    run.summary = from.text(10);
    run.plan_id = from.text(11);
    run.boot_id = from.text(12);
    const Life life = life_of(context_, run.id, {run.host, run.boot_id}, status != 0);
    run.live = life != Life::Dead;
    run.elsewhere = life == Life::Elsewhere;
    return run;
}

base::Result<std::vector<RunInfo>> Runs::read_all(store::Statement& from) {
    std::vector<RunInfo> runs;
    while (TRY(from.next())) runs.push_back(read(from));
    return runs;
}

base::Result<std::vector<RunInfo>> Runs::newest(std::size_t limit) {
    auto select = TRY(context_.database->prepare("SELECT " RUN_COLUMNS " FROM run WHERE scope = ? "
                                                 "ORDER BY number DESC LIMIT ?"));
    TRY(select.query({context_.scope, limit}));
    return read_all(select);
}

base::Result<std::optional<RunInfo>> Runs::find(std::string_view which) {
    if (which == "last") {
        auto runs = TRY(newest(1));
        return runs.empty() ? std::optional<RunInfo>() : std::optional(std::move(runs.front()));
    }
    std::int64_t number = -1;
    // "17" may be a number and an id never is one: it has a dash.
    const auto parsed = std::from_chars(which.data(), which.data() + which.size(), number);
    if (parsed.ptr != which.data() + which.size()) number = -1;
    auto select = TRY(context_.database->prepare(
        "SELECT " RUN_COLUMNS " FROM run WHERE scope = ? AND (number = ? OR id = ?)"));
    TRY(select.query({context_.scope, number, which}));
    auto runs = TRY(read_all(select));
    return runs.empty() ? std::optional<RunInfo>() : std::optional(std::move(runs.front()));
}

base::Result<std::string> Runs::plan_of(std::int64_t number) {
    auto select =
        TRY(context_.database->prepare("SELECT plan FROM run WHERE scope = ? AND number = ?"));
    TRY(select.query({context_.scope, number}));
    if (!TRY(select.next())) return base::not_found(fmt::format("there is no run {}", number));
    return std::string(select.blob(0));
}

base::Result<std::vector<StepRecord>> Runs::steps_of(std::int64_t number) {
    auto select = TRY(context_.database->prepare(
        "SELECT address, generation, action, outcome, message, started, ended FROM step "
        "WHERE run = ? ORDER BY number"));
    TRY(select.query({number}));
    std::vector<StepRecord> steps;
    while (TRY(select.next())) {
        StepRecord& step = steps.emplace_back();
        step.address = select.text(0);
        step.generation = static_cast<std::uint64_t>(select.integer(1));
        // Not summed, so whatever is stored is brought into range: this is for people to read.
        step.action = static_cast<provider::Action>(select.integer(2) % 3);
        step.outcome = static_cast<Outcome>(select.integer(3) % 7);
        step.message = select.text(4);
        step.started = from_micros(select.integer(5));
        step.ended = from_micros(select.integer(6));
    }
    return steps;
}

base::Result<std::vector<RunInfo>> Runs::dead() {
    auto select = TRY(context_.database->prepare(
        "SELECT " RUN_COLUMNS " FROM run WHERE scope = ? AND status = 0 ORDER BY number"));
    TRY(select.query({context_.scope}));
    auto runs = TRY(read_all(select));
    std::erase_if(runs, [](const RunInfo& run) { return run.live; });
    return runs;
}

base::Result<bool> Runs::reap_dead_runs() {
    const auto runs = TRY(dead());
    const base::Time now = context_.clock->now();
    for (const RunInfo& run : runs) {
        // After a restart of this machine, the run ended with the time before.
        // Horizons count from here. With "now" instead, a machine that was off over night would
        // wait for requests that were answered, or lost, hours ago.
        const bool restarted = run.host == context_.here.host && !run.boot_id.empty() &&
                               run.boot_id != context_.here.boot_id;
        // No later than now, whatever the clock said when it began.
        TRY(mark_died(run.number,
                      restarted ? std::min(now, std::max(run.started, boot_time(now))) : now));
        if (restarted) TRY(set_over(run.number, 0));
        // Notes are in memory of the system alone.
        const bool same_start = !run.boot_id.empty() && run.boot_id == context_.here.boot_id;
        const auto begun = same_start ? context_.liveness->notes(run.id) : std::nullopt;
        if (begun) TRY(Intents(context_).mark_never_begun(run.number, *begun));
    }
    return !runs.empty();
}

base::Result<void> Runs::check_leases(std::span<const std::string> addresses, std::int64_t run) {
    // Mostly there are none: then a plan of ten thousand addresses asks once.
    auto any = TRY(context_.database->prepare("SELECT 1 FROM lease WHERE scope = ? LIMIT 1"));
    TRY(any.query({context_.scope}));
    if (!TRY(any.next())) return {};
    auto select = TRY(context_.database->prepare(
        "SELECT run FROM lease WHERE scope = ? AND address = ? AND run <> ?"));
    for (const std::string& address : addresses) {
        TRY(select.query({context_.scope, address, run}));
        if (!TRY(select.next())) continue;
        const auto holder = TRY(find(std::to_string(select.integer(0))));
        // Foreign keys would forbid it; whoever meets it has a damaged file.
        if (!holder) return base::Error(base::Code::DataLoss, "a lease without a run: " + address);
        return at_work(address, *holder);
    }
    return {};
}

base::Result<void> Runs::check_intents(std::span<const std::string> addresses, bool recovers,
                                       std::int64_t run) {
    Intents intents(context_);
    // Likewise.
    if (!TRY(intents.any_open())) return {};
    for (const std::string& address : addresses) {
        const std::int64_t holder = TRY(intents.run_with_open(address));
        // Its own intents are those of earlier steps of the same address (a replace).
        if (holder == 0 || holder == run) continue;
        const auto info = TRY(find(std::to_string(holder)));
        if (!info) return base::Error(base::Code::DataLoss, "an intent without a run: " + address);
        if (info->live) return at_work(address, *info);
        // Recovery and `state resolve` are there to close what a dead run left.
        if (recovers) continue;
        return base::Error(base::Code::Busy,
                           fmt::format("it is not known yet what run {} (`{}`, {}) has done to {}",
                                       info->number, info->command, name_of(info->status), address))
            .with_advice({.next = base::Next::ResolveIntent, .subject = address});
    }
    return {};
}

base::Result<void> Runs::check_expected(std::span<const Expected> expected) {
    Rows rows(context_);
    for (const Expected& wanted : expected) {
        // An absence counts for all generations: a superseded one still holds names and keys.
        if (!wanted.version) {
            if (!TRY(rows.exist_at(wanted.address))) continue;
            return moved(wanted.address + " was to be created, and exists by now");
        }
        const auto version = TRY(rows.version(wanted.address, wanted.generation));
        if (!version) return moved(wanted.address + " is gone since the plan was made");
        // Equal, not "not newer": after a restore versions may go either way.
        if (*version != *wanted.version) {
            return moved(fmt::format("{} was changed by run {} since the plan was made",
                                     wanted.address, version->run));
        }
    }
    return {};
}

base::Result<void> Runs::check_plan_unused(const std::string& plan_id) {
    if (plan_id.empty()) return {};
    auto select =
        // The unique index refuses a second one too; this says by which run.
        TRY(context_.database->prepare("SELECT number FROM run WHERE scope = ? AND plan_id = ?"));
    TRY(select.query({context_.scope, plan_id}));
    if (!TRY(select.next())) return {};
    return moved(fmt::format("this plan was applied already, by run {}", select.integer(0)));
}

base::Result<void> Runs::take_leases(std::span<const std::string> addresses, std::int64_t run) {
    // They were checked in this same transaction; what is there already is the run's own.
    auto insert = TRY(
        context_.database->prepare("INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT DO NOTHING"));
    for (const std::string& address : addresses) {
        TRY(insert.run({context_.scope, address, run}));
    }
    return {};
}

base::Result<void> Runs::give_leases_back(std::int64_t run) {
    auto erase = TRY(context_.database->prepare("DELETE FROM lease WHERE scope = ? AND run = ?"));
    TRY(erase.run({context_.scope, run}));
    return {};
}

base::Result<bool> Runs::holds_lease(std::string_view address, std::int64_t run) {
    auto select = TRY(context_.database->prepare(
        "SELECT 1 FROM lease WHERE scope = ? AND address = ? AND run = ?"));
    TRY(select.query({context_.scope, address, run}));
    return select.next();
}

base::Result<std::int64_t> Runs::insert(const RunRequest& request, const std::string& id,
                                        std::int64_t number, std::int64_t epoch) {
    auto insert = TRY(context_.database->prepare(
        "INSERT INTO run (number, id, scope, epoch, command, pid, host, user, boot, started, "
        "status, refreshed, summary, plan_id, plan) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '', ?, ?)"));
    const store::Param plan_id =
        request.plan_id.empty() ? store::Param(nullptr) : store::Param(request.plan_id);
    const store::Param plan =
        request.plan.empty() ? store::Param(nullptr) : store::Param(store::Blob{request.plan});
    TRY(insert.run({number, id, context_.scope, epoch, request.command, ::getpid(),
                    context_.here.host, user_name(), context_.here.boot_id, context_.now(),
                    request.refreshed, plan_id, plan}));
    return number;
}

base::Result<void> Runs::end(std::int64_t number, RunStatus status, std::string_view summary) {
    // What is left of a plan that was not done is for `run resume`.
    auto update = TRY(context_.database->prepare(
        "UPDATE run SET status = ?1, ended = ?2, summary = ?3, "
        // A run that is done needs no plan any more; a failed or interrupted one can be resumed.
        "plan = CASE WHEN ?1 = 1 THEN NULL ELSE plan END WHERE number = ?4"));
    TRY(update.run({static_cast<std::int64_t>(status), context_.now(), summary, number}));
    TRY(set_over(number, context_.since_boot()));
    return give_leases_back(number);
}

base::Result<bool> Runs::is_running(std::int64_t number) {
    auto select =
        TRY(context_.database->prepare("SELECT 1 FROM run WHERE number = ? AND status = 0"));
    TRY(select.query({number}));
    return select.next();
}

base::Result<bool> Runs::is_pruned(std::int64_t number) {
    return TRY(context_.database->number("SELECT pruned FROM run WHERE number = ?", {number})) != 0;
}

base::Result<void> Runs::mark_died(std::int64_t number, base::Time ended) {
    auto update = TRY(context_.database->prepare(
        // Only while it runs: that it has ended by its own word is worth more.
        "UPDATE run SET status = ?, ended = ? WHERE number = ? AND status = 0"));
    TRY(update.run({static_cast<std::int64_t>(RunStatus::Died), to_micros(ended), number}));
    TRY(set_over(number, context_.since_boot()));
    return give_leases_back(number);
}

// The wall clock may be set while horizons are waited for, or have been wrong when the run began:
// this one only counts.
base::Result<void> Runs::set_over(std::int64_t number, std::int64_t since_boot) {
    auto update = TRY(context_.database->prepare(
        "UPDATE run SET over_boot = ?, over_at = ? WHERE number = ? AND status <> 0"));
    TRY(update.run({context_.here.boot_id, since_boot, number}));
    return {};
}

base::Result<std::vector<std::int64_t>> Runs::not_marked_over() {
    auto select = TRY(context_.database->prepare(
        "SELECT DISTINCT run.number FROM run JOIN intent ON intent.run = run.number "
        "WHERE intent.scope = ? AND intent.closed IS NULL AND run.status <> 0 "
        "AND run.over_boot IS NULL AND run.host = ?"));
    TRY(select.query({context_.scope, context_.here.host}));
    std::vector<std::int64_t> numbers;
    while (TRY(select.next())) numbers.push_back(select.integer(0));
    return numbers;
}

base::Result<std::vector<std::string>> Runs::running_ids() {
    auto select = TRY(context_.database->prepare("SELECT id FROM run WHERE status = 0"));
    TRY(select.query({}));
    std::vector<std::string> ids;
    while (TRY(select.next())) ids.emplace_back(select.text(0));
    return ids;
}

base::Result<void> Runs::write_step(std::int64_t run, std::int64_t number, const StepRecord& step) {
    auto insert =
        TRY(context_.database->prepare("INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    TRY(insert.run({run, number, step.address, step.generation,
                    static_cast<std::int64_t>(step.action), static_cast<std::int64_t>(step.outcome),
                    step.message, to_micros(step.started), to_micros(step.ended)}));
    ++context_.record_change;
    return {};
}

}

#undef RUN_COLUMNS
