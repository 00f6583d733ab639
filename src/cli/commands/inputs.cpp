#include "engine/run/inputs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "cli/views/value_text.hpp"
#include "embedded/cli.hpp"
#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

namespace cli::inputs {

using lang::DeclaredInput;

class Inputs final : public DeploymentCommand {
public:
    void declare(Args& args) override { declare_given(args); }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        const auto declared = TRY(engine::declared_inputs(deployment, given()));
        folder_ = deployment.workspace().folder() + "/";
        if (context.json()) {
            const auto record_of = [&](const DeclaredInput& input) {
                return record(input, deployment.fingerprint());
            };
            print_json(context, json::Object{{"format", 1},
                                             {"inputs", json_list(declared.inputs, record_of)}});
            return 0;
        }
        for (const DeclaredInput& input : declared.inputs) show(context, input);
        if (declared.inputs.empty()) {
            context.out().line("The program declares no inputs: it has no record `inputs`.");
        }
        return 0;
    }

private:
    // "--set", a variable, a file, "default", or "program" with a place.
    static std::string from_of(const DeclaredInput& input) {
        if (input.given) return input.given->name;
        if (input.is_missing() || !input.value) return {};
        return input.fallback ? "default" : "program";
    }

    std::string place_of(const DeclaredInput& input) const {
        std::string file = input.place.file;
        if (file.starts_with(folder_)) file = file.substr(folder_.size());
        return fmt::format("{}:{}", file, input.place.line);
    }

    json::Object record(const DeclaredInput& input, const value::Fingerprint& fingerprint) const {
        json::Object out{{"name", input.name}, {"type", input.type}, {"doc", input.doc}};
        if (input.fallback) out.set("default", json_value(*input.fallback, fingerprint));
        if (input.value) out.set("value", json_value(*input.value, fingerprint));
        if (const std::string from = from_of(input); !from.empty()) out.set("from", from);
        if (!input.given) out.set("place", place_of(input));
        out.set("missing", input.is_missing());
        if (input.error) out.set("error", input.error->message);
        return out;
    }

    void show(Context& context, const DeclaredInput& input) const {
        const Terminal& terminal = context.out_terminal();
        std::string heading = terminal.paint(Color::Bold, input.name);
        if (!input.type.empty()) heading += "  " + input.type;
        context.out().line("{}", heading);
        constexpr std::size_t kIndent = 4;
        if (!input.doc.empty()) {
            for (const std::string& line : base::wrap(input.doc, terminal.width - kIndent))
                context.out().line("    {}", line);
        }
        if (input.error) {
            context.out().line("    {} {} ({})", terminal.paint(Color::Red, "wrong:"),
                               input.error->message, from_of(input));
        } else if (input.value) {
            const std::string from = from_of(input);
            const bool is_own = from == "program";
            std::string line = fmt::format("    = {}  ({})", value_text(*input.value),
                                           is_own ? place_of(input) : from);
            if (input.fallback && from != "default")
                line += fmt::format("; default {}", value_text(*input.fallback));
            context.out().line("{}", line);
        } else if (input.is_missing()) {
            context.out().line("    {}", terminal.paint(Color::Yellow, "has no value"));
        }
    }

    std::string folder_;
};

const Register<Inputs> registration{{
    .path = "inputs",
    .summary = "list what the program may be given, and what it is",
    .manual = embedded::inputs_md,
}};

}
