#include "providers/local/command_program.hpp"

#include "base/text.hpp"
#include "provider/redaction.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/workspace.hpp"

#include <fmt/core.h>

#include <vector>

namespace providers::local {
namespace {

using value::Value;

constexpr std::chrono::milliseconds kDefaultTimeout{std::chrono::minutes{5}};

// A command as arguments; a text goes to the shell.
std::vector<std::string> arguments_of(const Value& inputs, std::string_view name) {
    const std::string& shell = text_of(inputs, name);
    // A list of words is run as it is: no shell that could read anything into it.
    if (!shell.empty()) return {"/bin/sh", "-c", shell};
    return texts_of(inputs, name);
}

}

static std::string not_kept(const Value& inputs) {
    return is_set(inputs, "keep_output")
               ? "its output is not kept, as `keep_output` says"
               : fmt::format("{} (`keep_output = true` keeps it, with the secret hidden)",
                             provider::kOutputNotKept);
}

std::string redact(std::string_view printed, const Value& inputs) {
    return provider::redactor_of({&inputs}).hide(printed);
}

base::Result<provider::Program> described_command(const Workspace& workspace, const Value& inputs,
                                                  std::string_view which) {
    const base::RunOptions options = TRY(command_program(workspace, inputs, which, -1));
    provider::ProgramStart start{.kind = "local.Command",
                                 .file = options.spawn.program,
                                 .arguments = options.spawn.arguments,
                                 .directory = options.spawn.directory,
                                 .environment = text_map_of(inputs, "environment"),
                                 .passed = texts_of(inputs, "pass_environment")};
    provider::Program out;
    out.role = "`" + std::string(which) + "`";
    for (const std::string& word : start.arguments) out.command.push_back(redact(word, inputs));
    out.passed = start.passed;
    out.identity = provider::identity_of(start, workspace.host().workspace_dir);
    return out;
}

base::Result<base::RunOptions> command_program(const Workspace& workspace, const Value& inputs,
                                               std::string_view which, int kept) {
    base::RunOptions options;
    options.timeout = seconds_of(inputs, "timeout", kDefaultTimeout);
    const std::string& executable = workspace.host().executable;
    options.spawn.environment = base::child_environment(
        base::with_passed(text_map_of(inputs, "environment"), texts_of(inputs, "pass_environment")),
        executable);
    options.spawn.arguments = arguments_of(inputs, which);
    if (options.spawn.arguments.empty()) {
        return base::invalid_argument("`" + std::string(which) + "` is empty");
    }
    options.spawn.program =
        TRY(base::find_program(options.spawn.arguments[0], options.spawn.environment, executable));
    options.spawn.directory = workspace.absolute(text_of(inputs, "directory"));
    options.spawn.kept = kept;
    return options;
}

base::Result<bool> judge_check(const base::Ran& ran) {
    switch (ran.end) {
        case base::Ran::End::Exited: return ran.code == 0;
        case base::Ran::End::Signalled: return false;
        case base::Ran::End::TimedOut:
            return base::Error(base::Code::DeadlineExceeded,
                               "`check` did not end within its `timeout`");
        case base::Ran::End::LeftRunning:
        case base::Ran::End::TooMuch: break;
    }
    return base::Error(base::Code::Cancelled, "`check` was not waited for");
}

std::string describe_failure(const base::Ran& ran, std::string_view which, const Value& inputs) {
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
    if (ran.errors.empty() && ran.output.empty()) return out;
    if (!keeps_output(inputs)) return fmt::format("{}; {}", out, not_kept(inputs));
    // Before it is cut: of a secret that is cut in two, less is recognised.
    std::string last = base::last_lines(redact(ran.errors, inputs), 10, 2048);
    if (last.empty()) last = base::last_lines(redact(ran.output, inputs), 10, 2048);
    if (!last.empty()) out += ":\n" + base::escape_controls(last);
    return out;
}

}
