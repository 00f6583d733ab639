#include "base/hash.hpp"
#include "base/text.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/process_spec.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/supervisor/client.hpp"
#include "providers/local/workspace.hpp"

#include <fmt/core.h>

#include <thread>

// local.Process: a process under a supervisor of ours (supervisor/), in `processes/ID/` of the
// state folder. The supervisor's lock there tells whether it lives.
namespace providers::local {
namespace {

using std::chrono::milliseconds;
using value::Value;

// In one call, so that a process that comes up at once costs no polls.
constexpr milliseconds kFirstWait{2000};   // in start(): most processes are up by then
constexpr milliseconds kPollWait{200};
constexpr milliseconds kAnswer{5000};
constexpr milliseconds kComesUp{10000};   // in find(): after a run that died while it was starting

class Process final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return process_type(); }

    base::Result<void> validate(const Value& inputs) const override {
        const Value& command = field_of(inputs, "command");
        if (command.as_array() != nullptr && command.as_array()->empty()) {
            return base::invalid_argument("`command` is empty");
        }
        const Value& health = field_of(inputs, "health");
        const int checks = (is_set(health, "http") ? 1 : 0) + (is_set(health, "tcp") ? 1 : 0) +
                           (is_set(health, "command") ? 1 : 0);
        if (health.as_record() != nullptr && checks != 1) {
            return base::invalid_argument(
                "`health` needs exactly one of `http`, `tcp` and `command`");
        }
        for (const char c : text_of(field_of(health, "http"), "path")) {
            if (c <= ' ' || c == 0x7f) {
                return base::invalid_argument(
                    "`health.http.path` has a space or control character");
            }
        }
        return {};
    }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        if (planned.action == provider::PlannedAction::Update && !is_changed(planned, "log")) {
            const Value* log = change.prior ? change.prior->outputs.find("log_file") : nullptr;
            if (log != nullptr) planned.outputs.set("log_file", *log);
        }
        if (planned.action == provider::PlannedAction::Update && change.prior) {
            const Value* problem = change.prior->outputs.find("problem");
            if (problem != nullptr && problem->as_string() != nullptr &&
                // What went wrong last may be cured by the update: until then nothing is known of
                // it.
                !problem->as_string()->empty()) {   // the update ends it, or fails
                planned.outputs.set("problem", Value::unknown(value::ValueType::String));
                planned.outputs.set("status", Value::unknown(value::ValueType::String));
            }
        }
        return {};
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const Value& recorded_inputs,
         const provider::CallContext&) const override {
        // By the lock, which the kernel drops with the process: a status may be of one that is
        // long dead.
        const SupervisorClient client = client_of(key);
        if (!client.is_alive()) return std::optional<provider::ObservedResource>();
        const auto status = client.status();
        if (status.ok() && status->is_over()) return std::optional<provider::ObservedResource>();
        // A supervisor that has only just begun has not written any.
        return std::optional(seen(client, key, recorded_inputs, status.ok() ? *status : Status()));
    }

    base::Result<provider::OperationResult>
    start(const provider::Intent& intent, const provider::CallContext& context) const override {
        const std::string id = id_of(intent);
        const SupervisorClient client = client_of(id);
        if (intent.action == provider::Action::Delete) {
            TRY(client.stop(stop_patience(intent.inputs), context.stop));
            TRY(base::remove_tree(client.folder()));
            return done();
        }
        Spec spec = TRY(spec_of(intent, id, workspace_, client));
        for (const provider::Program& program : programs_of(spec, intent.inputs, workspace_)) {
            TRY(may_start(workspace_.host(), program));
        }
        const bool is_alive = client.is_alive();
        // Logs of dead ones are kept until something takes their place.
        if (!is_alive) remove_dead_ones(spec.address, id);
        TRY(client.write_name(spec));
        // The supervisor goes on; it decides what of the change takes a restart.
        if (!is_alive || !TRY(client.reload(spec, kAnswer, context.stop))) {
            if (is_alive) TRY(client.stop(stop_patience(intent.inputs), context.stop));
            TRY(client.launch(spec));
        }
        return wait(intent, client, kFirstWait, context);
    }

    base::Result<provider::OperationResult>
    poll(const provider::Intent& intent, const provider::CallContext& context) const override {
        const std::string id = id_of(intent);
        const SupervisorClient client = client_of(id);
        if (intent.action == provider::Action::Delete) return start(intent, context);
        return wait(intent, client, kPollWait, context);
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext& context) const override {
        using LookupResult = provider::LookupResult::Kind;
        const std::string id = id_of(intent);
        const SupervisorClient client = client_of(id);
        const bool is_delete = intent.action == provider::Action::Delete;
        if (!client.is_alive()) {
            if (is_delete) return found(LookupResult::Done);
            const auto last = client.status();
            return found(LookupResult::Absent, last.ok() ? last->reason : "");
        }
        auto asked = is_delete ? client.ask("status", kAnswer, context.stop)
                               : ask_once_up(client, intent.token, context.stop);
        const auto status = asked.ok() ? std::move(asked) : client.status();
        provider::LookupResult running = found(LookupResult::Running);
        running.handle = id;
        if (!status.ok()) {   // it has only just begun
            const auto name = client.name();
            return !is_delete && name.ok() && name->token == intent.token
                       ? running
                       : found(LookupResult::Absent);
        }
        if (is_delete) {
            return status->state == Status::State::Stopping ? running : found(LookupResult::Absent);
        }
        if (status->token != intent.token) return found(LookupResult::Absent);
        switch (status->state) {
            case Status::State::Running:
            case Status::State::Unhealthy:
                return found(provider::LookupResult::Kind::Done,
                             seen(client, id, intent.inputs, *status));
            case Status::State::Starting:
            case Status::State::Waiting:
            case Status::State::Stopping: return running;
            default: return found(LookupResult::Absent, status->reason);
        }
    }

private:
    static std::string id_of(const provider::Intent& intent) {
        if (intent.action != provider::Action::Create && !intent.key.empty()) return intent.key;
        return base::sha256_hex("local.Process " + intent.token).substr(0, 16);
    }

    SupervisorClient client_of(const std::string& id) const {
        return {workspace_.state_path("processes/" + id), workspace_.host().executable};
    }

    // The supervisor kills the process after its own time; the rest is for it to end by itself.
    static milliseconds stop_patience(const Value& inputs) {
        constexpr milliseconds kMore{10000};
        return seconds_of(inputs, "stop_timeout", std::chrono::seconds(10)) + kMore;
    }

    // One that was just being started is up in a moment, and is then decided; a person who is asked
    // what became of it could say no more. At first its supervisor does not even listen.
    static base::Result<Status> ask_once_up(const SupervisorClient& client,
                                            const std::string& token, const std::stop_token& stop) {
        constexpr milliseconds kStep{20};
        for (milliseconds left = kComesUp;; left -= kStep) {
            auto asked = client.ask(fmt::format("wait {}", left.count()), left + kAnswer, stop);
            if (asked.ok() || left <= kStep || stop.stop_requested() || !client.is_alive())
                return asked;
            const auto name = client.name();
            if (!name.ok() || name->token != token) return asked;
            std::this_thread::sleep_for(kStep);
        }
    }

    base::Result<provider::OperationResult> wait(const provider::Intent& intent,
                                                 const SupervisorClient& client,
                                                 milliseconds patience,
                                                 const provider::CallContext& context) const {
        const std::string request = fmt::format("wait {}", patience.count());
        auto asked = client.ask(request, patience + kAnswer, context.stop);
        if (!asked.ok() && asked.error().code() == base::Code::Cancelled) {
            return std::move(asked).error();
        }
        const auto status = asked.ok() ? std::move(asked) : client.status();
        if (!status.ok()) {
            if (client.is_alive()) return running(intent);
            return base::internal("the supervisor has gone without a word");
        }
        if (status->is_over() || !client.is_alive()) {
            // It lets go of its lock a moment after it has told so.
            // Otherwise the next attempt could find the lock held and take the dead for alive.
            (void)client.stop(kAnswer, context.stop);
            const bool has_reason = status->is_over() && !status->reason.empty();
            return base::Error(base::Code::FailedPrecondition,
                               base::escape_controls(has_reason ? status->reason
                                                                : "the supervisor was ended"))
                .with_help("its log is " + log_file_of(intent.inputs, workspace_, client));
        }
        const bool is_up =
            status->state == Status::State::Running || status->state == Status::State::Unhealthy;
        if (is_up) return done(seen(client, id_of(intent), intent.inputs, *status));
        return running(intent);
    }

    static provider::OperationResult running(const provider::Intent& intent) {
        provider::OperationResult out;
        out.kind = provider::OperationResult::Kind::Running;
        out.handle = id_of(intent);
        return out;
    }

    // Folders that a dead process of the same address has left, for their logs to be read.
    void remove_dead_ones(const std::string& address, const std::string& id) const {
        const auto names = base::list_directory(workspace_.state_path("processes"));
        if (!names.ok()) return;
        for (const std::string& name : *names) {
            const SupervisorClient other = client_of(name);
            const auto known = other.name();
            if (name == id || !known.ok() || known->address != address || other.is_alive()) {
                continue;
            }
            other.kill_leftovers();
            (void)base::remove_tree(other.folder());
        }
    }

    static std::string problem_of(const Status& status) {
        if (status.reason.empty()) return "";
        std::string out = base::escape_controls(status.reason);
        if (status.restarts > 0) {
            out += fmt::format("\n(started again {})",
                               base::count_of(static_cast<std::size_t>(status.restarts), "time"));
        }
        return out;
    }

    provider::ObservedResource seen(const SupervisorClient& client, const std::string& id,
                                    const Value& inputs, const Status& status) const {
        provider::ObservedResource out;
        out.key = id;
        out.token = status.token;
        out.inputs = inputs;
        const bool has_check = is_set(inputs, "health");
        std::string word = has_check ? "healthy" : "running";
        if (status.state == Status::State::Unhealthy) word = "unhealthy";
        if (status.state < Status::State::Running || status.state > Status::State::Unhealthy) {
            word = "restarting";
        }
        out.outputs.set("id", id);
        out.outputs.set("status", word);
        // The last lines of its output may hold what it was given.
        value::Value problem(problem_of(status));
        if (inputs.has_secret()) problem.mark_secret();
        out.outputs.set("problem", std::move(problem));
        out.outputs.set("log_file", log_file_of(inputs, workspace_, client));
        return out;
    }
};

}

std::unique_ptr<ResourceHandler> make_process(const Workspace& workspace) {
    return std::make_unique<Process>(workspace);
}

}
