#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/tools/examples.hpp"

namespace cli::nickel_test {

class NickelTest final : public Command {
public:
    void declare(Args& args) override { inputs_.declare(args); }

    base::Result<int> run(Context& context) override {
        nickel::FileEvaluation files(context, inputs_);
        const auto fields = files.documentation();
        if (files.failed()) return files.report();
        std::vector<std::string> reports;
        lang::tools::ExampleRunner runner(
            files.evaluation, [&](const std::string& name, const std::string& report) {
                context.out().line("testing {}...{}", name, report.empty() ? "ok" : "FAILED");
                if (!report.empty()) reports.push_back(report);
            });
        runner.run(*fields);
        for (const std::string& report : reports) context.out().write(report);
        if (reports.empty()) return 0;
        context.out().flush();
        context.err().line("{} failures\nerror: tests failed", reports.size());
        return 1;
    }

private:
    nickel::Inputs inputs_;
};

const Register<NickelTest> registration{{
    .path = "nickel test",
    .summary = "run the examples in a program's documentation",
    .manual = embedded::nickel_test_md,
    .nickel_dialect = true,
}};

}
