#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/resource_handler.hpp"

// What a workspace may say of a local.Process; what it does is in process.cpp.
namespace providers::local {
namespace {

provider::InputField port_field() {
    return Input("port", an_integer("prelude.Port"), "A port on the loopback.").required();
}

provider::InputField seconds_field(std::string name, std::string doc, std::string fallback) {
    return Input(std::move(name), some_seconds(), std::move(doc)).by_default(std::move(fallback));
}

provider::FieldType health_type() {
    return record_of({
        Input("http",
              record_of({port_field(),
                         Input("path", a_string(), "What is asked for.").by_default("\"/\"")}),
              "Healthy when a GET is answered by 200 to 399."),
        Input("tcp", record_of({port_field()}), "Healthy when the port takes a connection."),
        Input("command", array_of(a_string()), "Healthy when it ends with exit code 0.")
            .in_arguments(),
        seconds_field("interval", "Seconds between two checks.", "5"),
        seconds_field("timeout", "Seconds until a check counts as failed.", "2"),
        seconds_field("start_timeout", "Seconds within which it must be healthy after its start.",
                      "30"),
        Input("retries", an_integer(), "Failures in a row after which it is restarted.")
            .by_default("3"),
    });
}

provider::FieldType log_type() {
    return record_of({
        Input("file", a_path(),
              "Where; it stays when the process is deleted. If not given it is kept beside the "
              "state and goes with the process."),
        Input("max_bytes", an_integer(), "Size at which a new file is begun.")
            .by_default("10485760"),
        Input("keep", an_integer(), "Number of older files that are kept, as FILE.1, FILE.2 …")
            .by_default("3"),
    });
}

std::vector<provider::InputField> inputs() {
    return {
        Input("command", array_of(a_string()),
              "Program and arguments. `provisioning` is this program. A change restarts it.")
            .in_arguments()
            .required(),
        Input("environment", dict_of(a_string()),
              "Variables beside PATH, HOME, USER, LANG and the like. A change restarts it.")
            .by_default("{}"),
        Input("pass_environment", array_of(a_string()),
              "Names of variables that it gets as they are where it is made or changed."),
        Input("directory", a_path(),
              "Where it runs; the workspace if not given. A change restarts it."),
        Input("health", health_type(),
              "How to tell that it works, by exactly one of `http`, `tcp` and `command`. Without "
              "it, a process that is there is taken to work."),
        Input("restart", one_of({"Always", "OnFailure", "Never"}),
              "When it is started again after it ended by itself or became unhealthy.")
            .by_default("'OnFailure"),
        seconds_field("restart_delay",
                      "Seconds before it is started again; doubled each time, up to 30.", "1"),
        Input("restart_limit", an_integer(), "Restarts within a minute after which it is given up.")
            .by_default("5"),
        Input("log", log_type(), "Where its output goes."),
        Input("stop_signal", one_of({"TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL"}),
              "What asks it to end.")
            .by_default("'TERM"),
        seconds_field("stop_timeout", "Seconds it has for that; then it and its group are killed.",
                      "10"),
    };
}

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.Process";
    type.starts_program = true;
    type.doc =
        "A long-running process, with a supervisor that starts it again, checks its health and "
        "keeps its log. Both live on after the command that made them, until the process is "
        "deleted or the machine stops; then the next apply starts it again.";
    type.inputs = inputs();
    type.outputs = {
        Output("id", value::ValueType::String,
               "A random name; it stays when the process is restarted.")
            .fresh(),
        Output("status", value::ValueType::String,
               "healthy, running (without a health check), unhealthy or restarting.")
            .changes_with({"health"}),
        Output("problem", value::ValueType::String,
               "What went wrong last, and how often it was started again; empty when it works.")
            .changes_with({"health"}),
        Output("log_file", value::ValueType::String, "Where its output goes.")
            .changes_with({"log"}),
    };
    type.key = "id";
    type.example = embedded::local_process_ncl;
    return type;
}

}

const provider::ResourceType& process_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

}
