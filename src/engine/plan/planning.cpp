#include "engine/plan/planning.hpp"

#include "engine/plan/arrange.hpp"
#include "engine/plan/beneath.hpp"
#include "engine/plan/block.hpp"
#include "engine/plan/causes.hpp"
#include "engine/plan/checks.hpp"
#include "engine/plan/create_first.hpp"
#include "engine/plan/detach.hpp"
#include "engine/plan/evaluation.hpp"
#include "engine/plan/finish.hpp"
#include "engine/plan/follows.hpp"
#include "engine/plan/missing.hpp"
#include "engine/plan/moves.hpp"
#include "engine/plan/removed.hpp"
#include "engine/plan/select.hpp"

#include <fmt/core.h>

#include <set>

namespace engine {
namespace {

base::Error interrupted() {
    return base::Error(base::Code::Cancelled, "interrupted while planning; nothing was begun");
}

// Who comes after whom though no value waits: by names, by places, by inputs that are read.
void find_order(const lang::Program& program, ResourceTable& table, ProblemList& problems) {
    find_missing(program, table, problems);
    find_beneath(table);
    find_follows(program, table);
}

// What of the changes is done, in which way, and whether it may be.
Decisions decide(const PlanningContext& of, const lang::Program* program, ResourceTable& table,
                 Observations& observations, const std::vector<std::vector<Cause>>& causes,
                 ProblemList& problems) {
    // 4. Select, then 5. block: what is left out blocks what would need it, so it comes first.
    Decisions decisions = Decisions::of(table);
    select(of, table, decisions, problems);
    // Of what was named and is not there nothing else can be said.
    if (!problems.empty()) return decisions;
    block(of, observations, table, decisions);
    leave_stuck(table, program, decisions);

    // 5b. Which of those that are left have their new one first.
    pass_on_create_first(table, program, decisions, problems);

    // 6. Checks of the plan as it would be done: what is blocked cannot break a protection.
    check_conflicts(table, program, problems);
    check_relations(table, program, problems);
    if (program != nullptr) check_together(of.registry, table, program, problems);
    check_protection(table, decisions, causes, program, problems);
    check_guards(table, decisions, program, problems);
    return decisions;
}

std::vector<bool> is_step(const Arrangement& arrangement) {
    std::vector<bool> out;
    out.reserve(arrangement.step_of.size());
    for (const std::uint32_t step : arrangement.step_of) out.push_back(step != Order::kNone);
    return out;
}

}

base::Result<MadePlan> make_plan(PlanningContext context, lang::Program* program) {
    auto evaluation =
        std::make_unique<PlanEvaluation>(std::move(context), program, PlanEvaluation::Mode::Plan);
    const PlanningContext& of = evaluation->context();
    ResourceTable& table = evaluation->table();
    Observations& observations = evaluation->observations();
    ProblemList& problems = evaluation->problems();

    // 1. Collect, refresh and diff, woven together: what a resource reads has to be compared, and
    //    its cells set, before the inputs of its readers can be evaluated.
    if (program != nullptr) evaluation->run();
    if (of.is_stopped()) return interrupted();
    // Before anything is said of a row that only seems to have no resource.
    if (auto older = older_addresses(of.snapshot, table, problems); !older.empty()) {
        MadePlan out;
        out.older = std::move(older);
        return out;
    }
    // A program that is wrong says nothing of what is no longer in it.
    if (!problems.empty()) return error_of(problems.take());

    problems.begin_at(ProblemList::kAtTheEnd);
    // 1b. Follow, when all that the program has is found.
    if (program != nullptr) find_order(*program, table, problems);
    if (!problems.empty()) return error_of(problems.take());

    // 2. Rows that left the program: only now is it known what the program has.
    add_removed(of, program == nullptr, evaluation->deferrals(), table, observations, problems);
    if (of.is_stopped()) return interrupted();

    // 2b. Detach, when all that goes away is known: what is attached to it and would stay as it is
    //     changes too, before it is said why things change and what is left out.
    detach_from_removed(of.registry, table);

    // 3. Causes, from the changes as they came out, before any is left out: a cause stays one.
    auto causes = find_causes(table, program);

    Decisions decisions = decide(of, program, table, observations, causes, problems);
    if (!problems.empty()) return error_of(problems.take());

    // 7. Order, over the steps that are left.
    Arrangement arrangement = TRY(arrange(of.registry, table, decisions));
    std::vector<bool> is_blocked = decisions.blocked;
    std::vector<bool> has_step = is_step(arrangement);

    // 8. Finish: everything becomes data of the plan's own.
    MadePlan out;
    std::vector<value::AddressMove> renames = find_renames(table, decisions);
    out.plan = finish({.context = of,
                       .program = program,
                       .table = table,
                       .observations = observations,
                       .causes = causes,
                       .decisions = decisions,
                       .arrangement = arrangement});
    out.plan.renames = std::move(renames);
    out.plan.deferred = std::move(evaluation->deferrals());
    out.plan.outputs = evaluation->take_outputs();
    evaluation->begin_late(std::move(is_blocked), std::move(has_step));
    out.late = std::move(evaluation);
    return out;
}

base::Result<provider::ProviderInstance*> choose_connection(PlanningContext context,
                                                            lang::Program& program,
                                                            const provider::ResourceType& type,
                                                            const std::string& named) {
    context.options.refresh = false;
    PlanEvaluation evaluation(std::move(context), &program, PlanEvaluation::Mode::Plan);
    evaluation.run();
    if (evaluation.context().is_stopped()) return interrupted();
    using Kind = Connections::Choice::Kind;
    Connections::Choice choice = evaluation.connections().choose(type, named);
    // What else is wrong with the program does not matter here.
    if (choice.kind == Kind::Instance) return choice.instance;
    if (choice.error) return std::move(*choice.error);
    if (!evaluation.problems().empty()) return error_of(evaluation.problems().take());
    return base::Error(
        base::Code::FailedPrecondition,
        fmt::format("the settings of {} are known only after apply", choice.address));
}

base::Result<std::vector<FoundConnection>> find_connections(PlanningContext context,
                                                            lang::Program& program) {
    context.options.refresh = false;
    context.options.outputs_only = true;
    context.options.connections_only = true;
    PlanEvaluation evaluation(std::move(context), &program, PlanEvaluation::Mode::Plan);
    evaluation.run();
    const PlanningContext& of = evaluation.context();
    if (of.is_stopped()) return interrupted();
    // A connection may be what is wrong, or hidden by it.
    if (!evaluation.problems().empty()) return error_of(evaluation.problems().take());
    auto all = evaluation.connections().all();
    std::set<const provider::Provider*> has_declared;
    for (const auto& [address, provider] : all) has_declared.insert(provider);
    std::vector<FoundConnection> out;
    const auto add = [&](const std::string& address, const provider::Provider& provider) {
        using Kind = Connections::Choice::Kind;
        Connections::Choice choice = evaluation.connections().use(provider, address);
        const bool is_told = choice.kind == Kind::Told || choice.kind == Kind::Wait;
        out.push_back({.address = address.empty() ? "default" : address,
                       .provider = &provider,
                       .instance = choice.instance,
                       .waits_for = std::move(choice.waits_for),
                       .error = std::move(choice.error)});
        return !is_told;
    };
    for (const auto& [address, provider] : all) {
        if (!add(address, *provider)) return error_of(evaluation.problems().take());
    }
    for (value::InstanceId id = 0; id < program.instance_count(); ++id) {
        const provider::Provider* provider = of.registry.provider_of(program.type(id));
        if (provider == nullptr || !provider::ProviderRegistry::has_accounts(*provider)) continue;
        if (has_declared.insert(provider).second) (void)add("", *provider);
    }
    return out;
}

base::Result<Checked> check_program(PlanningContext context, lang::Program& program) {
    PlanEvaluation evaluation(std::move(context), &program, PlanEvaluation::Mode::Check);
    evaluation.run();
    if (evaluation.context().is_stopped()) {
        return base::Error(base::Code::Cancelled, "interrupted while checking");
    }
    evaluation.problems().begin_at(ProblemList::kAtTheEnd);
    check_conflicts(evaluation.table(), &program, evaluation.problems());
    check_relations(evaluation.table(), &program, evaluation.problems());
    check_together(evaluation.context().registry, evaluation.table(), &program,
                   evaluation.problems());
    check_circles(evaluation.table(), evaluation.touched(), program, evaluation.problems());
    if (!evaluation.problems().empty()) return error_of(evaluation.problems().take());
    return Checked{.resources = evaluation.table().size(), .secrets = evaluation.take_secrets()};
}

}
