#include "providers/local/process_spec.hpp"

#include "base/process/spawn.hpp"
#include "providers/local/command_program.hpp"
#include "providers/local/fields.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace providers::local {
namespace {

using std::chrono::milliseconds;
using value::Value;

struct SignalName {
    std::string_view name;
    int number;
};
// Those that ask a process to end, or to read its configuration again, which some take for that.
constexpr std::array<SignalName, 7> kSignals{{{"TERM", SIGTERM},
                                              {"INT", SIGINT},
                                              {"QUIT", SIGQUIT},
                                              {"HUP", SIGHUP},
                                              {"USR1", SIGUSR1},
                                              {"USR2", SIGUSR2},
                                              {"KILL", SIGKILL}}};

std::uint16_t port_of(const Value& record) {
    return static_cast<std::uint16_t>(
        std::clamp<std::int64_t>(integer_of(record, "port", 0), 0, 65535));
}

Health health_of(const Value& health) {
    Health out;
    if (is_set(health, "http")) {
        out.kind = Health::Kind::Http;
        out.port = port_of(field_of(health, "http"));
        out.path = text_of(field_of(health, "http"), "path");
        // A default of the schema; a row of an older program may lack it.
        if (out.path.empty()) out.path = "/";
    } else if (is_set(health, "tcp")) {
        out.kind = Health::Kind::Tcp;
        out.port = port_of(field_of(health, "tcp"));
    } else if (is_set(health, "command")) {
        out.kind = Health::Kind::Command;
        out.command = texts_of(health, "command");
    }
    // Not below what a check itself takes: 0 would be a busy loop.
    out.interval = std::max(milliseconds(10), seconds_of(health, "interval", out.interval));
    out.timeout = std::max(milliseconds(10), seconds_of(health, "timeout", out.timeout));
    out.start = seconds_of(health, "start_timeout", out.start);
    out.retries = static_cast<int>(
        std::clamp<std::int64_t>(integer_of(health, "retries", out.retries), 1, 1'000'000));
    return out;
}

// Resolved now: the supervisor lives on when PATH here has become another.
base::Result<std::vector<std::string>> resolved(std::vector<std::string> command, const Spec& spec,
                                                const std::string& executable) {
    if (command.empty()) return base::invalid_argument("a command is empty");
    command[0] = TRY(base::find_program(command[0], spec.environment, executable));
    return command;
}

// Command, environment and directory: kept as they are if the inputs for them are.
base::Result<void> set_what_runs(Spec& spec, const provider::Intent& intent,
                                 const Workspace& workspace, const SupervisorClient& client) {
    const Value& inputs = intent.inputs;
    // Should the supervisor be gone by then, it is as for a new one.
    spec.keeps_what_runs = intent.action == provider::Action::Update && client.is_alive() &&
                           same_field(intent.prior, inputs, "command") &&
                           same_field(intent.prior, inputs, "environment") &&
                           same_field(intent.prior, inputs, "pass_environment") &&
                           same_field(intent.prior, inputs, "directory");
    auto own =
        base::with_passed(text_map_of(inputs, "environment"), texts_of(inputs, "pass_environment"));
    // By this variable its children are known again, wherever they have put themselves.
    own[std::string(kMarkVariable)] = spec.id;
    spec.environment = base::child_environment(own, workspace.host().executable);
    spec.directory = workspace.absolute(text_of(inputs, "directory"));
    spec.command = TRY(resolved(texts_of(inputs, "command"), spec, workspace.host().executable));
    return {};
}

}

std::string log_file_of(const Value& inputs, const Workspace& workspace,
                        const SupervisorClient& client) {
    const std::string& given = text_of(field_of(inputs, "log"), "file");
    return given.empty() ? base::join_path(client.folder(), "log") : workspace.absolute(given);
}

base::Result<Spec> spec_of(const provider::Intent& intent, const std::string& id,
                           const Workspace& workspace, const SupervisorClient& client) {
    const Value& inputs = intent.inputs;
    const std::string& executable = workspace.host().executable;
    Spec spec;
    spec.id = id;
    spec.token = intent.token;
    // For people who look at the processes of a machine: whose it is.
    spec.address = intent.environment + "/" + intent.address;
    spec.has_secret = inputs.has_secret();
    TRY(set_what_runs(spec, intent, workspace, client));
    spec.health = health_of(field_of(inputs, "health"));
    if (spec.health.kind == Health::Kind::Command) {
        spec.health.command = TRY(resolved(spec.health.command, spec, executable));
    }
    const std::string& policy = text_of(inputs, "restart");
    spec.restart = policy == "Always"  ? RestartPolicy::Always
                   : policy == "Never" ? RestartPolicy::Never
                                       : RestartPolicy::OnFailure;
    spec.restart_delay = seconds_of(inputs, "restart_delay", spec.restart_delay);
    spec.restart_limit = static_cast<int>(std::clamp<std::int64_t>(
        integer_of(inputs, "restart_limit", spec.restart_limit), 0, 1'000'000));
    spec.log_file = log_file_of(inputs, workspace, client);
    spec.log_max_bytes = integer_of(field_of(inputs, "log"), "max_bytes", spec.log_max_bytes);
    spec.log_keep = static_cast<int>(std::clamp<std::int64_t>(
        integer_of(field_of(inputs, "log"), "keep", spec.log_keep), 0, 100));
    for (const SignalName& signal : kSignals) {
        if (signal.name == text_of(inputs, "stop_signal")) spec.stop_signal = signal.number;
    }
    spec.stop_timeout = seconds_of(inputs, "stop_timeout", spec.stop_timeout);
    return spec;
}

std::vector<provider::Program> programs_of(const Spec& spec, const Value& inputs,
                                           const Workspace& workspace) {
    std::vector<provider::Program> out;
    const auto add = [&](std::string role, const std::vector<std::string>& command) {
        if (command.empty()) return;
        provider::Program one;
        one.role = std::move(role);
        for (const std::string& word : command) one.command.push_back(redact(word, inputs));
        one.passed = texts_of(inputs, "pass_environment");
        // The whole environment would change with the shell that we were called from.
        one.identity = provider::identity_of({.kind = "local.Process",
                                              .file = command.front(),
                                              .arguments = command,
                                              .directory = spec.directory,
                                              .environment = text_map_of(inputs, "environment"),
                                              .passed = texts_of(inputs, "pass_environment")},
                                             workspace.host().workspace_dir);
        out.push_back(std::move(one));
    };
    add("`command`", spec.command);
    if (spec.health.kind == Health::Kind::Command) add("`health.command`", spec.health.command);
    return out;
}

}
