#include "base/hash.hpp"
#include "base/process/spawn.hpp"
#include "base/text.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/note.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/workspace.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

// local.Command: what only a command can do. Each intent has two files under
// `commands/ID/` of the state folder: TOKEN.lock, held by the command and its children as long as
// one of them runs, and TOKEN.result, written when its end has been seen.
namespace providers::local {
namespace {

using std::chrono::milliseconds;
using value::Value;

constexpr milliseconds kDefaultTimeout{std::chrono::minutes{5}};
// What running again depends on.
constexpr std::array<std::string_view, 4> kCauses{"create", "environment", "directory", "triggers"};

// A command as arguments; a text goes to the shell.
std::vector<std::string> arguments_of(const Value& inputs, std::string_view name) {
    const std::string& shell = text_of(inputs, name);
    // A list of words is run as it is: no shell that could read anything into it.
    if (!shell.empty()) return {"/bin/sh", "-c", shell};
    return texts_of(inputs, name);
}

void collect_secrets(const Value& value, std::vector<std::string>& out) {
    // Shorter ones would turn every printed text into "(secret)".
    constexpr std::size_t kShortest = 4;
    const std::string* found = value.as_string();
    if (value.is_secret() && found != nullptr && found->size() >= kShortest) out.push_back(*found);
    if (const Value::Array* items = value.as_array()) {
        for (const Value& item : *items) collect_secrets(item, out);
    }
    if (const Value::Record* members = value.as_record()) {
        for (const auto& member : *members) collect_secrets(member.second, out);
    }
}

// What a command printed may hold the secrets that it was given.
std::string redact(std::string printed, const Value& inputs) {
    std::vector<std::string> secrets;
    collect_secrets(inputs, secrets);
    for (const std::string& secret : secrets) {
        printed = base::replace_all(printed, secret, "(secret)");
    }
    return printed;
}

enum class Holder { Nobody, Running, NeverStarted };

class Command final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
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
        if (planned.action != provider::PlannedAction::Update) return {};
        // Another check or timeout is only recorded: what the last run printed still stands.
        if (!has_cause(change.recorded_inputs, change.inputs)) {
            for (const char* name : {"stdout", "exit_code"}) {
                const Value* kept = change.prior ? change.prior->outputs.find(name) : nullptr;
                if (kept != nullptr) planned.outputs.set(name, *kept);
            }
            return {};
        }
        // Without `update` there is no other way than undoing the old and doing the new.
        if (is_set(change.inputs, "update")) return {};
        planned.action = provider::PlannedAction::Replace;
        for (const std::string_view cause : kCauses) {
            if (is_changed(planned, cause)) planned.forcing.emplace_back(cause);
        }
        for (const provider::OutputField& output : change.type.outputs) {
            planned.outputs.set(output.name, Value::unknown(output.type));
        }
        return {};
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

    base::Result<provider::OperationResult>
    start(const provider::Intent& intent, const provider::CallContext& context) const override {
        const std::string id = id_of(intent);
        switch (intent.action) {
            case provider::Action::Create: {
                // `create` may be costly and not repeatable; a check that holds says that it is
                // not needed.
                const bool is_done =
                    is_set(intent.inputs, "check") && TRY(check(intent.inputs, context));
                TRY(is_done ? skip(intent, id) : perform(intent, id, "create", context));
                return done(seen(id, intent.inputs));
            }
            case provider::Action::Update:
                if (has_cause(intent.prior, intent.inputs)) {
                    TRY(perform(intent, id, is_set(intent.inputs, "update") ? "update" : "create",
                                context));
                }
                return done(seen(id, intent.inputs));
            // The old `undo`, as recorded: it knows what was done then.
            case provider::Action::Delete:
                if (is_set(intent.inputs, "undo")) TRY(perform(intent, id, "undo", context));
                TRY(base::remove_tree(folder(id)));
                return done();
        }
        UNREACHABLE();
    }

    base::Result<provider::OperationResult>
    poll(const provider::Intent& intent, const provider::CallContext& context) const override {
        provider::LookupResult state = TRY(find(intent, context));
        provider::OperationResult out;
        switch (state.kind) {
            case provider::LookupResult::Kind::Running:
                out.kind = provider::OperationResult::Kind::Running;
                out.handle = state.handle;
                return out;
            case provider::LookupResult::Kind::Done: out.seen = std::move(state.seen); return out;
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
        if (is_delete && !base::file_exists(folder(id))) return found(LookupResult::Done);
        switch (TRY(holder(id, intent.token))) {
            case Holder::NeverStarted: return found(LookupResult::Absent);
            case Holder::Running: {
                provider::LookupResult out = found(LookupResult::Running);
                out.handle = id;
                return out;
            }
            case Holder::Nobody: break;
        }
        if (const auto result = Note::load(file(id, intent.token, "result")); result.ok()) {
            if (result->number("exit_code", -1) != 0) {
                return found(LookupResult::Absent, std::string(result->text("reason")));
                // A command that failed has ended for good, and did not do what it was for.
            }
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

    std::string folder(const std::string& id) const {
        return workspace_.state_path("commands/" + id);
    }
    std::string file(const std::string& id, const std::string& token, std::string_view end) const {
        const std::string name = base::sha256_hex(token).substr(0, 16);
        return base::join_path(folder(id), name + "." + std::string(end));
    }

    base::Result<Holder> holder(const std::string& id, const std::string& token) const {
        const std::string path = file(id, token, "lock");
        const base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!lock) {
            if (errno == ENOENT) return Holder::NeverStarted;
            return path_error("opening", path, errno);
        }
        // The lock belongs to the open file, which the command and its children inherit
        // (flock(2)): it is free when the last of them has gone.
        return ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 ? Holder::Nobody : Holder::Running;
    }

    base::Result<base::Ran> run_one(const Value& inputs, std::string_view which, int kept,
                                    const provider::CallContext& context) const {
        base::RunOptions options;
        options.timeout = seconds_of(inputs, "timeout", kDefaultTimeout);
        options.stop = context.stop;
        const std::string& executable = workspace_.host().executable;
        options.spawn.environment = base::child_environment(
            base::Inherit::Everything, text_map_of(inputs, "environment"), executable);
        options.spawn.arguments = arguments_of(inputs, which);
        if (options.spawn.arguments.empty()) {
            return base::invalid_argument("`" + std::string(which) + "` is empty");
        }
        options.spawn.program = TRY(
            base::find_program(options.spawn.arguments[0], options.spawn.environment, executable));
        options.spawn.directory = workspace_.absolute(text_of(inputs, "directory"));
        options.spawn.kept = kept;
        return run(options);
    }

    base::Result<bool> check(const Value& inputs, const provider::CallContext& context) const {
        const base::Ran ran = TRY(run_one(inputs, "check", -1, context).context("`check`"));
        switch (ran.end) {
            case base::Ran::End::Exited: return ran.code == 0;
            case base::Ran::End::Signalled: return false;
            case base::Ran::End::TimedOut:
                return base::Error(base::Code::DeadlineExceeded,
                                   "`check` did not end within its `timeout`");
            case base::Ran::End::LeftRunning: break;
        }
        return base::Error(base::Code::Cancelled, "`check` was not waited for");
    }

    // Runs one of the commands under the intent's lock and leaves its result.
    base::Result<void> perform(const provider::Intent& intent, const std::string& id,
                               std::string_view which, const provider::CallContext& context) const {
        // Private, as results and outputs may be.
        TRY(base::make_directories(folder(id), 0700));
        const std::string path = file(id, intent.token, "lock");
        const base::FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!lock) return path_error("opening", path, errno);
        // Of an earlier attempt at this intent, in a run that died: twice at once would be worse
        // than waiting.
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
            return base::Error(base::Code::Unavailable,
                               "the command of an earlier attempt is still running");
        }
        // Of the earlier attempt: from now on it would say something wrong.
        ::unlink(file(id, intent.token, "result").c_str());
        auto ran = run_one(intent.inputs, which, lock.get(), context);
        if (!ran.ok()) {   // it never began
            TRY(leave_result(intent, id, -1, ran.error().text()));
            return std::move(ran).error();
        }
        // Left running after the second interrupt: its lock tells recovery that it still is.
        if (ran->end == base::Ran::End::LeftRunning) {
            return base::Error(base::Code::Cancelled, "the command was left running");
        }
        std::string failure = describe_failure(*ran, which, intent.inputs);
        // Its own word is not enough where there is a check.
        if (failure.empty() && which != "undo" && is_set(intent.inputs, "check") &&
            !TRY(check(intent.inputs, context))) {
            failure = fmt::format("`{}` ended well, but `check` still fails", which);
        }
        if (!failure.empty()) {
            TRY(leave_result(intent, id, ran->code != 0 ? ran->code : -1, failure));
            return base::Error(base::Code::FailedPrecondition, failure);
        }
        if (which != "undo") TRY(leave_outputs(id, redact(ran->output, intent.inputs)));
        return leave_result(intent, id, 0, "");
    }

    base::Result<void> skip(const provider::Intent& intent, const std::string& id) const {
        TRY(base::make_directories(folder(id), 0700));
        TRY(leave_outputs(id, ""));
        // An empty lock: held by nobody, so that `find` goes on to the result.
        TRY(base::write_file_atomic(file(id, intent.token, "lock"), "",
                                    {.mode = 0600, .sync = false}));
        return leave_result(intent, id, 0, "");
    }

    static std::string describe_failure(const base::Ran& ran, std::string_view which,
                                        const Value& inputs) {
        std::string out;
        switch (ran.end) {
            case base::Ran::End::Exited:
                if (ran.code == 0) return "";
                out = fmt::format("`{}` ended with exit code {}", which, ran.code);
                break;
            case base::Ran::End::Signalled:
                out = fmt::format("`{}` was ended by signal {}", which, ran.code);
                break;
            default: out = fmt::format("`{}` did not end within its `timeout`", which);
        }
        std::string last = base::last_lines(ran.errors, 10, 2048);
        if (last.empty()) last = base::last_lines(ran.output, 10, 2048);
        if (!last.empty()) out += ":\n" + base::escape_controls(redact(last, inputs));
        return out;
    }

    base::Result<void> leave_result(const provider::Intent& intent, const std::string& id, int code,
                                    const std::string& reason) const {
        Note note;
        note.add("exit_code", code);
        note.add("reason", reason);
        return note.save(file(id, intent.token, "result"));
    }

    base::Result<void> leave_outputs(const std::string& id, std::string_view output) const {
        while (output.ends_with('\n') || output.ends_with('\r')) output.remove_suffix(1);
        Note note;
        note.add("stdout", output);
        return note.save(base::join_path(folder(id), "outputs"));
    }

    provider::ObservedResource seen(const std::string& id, const Value& inputs) const {
        provider::ObservedResource out;
        out.key = id;
        out.inputs = inputs;
        const auto note = Note::load(base::join_path(folder(id), "outputs"));
        Value printed(note.ok() ? std::string(note->text("stdout")) : std::string());
        if (inputs.has_secret()) printed.mark_secret();
        out.outputs.set("id", id);
        out.outputs.set("stdout", std::move(printed));
        out.outputs.set("exit_code", std::int64_t{0});
        return out;
    }
};

}

std::unique_ptr<ResourceHandler> make_command(const Workspace& workspace) {
    return std::make_unique<Command>(workspace);
}

}
