#include "cli/dispatch.hpp"

#include "base/fs.hpp"
#include "base/process/core_dumps.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/foreign_words.hpp"
#include "cli/help.hpp"
#include "cli/render_error.hpp"
#include "cli/views/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>

namespace cli {

using base::Result;

namespace {

// The official Nickel command line says 2 where we say 64, and 1 for every other failure.
constexpr int kNickelUsage = 2;

// Behind `--` nothing is an option: `-- --help` is an argument.
bool has_token(const std::vector<std::string>& tokens, std::string_view name) {
    const auto end = std::find(tokens.begin(), tokens.end(), "--");
    return std::find(tokens.begin(), end, name) != end;
}

// The tokens are looked through as well, since a call that is wrong otherwise ("apply --fo -h")
// still asks for help.
bool asks_for_help(const std::vector<std::string>& tokens) {
    return has_token(tokens, "--help") || has_token(tokens, "-h");
}

Result<int> show_help(Context& context, std::string_view path) {
    if (context.json()) {
        print_json(context, help_record(path));
        return kExitDone;
    }
    const Registration* command = find_command(path);
    context.out().write(path.empty() ? root_help(context.out_terminal())
                        : command    ? command_help(*command, context.out_terminal())
                                     : noun_help(path, context.out_terminal()));
    return kExitDone;
}

// A call that names no command that could run.
Result<int> run_without_command(Context& context, const CommandLine& line) {
    GlobalOptions options;
    Args args;
    declare_global_options(args, options);
    // Before the options are parsed: "foo --bar" is about foo.
    if (!line.unknown.empty()) return explain_unknown(line);
    bool version = false;
    args.flag("version,V", version, "");
    TRY(args.parse(line.tokens));
    TRY(context.prepare(options));
    if (version) return find_command("version")->create()->run(context);
    if (options.help) return show_help(context, line.path);
    if (!line.path.empty()) return explain_unknown(line);
    // Nothing was asked for: help is shown, and the call counts as a mistake, so that a script does
    // not go on.
    context.err().write(root_help(context.err_terminal()));
    return kExitUsage;
}

Result<int> run_command(Context& context, const Registration& registration,
                        const CommandLine& line) {
    const auto command = registration.create();
    GlobalOptions options;
    Args args;
    command->declare(args);
    declare_global_options(args, options);
    // Before parsing: "-target" would be read as six letters.
    if (!registration.spec().nickel_dialect) TRY(refuse_foreign_options(line.tokens, args));
    const Result<void> parsed = args.parse(line.tokens);
    if (options.help || (!parsed && asks_for_help(line.tokens))) {
        TRY(context.prepare(options));
        return show_help(context, registration.spec().path);
    }
    if (!parsed) {
        const std::string_view help = parsed.error().help();
        // With the form of this command: what is wrong alone does not tell what would be right.
        return usage_error(std::string(parsed.error().message()),
                           fmt::format("{}{}usage: provisioning {} {}", help,
                                       help.empty() ? "" : "\n", registration.spec().path,
                                       args.synopsis()));
    }
    TRY(context.prepare(options));
    return command->run(context);
}

Result<int> run_line(Context& context, const CommandLine& line) {
    // The libraries below us may throw; our own code does not.
    // Exceptions end here at the latest, as a message and an exit code.
    try {
        const Registration* command = find_command(line.path);
        if (command == nullptr || !line.unknown.empty()) return run_without_command(context, line);
        return run_command(context, *command, line);
    } catch (const std::bad_alloc&) {
        return base::Error(base::Code::Exhausted, "out of memory");
    } catch (const std::exception& failure) {
        return base::internal(fmt::format("unexpected: {}", failure.what()));
    }
}

bool is_nickel(const CommandLine& line) {
    const Registration* command = find_command(line.path);
    return line.path == "nickel" || (command != nullptr && command->spec().nickel_dialect);
}

int report(Context& context, const CommandLine& line, const base::Error& error) {
    context.out().flush();
    // Looked for in the tokens and not in the options, which may not have been parsed.
    const bool json = has_token(line.tokens, "--json");
    if (json) {
        context.err().json(render_error_json(error));
    } else {
        context.err().write(render_error(error, context.err_terminal()));
    }
    const int code = exit_code_of(error);
    // What else we tell apart by exit codes, that command line does not know.
    if (is_nickel(line)) return code == kExitUsage ? kNickelUsage : kExitFailed;
    if (code == kExitInterrupted && context.was_terminated()) return kExitTerminated;
    return code;
}

}

int run_program(const std::string& called_as, std::vector<std::string> words) {
    // First of all: a core dump would have the secrets of whatever was going on.
    base::forbid_core_dumps();
    // Writing to a closed pipe is an error to handle, not a reason to die in an apply.
    std::signal(SIGPIPE, SIG_IGN);
    // So is a file that has reached its limit: it is a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    // A link named `nickel` makes it the official command line, for editors and scripts.
    if (base::file_name(called_as) == "nickel") {
        // What a shell completes stands behind `__complete --`.
        const bool completes = words.size() > 1 && words[0] == "__complete" && words[1] == "--";
        words.insert(words.begin() + (completes ? 2 : 0), "nickel");
    }
    // And one named `nls` its language server, as editors start it.
    if (base::file_name(called_as) == "nls") words.insert(words.begin(), "lsp");
    Context context;
    const CommandLine line = read_command_line(words);
    const Result<int> done = run_line(context, line);
    if (!done) return report(context, line, done.error());
    const int code = *done == kExitUsage && is_nickel(line) ? kNickelUsage : *done;
    // The last line may fail to be written (a full disk): that is a failure, unless something
    // worse has happened.
    if (const Result<void> written = context.out().finish(); !written) {
        const int failed = report(context, line, written.error());
        return code == kExitDone ? failed : code;
    }
    return code;
}

}
