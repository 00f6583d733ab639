#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"

namespace cli::nickel_typecheck {

class NickelTypecheck final : public Command {
public:
    void declare(Args& args) override { inputs_.declare_typecheck(args); }

    base::Result<int> run(Context& context) override {
        // Loading checks types; nothing is evaluated. Silence means that all is well.
        nickel::FileEvaluation files(context, inputs_);
        (void)files.load();
        return files.failed() ? files.report() : 0;
    }

private:
    nickel::Inputs inputs_;
};

const Register<NickelTypecheck> registration{{
    .path = "nickel typecheck",
    .summary = "check the static types of a program without running it",
    .manual = embedded::nickel_typecheck_md,
    .nickel_dialect = true,
}};

}
