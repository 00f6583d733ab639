#include "base/keep.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "cli/reveal.hpp"
#include "cli/views/value_text.hpp"
#include "embedded/cli.hpp"
#include "engine/run/reveal.hpp"

#include <fmt/core.h>

namespace cli::output {

class Output final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "only this output, bare: fit for a script");
        declare_given(args);
        declare_reveal(args, reveal_);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        // From what is recorded: an output is what the last apply left, and no platform is asked
        // for it.
        wanted_.refresh = false;
        wanted_.outputs_only = true;
        // It is recorded who has looked: before anything is evaluated, the state is opened for
        // that.
        if (reveal_.reveals) TRY(engine::prepare_reveal(deployment));
        wanted_.given = given();
        const engine::Planned& planned =
            base::kept_until_exit(TRY(engine::plan(deployment, wanted_, observer, {})));
        value::Value outputs = planned.plan.outputs.value_or(value::Value(value::Value::Record{}));
        if (name_) return show_one(context, deployment, outputs);
        if (reveal_.reveals) TRY(reveal_all(context, deployment, outputs));
        if (context.json()) {
            context.out().line("{}", to_json(outputs, deployment.fingerprint()));
            return 0;
        }
        if (const value::Value::Record* members = outputs.as_record()) {
            for (const auto& [name, value] : *members)
                context.out().line("{} = {}", name, value_text(value));
        }
        return 0;
    }

private:
    base::Result<void> reveal_all(Context& context, engine::Deployment& deployment,
                                  value::Value& outputs) {
        value::Value::Record* members = outputs.as_record();
        if (members == nullptr) return {};
        std::vector<std::string> names;
        for (const auto& [name, value] : *members) {
            if (value.has_secret()) names.push_back(name);
        }
        // All names in one question, and recorded in one run.
        TRY(approve_reveal(context, deployment, reveal_, names));
        for (auto& [name, value] : *members)
            if (value.has_secret()) value = TRY(engine::reveal(deployment, value).context(name));
        return {};
    }

    base::Result<int> show_one(Context& context, engine::Deployment& deployment,
                               const value::Value& outputs) {
        const value::Value* value = outputs.find(*name_);
        value::Value revealed;
        if (value != nullptr && value->has_secret() && reveal_.reveals) {
            revealed = TRY(engine::reveal(deployment, *value));
            TRY(approve_reveal(context, deployment, reveal_, {*name_}));
            value = &revealed;
        }
        if (value == nullptr) {
            std::vector<std::string> names;
            if (const auto* members = outputs.as_record()) {
                for (const auto& member : *members) names.push_back(member.first);
            }
            std::string help = base::did_you_mean(*name_, names);
            if (help.empty() && !names.empty()) help = "there is: " + base::join(names, ", ");
            if (names.empty()) {
                help = fmt::format(
                    "it has none; write `outputs.{} = …` in main.ncl, beside `resources`", *name_);
            }
            // Not NotFound: that ends with 66, which says that a file or a workspace is missing.
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("the program has no output `{}`", *name_))
                .with_help(std::move(help));
        }
        if (context.json()) {
            context.out().line("{}", to_json(*value, deployment.fingerprint()));
            // A script must not go on with half of a value.
        } else if (value->has_unknown()) {
            return base::Error(base::Code::FailedPrecondition,
                               fmt::format("`{}` is known only after apply", *name_))
                .with_help("`provisioning apply` makes it known");
            // Nor with a word in place of a secret.
        } else if (value->has_secret()) {
            return base::Error(base::Code::NotApproved,
                               fmt::format("`{}` is secret, and is not printed", *name_))
                .with_help("`--reveal` prints it, and records who did; `--json` prints a "
                           "fingerprint in its place");
            // Bare, without quotes.
        } else if (const std::string* text = value->as_string();
                   text != nullptr && context.out_terminal().is_terminal) {
            context.out().line("{}", *text);
            // Byte for byte, for a script.
        } else if (text != nullptr) {
            context.out().raw(*text + "\n");
        } else {
            context.out().line("{}", value_text(*value));
        }
        return 0;
    }

    std::optional<std::string> name_;
    RevealOptions reveal_;
    engine::PlanRequest wanted_;
};

const Register<Output> registration{{
    .path = "output",
    .summary = "print the outputs of the program",
    .manual = embedded::output_md,
}};

}
