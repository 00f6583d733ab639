#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/sandbox_place.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

#include <cstdlib>
#include <fmt/core.h>

#include <map>

namespace cli::sandbox_faults_add {

class SandboxFaultsAdd final : public Command {
public:
    void declare(Args& args) override {
        args.positional("KIND", &kind_, "latency, status, drop, slow, malformed, action or signal");
        choice_.declare(args);
        args.option("method", &texts_["method"], "only requests of this method")
            .value_name("METHOD");
        args.option("path", &texts_["path"],
                    "only where this regular expression is in path and query")
            .value_name("REGEX");
        args.option("nth", &numbers_["nth"], "from this one on of those that match (1)")
            .value_name("COUNT");
        args.option("times", &numbers_["times"], "at most so often; 0 for always (1)")
            .value_name("COUNT");
        args.option("probability", &probability_, "by chance, from 0 to 1").value_name("PART");
        args.option("seed", &numbers_["seed"], "of the chance (1)").value_name("NUMBER");
        args.option("when", &texts_["when"],
                    "of status, drop and signal: before or after the effect (before)")
            .values({"before", "after"});
        args.option("delay", &numbers_["delay_ms"], "of latency and slow, in milliseconds")
            .value_name("MS");
        args.option("status", &numbers_["status"], "of status: what is answered (503)")
            .value_name("STATUS");
        args.option("code", &texts_["code"], "of status and action: the error's code")
            .value_name("CODE");
        args.option("message", &texts_["message"], "of status and action: the error's words")
            .value_name("TEXT");
        args.option("body", &texts_["body"], "of status: this instead of the cloud's own form")
            .value_name("TEXT");
        args.flag("happens", happens_, "of action: what it does takes place all the same");
        args.option("signal", &texts_["signal"], "of signal: KILL, TERM, INT, STOP or CONT (KILL)")
            .value_name("NAME");
        args.option("pid", &numbers_["pid"], "of signal: the process that gets it")
            .value_name("PID");
    }

    base::Result<int> run(Context& context) override {
        const json::Value fault = TRY(to_json());
        const sandbox::SandboxFolder folder = TRY(choice_.sandbox_folder(context));
        const json::Value added =
            TRY(folder.ask("POST", "faults", fault).context("adding a fault"));
        const std::int64_t id = added.int64_or("id", 0);
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"id", id}});
        } else {
            context.out().line("fault {} is set", id);
        }
        return 0;
    }

private:
    base::Result<json::Value> to_json() const {
        json::Object out{{"kind", kind_}};
        for (const auto& [name, text] : texts_) {
            if (text) out.set(name, *text);
        }
        for (const auto& [name, text] : numbers_) {
            if (text) out.set(name, TRY(whole_number(name == "delay_ms" ? "delay" : name, *text)));
        }
        if (probability_) {
            char* end = nullptr;
            const double part = std::strtod(probability_->c_str(), &end);
            if (probability_->empty() || *end != '\0') {
                return usage_error(
                    fmt::format("--probability takes a number, not `{}`", *probability_));
            }
            out.set("probability", part);
        }
        if (happens_) out.set("happens", true);
        return json::Value(std::move(out));
    }

    SandboxChoice choice_;
    std::string kind_;
    std::map<std::string, std::optional<std::string>> texts_;
    std::map<std::string, std::optional<std::string>> numbers_;
    std::optional<std::string> probability_;
    bool happens_ = false;
};

const Register<SandboxFaultsAdd> registration{{
    .path = "sandbox faults add",
    .summary = "let the sandbox misbehave",
    .manual = embedded::sandbox_faults_add_md,
}};

}
