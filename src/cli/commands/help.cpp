#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/markdown.hpp"
#include "cli/views/json.hpp"
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
        if (words_ == std::vector<std::string>{"exit-codes"}) {
            if (context.json()) {
                print_json(context, json::Object{{"format", 1},
                                                 {"topic", "exit-codes"},
                                                 {"manual", embedded::exit_codes_md}});
            } else {
                context.out().write(render_markdown(embedded::exit_codes_md, terminal));
            }
            return 0;
        }
        const CommandLine line = read_command_line(words_);
        if (!line.unknown.empty()) return explain_unknown(line);
        if (context.json() && line.tokens.empty()) {
            print_json(context, help_record(line.path));
            return 0;
        }
        if (words_.empty()) {
            context.out().write(root_help(terminal));
            return 0;
        }
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
