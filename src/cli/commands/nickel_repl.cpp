#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/nickel/import_paths.hpp"
#include "cli/nickel/session_loop.hpp"
#include "embedded/cli.hpp"

namespace cli::nickel_repl {

class NickelRepl final : public Command {
public:
    void declare(Args& args) override {
        args.option("history-file", &history_, "where what was typed is kept (~/.nickel_history)")
            .value_name("FILE")
            .completes(Completes::File);
        nickel::declare_import_paths(args, import_paths_);
        args.option("error-format", &error_format_, "taken; errors are told as text")
            .value_name("FORMAT")
            .values({"text", "json", "yaml", "toml"});
    }

    base::Result<int> run(Context& context) override {
        lang::EvaluationOptions options;
        read_limits(context.settings(), options.limits);
        options.import_paths = nickel::all_import_paths(import_paths_);
        lang::tools::Session session(std::move(options));
        const auto home = environment("HOME");
        const std::string history = history_ ? *history_ : home ? *home + "/.nickel_history" : "";
        return nickel::run_session(context, session, history);
    }

private:
    std::optional<std::string> history_;
    std::optional<std::string> error_format_;
    std::vector<std::string> import_paths_;
};

const Register<NickelRepl> registration{{
    .path = "nickel repl",
    .summary = "evaluate expressions one after the other",
    .manual = embedded::nickel_repl_md,
    .nickel_dialect = true,
}};

}
