#include "engine/apply/import.hpp"

#include "base/last_catch.hpp"
#include "base/text.hpp"
#include "base/threads.hpp"
#include "base/worker_pool.hpp"
#include "engine/plan/consent.hpp"
#include "engine/plan/resource.hpp"
#include "value/address.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>
#include <span>

namespace engine {
namespace {

// The step that would make it: what the program wants at the address, and the state lacks.
base::Result<const Step*> wanted_at(const Plan& plan, const state::Snapshot& snapshot,
                                    const std::string& address) {
    // In this order, as each explains more than the next: a recorded row, then an intent that may
    // still make one, then a block, and only then a name that the program does not have.
    for (const Step& step : plan.steps) {
        if (step.address == address && step.action == StepAction::Create) return &step;
    }
    if (const state::Row* row = snapshot.find(address)) {
        return base::Error(base::Code::AlreadyExists,
                           fmt::format("{} is recorded already, as the {} {}", address, row->type,
                                       row->key))
            .with_advice({.next = base::Next::ForgetResource, .subject = address});
    }
    if (snapshot.find_open(address) != nullptr) {
        return base::Error(
                   base::Code::FailedPrecondition,
                   fmt::format("what became of an earlier create of {} is not known yet", address))
            .with_advice({.next = base::Next::ResolveIntent, .subject = address});
    }
    const auto blocked = std::ranges::find(plan.blocked, address, &Blocked::address);
    if (blocked != plan.blocked.end()) {
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("{} is blocked: {}", address, blocked->reason));
    }
    std::vector<std::string> addresses = plan.unchanged;
    for (const Step& step : plan.steps) addresses.push_back(step.address);
    std::string help = value::suggest_address(address, addresses);
    base::Error error = base::not_found(fmt::format("the program has no resource `{}`", address));
    if (!help.empty()) return std::move(error).with_help(std::move(help));
    return std::move(error).with_advice({.next = base::Next::PrintAsProgram});
}

// Two addresses with one thing would fight over it, and removing one would delete it for the
// other. The same key at another account or endpoint is another thing.
base::Result<void> is_free(const state::Snapshot& snapshot, const Step& wanted,
                           const std::string& key) {
    for (const state::Row& row : snapshot.rows) {
        if (row.type != wanted.type || row.key != key ||
            row.connection->identity != wanted.connection->identity) {
            continue;
        }
        return base::Error(
                   base::Code::AlreadyExists,
                   fmt::format("the {} {} is recorded already, at {}", row.type, key, row.address))
            .with_advice({.next = base::Next::MoveResource,
                          .subject = row.address,
                          .object = wanted.address});
    }
    return {};
}

// The rows of a run that does nothing but write them.
base::Result<void> record(state::State& state, std::string command,
                          std::span<const state::Row> rows) {
    state::RunRequest request;
    request.command = std::move(command);
    request.refreshed = false;
    // No intents: nothing outside is touched, so there is nothing that recovery could have to find
    // out. One commit: all rows or none, as the command says.
    state::Batch batch;
    for (const state::Row& row : rows) {
        request.addresses.push_back(row.address);
        request.expected.push_back({.address = row.address, .generation = 0, .version = {}});
        batch.results.push_back({.kind = state::StepResult::Kind::Write, .row = row, .token = {}});
    }
    auto run = TRY(state.begin_run(request));
    TRY(run->commit(batch));
    TRY(run->finish(state::RunStatus::Done,
                    json::to_text(json::Object{{"imported", rows.size()}})));
    return {};
}

// Where an orphan is recorded: where it was made for, unless something else is there.
std::string address_for(const state::Snapshot& snapshot, const Orphan& orphan) {
    if (!orphan.address.empty() && snapshot.find(orphan.address) == nullptr) {
        return orphan.address;
    }
    // The tag of an orphan may be cut short by the platform, or its address taken since by
    // something else: then it gets an address that no program uses, and the next plan proposes to
    // delete it.
    return "orphans." + orphan.key;
}

// An input that was seen to be null is one that a program would not give.
value::Value without_nulls(value::Value inputs) {
    if (value::Value::Record* members = inputs.as_record()) {
        std::erase_if(*members,
                      [](const value::Value::Member& member) { return member.second.is_null(); });
    }
    return inputs;
}

// As the platform shows it; what it does not show is taken as the program has it.
// Else the next plan would show a change for each field that the platform never tells (a password,
// a script at creation). An unknown value cannot be recorded.
value::Value recorded_inputs(const provider::ResourceType& type, const Step& wanted,
                             const provider::ObservedResource& seen) {
    value::Value inputs = seen.inputs;
    for (const provider::InputField& field : type.inputs) {
        if (inputs.find(field.name) != nullptr) continue;
        const value::Value* value = wanted.inputs.find(field.name);
        if (value != nullptr && !value->has_unknown()) inputs.set(field.name, *value);
    }
    return without_nulls(std::move(inputs));
}

struct Question {
    const provider::ResourceType& type;
    const std::string& key;
    const value::Value& inputs;
};
using Answer = base::Result<std::optional<provider::ObservedResource>>;

// A worker makes the call, so that this thread can tell meanwhile what is waited for. Returns when
// the call has ended, soon after a stop too.
Answer read_by_worker(const Question& question, const provider::ProviderInstance& link,
                      const Looking& looking) {
    constexpr std::chrono::milliseconds kTell{200};
    struct Inbox {
        std::mutex mutex;
        base::Condition arrived;
        std::optional<Answer> answer;
    };
    const auto inbox = std::make_shared<Inbox>();
    const provider::CallContext context{.stop = looking.options.stop,
                                        .timeout = link.connection->capabilities().call_deadline,
                                        .patience = looking.options.patience,
                                        .who = link.record->label()};
    const auto job = [&question, &link, &context, inbox](const std::stop_token&) {
        auto answer = base::last_catch([&] {
            return link.connection->read(question.type, question.key, question.inputs, context);
        });
        const std::lock_guard lock(inbox->mutex);
        inbox->answer = std::move(answer);
        inbox->arrived.notify_all();
    };
    if (!looking.workers.submit(job).ok()) job({});
    std::unique_lock lock(inbox->mutex);
    bool is_told = false;
    const auto is_there = [&] { return inbox->answer.has_value(); };
    while (!inbox->arrived.wait_for(lock, kTell, is_there)) {
        if (!looking.options.tell_ask) continue;
        is_told = true;
        // What is told may be written to a terminal, which takes its time.
        lock.unlock();
        looking.options.tell_ask({.connection = link.record, .awaited = 1});
        lock.lock();
    }
    if (is_told) looking.options.tell_ask({.connection = link.record, .awaited = 0});
    return std::move(*inbox->answer);
}

std::vector<std::string> unseen_inputs(const provider::ResourceType& type,
                                       const value::Value& recorded,
                                       const provider::ObservedResource& seen) {
    std::vector<std::string> out;
    for (const provider::InputField& field : type.inputs) {
        const bool is_taken =
            recorded.find(field.name) != nullptr && seen.inputs.find(field.name) == nullptr;
        if (is_taken && field.forces_replacement) out.push_back(field.name);
    }
    return out;
}

}

base::Result<provider::ObservedResource>
look_at(const provider::ProviderRegistry& registry, const provider::ResourceType& type,
        const std::string& key, const provider::ProviderInstance& link, const value::Value& inputs,
        const Looking& looking) {
    const ToLook thing{.type = &type, .address = key, .inputs = &inputs};
    TRY(require_programs(registry, {&thing, 1}));
    auto seen = TRY(read_by_worker({.type = type, .key = key, .inputs = inputs}, link, looking)
                        .context(fmt::format("looking at the {} {}", type.name, key)));
    if (seen) return std::move(*seen);
    return base::not_found(fmt::format("there is no {} {}", type.name, key))
        .with_help(fmt::format("it was looked for at {}; the ID of a {} is its `{}`",
                               link.record->identity, type.name, type.key));
}

base::Result<Taken> import_resource(const Plan& plan, const state::Snapshot& snapshot,
                                    provider::ProviderRegistry& registry, state::State& state,
                                    const ImportRequest& request, const Looking& looking) {
    const Step& wanted = *TRY(wanted_at(plan, snapshot, request.address));
    const provider::ResourceType& type = *registry.type(wanted.type);
    if (!type.outside_effects) {
        return base::invalid_argument(
            fmt::format("a {} is nothing that is made: there is nothing to import", type.name));
    }
    TRY(is_free(snapshot, wanted, request.key));
    const provider::ProviderInstance* instance = TRY(registry.instance_of(wanted.connection));
    provider::ObservedResource seen =
        TRY(look_at(registry, type, request.key, *instance, wanted.inputs, looking));

    Taken out;
    state::Row& row = out.row;
    row.address = wanted.address;
    row.generation = wanted.generation;
    row.type = type.name;
    row.connection = wanted.connection;
    row.key = seen.key;
    row.token = seen.token;
    row.inputs = recorded_inputs(type, wanted, seen);
    out.unseen = unseen_inputs(type, row.inputs, seen);
    row.outputs = std::move(seen.outputs);
    row.lifecycle = wanted.lifecycle;
    row.dependencies = dependencies(wanted.reads, wanted.follows, read_lifecycle(wanted.lifecycle));

    TRY(record(state, "import", {&row, 1}));
    return out;
}

base::Result<std::vector<state::Row>>
adopt_orphans(const Plan& plan, const state::Snapshot& snapshot,
              provider::ProviderRegistry& registry, state::State& state,
              const std::vector<std::string>& keys, const Looking& looking) {
    for (const std::string& key : keys) {
        if (std::ranges::find(plan.orphans, key, &Orphan::key) != plan.orphans.end()) continue;
        std::vector<std::string> known;
        for (const Orphan& orphan : plan.orphans) known.push_back(orphan.key);
        base::Error error = base::not_found(fmt::format("there is no orphan `{}`", key));
        if (known.empty()) {
            return std::move(error).with_advice({.next = base::Next::PlanAgain});
        }
        return std::move(error).with_help("there is: " + base::join(known, ", "));
    }
    std::vector<state::Row> rows;
    std::set<std::string> taken;
    for (const Orphan& orphan : plan.orphans) {
        if (!keys.empty() && std::ranges::find(keys, orphan.key) == keys.end()) continue;
        const provider::ResourceType* type = registry.type(orphan.type);
        CHECK(type != nullptr);   // it was listed as one of these
        provider::ProviderInstance* link = TRY(registry.instance_of(orphan.connection));
        state::Row row;
        row.address = address_for(snapshot, orphan);
        if (!taken.insert(row.address).second) row.address += "." + orphan.key;
        provider::ObservedResource seen = TRY(look_at(
            registry, *type, orphan.key, *link, value::Value(value::Value::Record{}), looking));
        row.generation = snapshot.next_generation(row.address);
        row.type = orphan.type;
        row.connection = link->record;
        row.key = seen.key;
        row.token = seen.token;
        row.inputs = without_nulls(std::move(seen.inputs));
        row.outputs = std::move(seen.outputs);
        rows.push_back(std::move(row));
    }
    if (!rows.empty()) TRY(record(state, "adopt", rows));
    return rows;
}

}
