#include "base/hash.hpp"
#include "providers/local/command_files.hpp"
#include "providers/local/command_operations.hpp"
#include "providers/local/command_program.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/workspace.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

// local.Command: what only a command can do. No call waits for a command: it is started, and asked
// for again when it has ended.
namespace providers::local {
namespace {

using provider::OperationResult;
using value::Value;

// A call waits so long for a command: most are that quick, and need not be asked for again.
constexpr std::chrono::milliseconds kQuick{20};
// What running again depends on.
constexpr std::array<std::string_view, 6> kCauses{"create", "environment", "pass_environment",
                                                  "stdin",  "directory",   "triggers"};

using Holder = CommandFiles::Holder;

class Command final : public ResourceHandler {
public:
    explicit Command(const Workspace& workspace) : ResourceHandler(workspace), files_(workspace) {}
    const provider::ResourceType& type() const override { return command_type(); }

    base::Result<void> validate(const Value& inputs) const override {
        for (const std::string_view name : {"create", "check", "update", "undo"}) {
            const Value* field = inputs.find(name);
            if (field == nullptr || field->is_null() || field->has_unknown()) continue;
            if (!text_of(inputs, name).empty()) continue;
            const Value::Array* items = field->as_array();
            if (items == nullptr || items->empty() ||
                texts_of(inputs, name).size() != items->size()) {
                return base::invalid_argument(fmt::format(
                    "`{}` is neither a text nor an array of program and arguments", name));
            }
        }
        return {};
    }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        refine_action(change, planned);
        const Value* printed = planned.outputs.find("stdout");
        // Known before it runs: what reads it fails while planning, and not half way.
        if (printed != nullptr && printed->has_unknown() && !keeps_output(change.inputs)) {
            planned.outputs.set("stdout", Value());
        }
        return {};
    }

    std::vector<provider::Program> programs_to_look(const Value& inputs) const override {
        std::vector<provider::Program> out;
        if (!is_set(inputs, "check")) return out;
        auto check = described_command(workspace_, inputs, "check");
        if (check.ok()) out.push_back(std::move(check).value());
        return out;
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const Value& recorded_inputs,
         const provider::CallContext& context) const override {
        // A check that fails is drift: as if it were gone, it is done again.
        if (is_set(recorded_inputs, "check") && !TRY(check(recorded_inputs, context))) {
            return std::optional<provider::ObservedResource>();
        }
        return std::optional(seen(key, recorded_inputs));
    }

    base::Result<OperationResult> start(const provider::Intent& intent,
                                        const provider::CallContext& context) const override {
        const std::string id = id_of(intent);
        const bool is_delete = intent.action == provider::Action::Delete;
        // Also where the step starts nothing: who agreed to the step has seen what later looks run.
        if (!is_delete && is_set(intent.inputs, "check")) {
            TRY(allow(intent.inputs, "check"));
        }
        if (is_delete ? !is_set(intent.inputs, "undo")
                      : intent.action == provider::Action::Update &&
                            !has_cause(intent.prior, intent.inputs)) {
            return finish(intent, id);
        }
        const auto operation = operations_.begin(intent.token, context.wake);
        if (operation == nullptr) return provider::queued();
        auto begun = begin(intent, id, operation);
        if (!begun.ok()) return give_up(intent, *operation, std::move(begun).error());
        return advance(intent, id, operation, kQuick, context);
    }

    base::Result<OperationResult> poll(const provider::Intent& intent,
                                       const provider::CallContext& context) const override {
        if (const auto operation = operations_.find(intent.token)) {
            return advance(intent, id_of(intent), operation, {}, context);
        }
        // Of a connection that is gone: its end is only seen from outside.
        provider::LookupResult state = TRY(find(intent, context));
        switch (state.kind) {
            case provider::LookupResult::Kind::Running: return provider::running(state.handle);
            case provider::LookupResult::Kind::Done: return provider::done(std::move(state.seen));
            default:
                return base::Error(base::Code::FailedPrecondition, state.reason.empty()
                                                                       ? "the command was not done"
                                                                       : state.reason);
        }
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext& context) const override {
        using LookupResult = provider::LookupResult::Kind;
        const std::string id = id_of(intent);
        const bool is_delete = intent.action == provider::Action::Delete;
        if (is_delete && !base::file_exists(files_.folder(id))) return found(LookupResult::Done);
        switch (TRY(files_.holder(id, intent.token))) {
            case Holder::NeverStarted: return found(LookupResult::Absent);
            case Holder::Running: {
                provider::LookupResult out = found(LookupResult::Running);
                out.handle = id;
                return out;
            }
            case Holder::Nobody: break;
        }
        if (const auto end = files_.result(id, intent.token)) {
            // A command that failed has ended for good, and did not do what it was for.
            if (end->exit_code != 0) return found(LookupResult::Absent, end->reason);
            return is_delete ? found(LookupResult::Done)
                             : found(provider::LookupResult::Kind::Done, seen(id, intent.inputs));
        }
        if (is_set(intent.inputs, "check")) {
            const bool is_there = TRY(check(intent.inputs, context));
            if (is_delete) return found(is_there ? LookupResult::Absent : LookupResult::Done);
            return is_there ? found(provider::LookupResult::Kind::Done, seen(id, intent.inputs))
                            : found(LookupResult::Absent);
        }
        return found(LookupResult::Unsure,
                     "the command was interrupted, and without a `check` nobody can "
                     "tell whether it was done");
    }

private:
    static void refine_action(const provider::Change& change, provider::PlannedChange& planned) {
        if (planned.action != provider::PlannedAction::Update) return;
        // Another check or timeout is only recorded: what the last run printed still stands.
        if (!has_cause(change.recorded_inputs, change.inputs)) {
            for (const char* name : {"stdout", "exit_code"}) {
                const Value* kept = change.prior ? change.prior->outputs.find(name) : nullptr;
                if (kept != nullptr) planned.outputs.set(name, *kept);
            }
            return;
        }
        // Without `update` there is no other way than undoing the old and doing the new.
        if (is_set(change.inputs, "update")) return;
        planned.action = provider::PlannedAction::Replace;
        for (const std::string_view cause : kCauses) {
            if (is_changed(planned, cause)) planned.forcing.emplace_back(cause);
        }
        for (const provider::OutputField& output : change.type.outputs) {
            planned.outputs.set(output.name, Value::unknown(output.type));
        }
    }

    static std::string id_of(const provider::Intent& intent) {
        if (intent.action != provider::Action::Create && !intent.key.empty()) return intent.key;
        // The same for each attempt at the intent, so that `find` of another process looks at the
        // same files.
        return base::sha256_hex("local.Command " + intent.token).substr(0, 16);
    }

    static bool has_cause(const Value& before, const Value& after) {
        return std::any_of(kCauses.begin(), kCauses.end(),
                           [&](std::string_view name) { return !same_field(before, after, name); });
    }

    // Before each start of a program.
    base::Result<void> allow(const Value& inputs, std::string_view which) const {
        auto program = described_command(workspace_, inputs, which);
        if (program.ok()) return may_start(workspace_.host(), *program);
        base::Error error = std::move(program).error();
        return which == "check" ? std::move(error).with_context("`check`") : std::move(error);
    }

    // Waits for it: where nothing is made, a check is all there is to a call.
    base::Result<bool> check(const Value& inputs, const provider::CallContext& context) const {
        TRY(allow(inputs, "check"));
        base::RunOptions options =
            TRY(command_program(workspace_, inputs, "check", -1).context("`check`"));
        options.stop = context.stop;
        return judge_check(TRY(run(options).context("`check`")));
    }

    using Operation = CommandOperations::Shared;

    base::Result<void> begin(const provider::Intent& intent, const std::string& id,
                             const Operation& operation) const {
        switch (intent.action) {
            case provider::Action::Create:
                operation->which = "create";
                // `create` may be costly and not repeatable; a check that holds says that it is
                // not needed.
                if (is_set(intent.inputs, "check")) {
                    return begin_check(intent, operation, CommandOperation::Program::FirstCheck);
                }
                break;
            case provider::Action::Update:
                operation->which = is_set(intent.inputs, "update") ? "update" : "create";
                break;
            // The old `undo`, as recorded: it knows what was done then.
            case provider::Action::Delete: operation->which = "undo"; break;
        }
        return begin_command(intent, id, operation);
    }

    base::Result<void> begin_check(const provider::Intent& intent, const Operation& operation,
                                   CommandOperation::Program which) const {
        operation->program = which;
        TRY(allow(intent.inputs, "check"));
        const base::RunOptions options =
            TRY(command_program(workspace_, intent.inputs, "check", -1).context("`check`"));
        return operations_.run(operation, options).context("`check`");
    }

    // Under the intent's lock, which its children hold as well.
    base::Result<void> begin_command(const provider::Intent& intent, const std::string& id,
                                     const Operation& operation) const {
        TRY(allow(intent.inputs, operation->which));
        operation->lock = TRY(files_.take_lock(id, intent.token));
        operation->program = CommandOperation::Program::Command;
        auto begun = run_command(intent.inputs, operation);
        if (!begun.ok()) TRY(leave_result(intent, id, -1, begun.error().text()));
        return begun;
    }

    base::Result<void> run_command(const Value& inputs, const Operation& operation) const {
        base::RunOptions options =
            TRY(command_program(workspace_, inputs, operation->which, operation->lock.get()));
        base::FileDescriptor input;
        if (is_set(inputs, "stdin")) {
            input = TRY(base::text_in_memory(text_of(inputs, "stdin")));
            options.spawn.input = input.get();
        }
        return operations_.run(operation, options);
    }

    // Goes on from program to program for so long as they end within the time.
    base::Result<OperationResult> advance(const provider::Intent& intent, const std::string& id,
                                          const Operation& operation,
                                          std::chrono::milliseconds time,
                                          const provider::CallContext& context) const {
        const auto until = std::chrono::steady_clock::now() + time;
        for (;;) {
            const auto ran = operations_.take(*operation, until, context.wake);
            if (!ran) {
                OperationResult out = provider::running(id);
                out.wakes = true;
                return out;
            }
            auto is_over = take_end(intent, id, operation, *ran);
            if (!is_over.ok()) return give_up(intent, *operation, std::move(is_over).error());
            if (!*is_over) continue;
            close(intent, *operation);
            return finish(intent, id);
        }
    }

    // What the end of a program leads to; true: it was the last.
    base::Result<bool> take_end(const provider::Intent& intent, const std::string& id,
                                const Operation& operation, const base::Ran& ran) const {
        using Program = CommandOperation::Program;
        const std::string& which = operation->which;
        std::string failure;
        switch (operation->program) {
            case Program::FirstCheck:
                if (TRY(judge_check(ran))) {
                    TRY(skip(intent, id));
                    return true;
                }
                TRY(begin_command(intent, id, operation));
                return false;
            case Program::Command:
                failure = describe_failure(ran, which, intent.inputs);
                if (keeps_output(intent.inputs)) {
                    operation->printed = redact(ran.output, intent.inputs);
                }
                // Its own word is not enough where there is a check.
                if (failure.empty() && which != "undo" && is_set(intent.inputs, "check")) {
                    TRY(begin_check(intent, operation, Program::LastCheck));
                    return false;
                }
                break;
            case Program::LastCheck:
                if (!TRY(judge_check(ran))) {
                    failure = fmt::format("`{}` ended well, but `check` still fails", which);
                }
                break;
        }
        if (!failure.empty()) {
            TRY(leave_result(intent, id, ran.code != 0 ? ran.code : -1, failure));
            return base::Error(base::Code::FailedPrecondition, failure);
        }
        if (which != "undo")
            TRY(files_.save_printed(id, operation->printed, intent.inputs.has_secret()));
        TRY(leave_result(intent, id, 0, ""));
        return true;
    }

    // Whoever looks next sees the lock free.
    void close(const provider::Intent& intent, CommandOperation& operation) const {
        operation.lock.close();
        operations_.end(intent.token);
    }

    base::Error give_up(const provider::Intent& intent, CommandOperation& operation,
                        base::Error error) const {
        close(intent, operation);
        return error;
    }

    base::Result<OperationResult> finish(const provider::Intent& intent,
                                         const std::string& id) const {
        if (intent.action != provider::Action::Delete) return done(seen(id, intent.inputs));
        TRY(base::remove_tree(files_.folder(id)));
        return done();
    }

    base::Result<void> skip(const provider::Intent& intent, const std::string& id) const {
        TRY(base::make_directories(files_.folder(id), 0700));
        TRY(files_.save_printed(id, "", intent.inputs.has_secret()));
        TRY(files_.leave_free_lock(id, intent.token));
        return leave_result(intent, id, 0, "");
    }

    // Sealed where it was given a secret: what it printed may be made of it in ways that nobody
    // knows, and so may what is told of its failure.
    base::Result<void> leave_result(const provider::Intent& intent, const std::string& id, int code,
                                    const std::string& reason) const {
        return files_.save_result(id, intent.token, {.exit_code = code, .reason = reason},
                                  intent.inputs.has_secret());
    }

    provider::ObservedResource seen(const std::string& id, const Value& inputs) const {
        provider::ObservedResource out;
        out.key = id;
        out.inputs = inputs;
        out.outputs.set("id", id);
        out.outputs.set("stdout", printed(id, inputs));
        out.outputs.set("exit_code", std::int64_t{0});
        return out;
    }

    // Null and not empty where it is not kept: whoever uses it is told.
    Value printed(const std::string& id, const Value& inputs) const {
        if (!keeps_output(inputs)) return {};
        Value out(files_.printed(id));
        if (inputs.has_secret()) out.mark_secret();
        return out;
    }

    CommandFiles files_;
    mutable CommandOperations operations_;
};

}

std::unique_ptr<ResourceHandler> make_command(const Workspace& workspace) {
    return std::make_unique<Command>(workspace);
}

}
