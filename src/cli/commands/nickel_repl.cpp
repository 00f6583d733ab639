#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "cli/nickel/session_loop.hpp"
#include "embedded/cli.hpp"

namespace cli::nickel_repl {

class NickelRepl final : public Command {
public:
    void declare(Args& args) override {
        args.option("history-file", &history_, "where what was typed is kept (~/.nickel_history)")
            .value_name("FILE")
            .completes(Completes::File);
        args.option("import-path,I", &import_paths_, "where imports are looked for, too")
            .value_name("DIR")
            .completes(Completes::Directory);
        args.option("error-format", &error_format_, "taken; errors are told as text")
            .value_name("FORMAT")
            .values({"text", "json", "yaml", "toml"});
    }

    base::Result<int> run(Context& context) override {
        lang::EvaluationOptions options;
        read_limits(context.settings(), options.limits);
        options.import_paths = import_paths_;
        const std::string more = environment("NICKEL_IMPORT_PATH").value_or("");
        for (const std::string_view folder : base::split(more, ':')) {
            if (!folder.empty()) options.import_paths.emplace_back(folder);
        }
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
