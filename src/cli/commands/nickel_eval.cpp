#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/customise.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/print/printer.hpp"

namespace cli::nickel_eval {

class NickelEval final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare(args);
        inputs_.declare_customise(args);
    }

    base::Result<int> run(Context& context) override {
        const auto customise = TRY(nickel::Customise::parse(inputs_.customise));
        if (customise.helps) {
            context.out().write(nickel::Customise::help());
            return 0;
        }
        nickel::FileEvaluation files(context, inputs_);
        lang::Word root = files.load();
        // `-- list` only tells what can be filled in.
        if (!files.failed() && customise.lists) {
            const std::string text = customise.list(files, root);
            if (files.failed()) return files.report();
            nickel::print_document(context, text);
            return 0;
        }
        if (!files.failed()) root = customise.apply(files, root);
        if (!files.failed()) root = files.select(root);
        // All fields, those marked `not_exported` too: eval shows the value, export writes data.
        if (!files.failed()) root = files.evaluate_deep(root, lang::Machine::Depth::All);
        if (files.failed()) return files.report();
        nickel::print_document(context, TRY(lang::print_value(files.evaluation.machine, root)));
        context.out().write("\n");
        return 0;
    }

private:
    nickel::Inputs inputs_;
};

const Register<NickelEval> registration{{
    .path = "nickel eval",
    .summary = "evaluate a program and print its value in Nickel",
    .manual = embedded::nickel_eval_md,
    .nickel_dialect = true,
}};

}
