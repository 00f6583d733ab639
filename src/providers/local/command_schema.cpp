#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/resource_handler.hpp"

#include <string>
#include <string_view>

// What a workspace may say of a local.Command; what it does is in command.cpp.
namespace providers::local {
namespace {

constexpr std::string_view kCommandContract = "prelude.Command";

provider::InputField command_field(std::string name, std::string doc) {
    return Input(std::move(name), anything(std::string(kCommandContract)), std::move(doc))
        .in_arguments();
}

std::vector<provider::InputField> inputs() {
    std::vector<provider::InputField> out;
    out.push_back(command_field(
        "create", "What brings it about: an array of program and arguments, or a text for /bin/sh. "
                  "It succeeds with exit code 0."));
    out.back().required = true;
    out.push_back(command_field(
        "check", "Tells by exit code 0 that all is as wanted. It runs at each plan, so it must be "
                 "quick and change nothing. If it succeeds at once, `create` is not run."));
    out.push_back(command_field(
        "update", "What adapts it when `create`, `environment`, `pass_environment`, `stdin`, "
                  "`directory` or `triggers` change. "
                  "Without it a change is a replacement: `undo`, then `create`."));
    out.push_back(command_field("undo", "What takes it back, when it is deleted or replaced."));
    out.push_back(Input("environment", dict_of(a_string()),
                        "Variables beside PATH, HOME, USER, LANG and the like.")
                      .by_default("{}"));
    out.push_back(Input("pass_environment", array_of(a_string()),
                        "Names of variables that it gets as they are where provisioning is "
                        "started: HTTPS_PROXY, SSH_AUTH_SOCK. A token is better named in "
                        "`environment`, by a `secret`."));
    out.push_back(Input("stdin", a_string(),
                        "What `create`, `update` and `undo` read on their standard input. A secret "
                        "is handed over here, or in `environment`: everybody on the machine can "
                        "see the arguments of a program."));
    out.push_back(Input("directory", a_path(), "Where it runs; the workspace if not given."));
    out.push_back(
        Input("timeout", some_seconds(), "Seconds after which it is stopped and has failed.")
            .by_default("300"));
    out.push_back(
        Input("triggers", anything(), "Any value; when it changes, the command runs again."));
    out.push_back(Input("keep_output", a_bool(),
                        "Whether what it prints is kept: in `stdout`, and in the message when it "
                        "fails. If not given it is, unless the command is given a secret; `true` "
                        "keeps it then, too, with the secret hidden."));
    return out;
}

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.Command";
    type.starts_program = true;
    type.doc = "A command, for what no other type can do. Give it a `check` where you can: without "
               "one, nobody can tell after a crash whether it was done, and you will be asked.";
    type.inputs = inputs();
    const std::vector<std::string> causes{"create", "update",    "environment", "pass_environment",
                                          "stdin",  "directory", "triggers"};
    std::vector<std::string> output_causes = causes;
    output_causes.emplace_back("keep_output");
    type.outputs = {
        Output("id", value::ValueType::String, "A random name; updates keep it.").fresh(),
        Output("stdout", value::ValueType::String,
               "The first 64 KiB of what the last `create` or `update` printed, without line "
               "breaks at the end; null if it is not kept (`keep_output`).")
            .changes_with(output_causes),
        Output("exit_code", value::ValueType::Number, "Of the last `create` or `update`: 0.")
            .changes_with(causes),
    };
    type.key = "id";
    type.example = embedded::local_command_ncl;
    return type;
}

}

const provider::ResourceType& command_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

}
