#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "embedded/cli.hpp"

namespace cli::help {

class Help final : public Command {
public:
    void declare(Args& args) override {
        args.positional("COMMAND", &words_, "the command or noun to explain")
            .completes(Completes::Command);
    }

    base::Result<int> run(Context& context) override {
        const Terminal& terminal = context.out_terminal();
        if (words_.empty()) {
            context.out().write(root_help(terminal));
            return 0;
        }
        const CommandLine line = read_command_line(words_);
        if (!line.unknown.empty()) return explain_unknown(line);
        if (const Registration* command = find_command(line.path)) {
            // `help plan foo`: say that foo is unknown rather than show the page of plan.
            if (!line.tokens.empty()) return explain_unknown({line.path, {}, line.tokens[0]});
            context.out().write(command_manual(*command, terminal));
        } else {
            context.out().write(noun_help(line.path, terminal));
        }
        return 0;
    }

private:
    std::vector<std::string> words_;
};

const Register<Help> registration{{
    .path = "help",
    .summary = "explain the program, a command or a noun",
    .manual = embedded::help_md,
}};

}
