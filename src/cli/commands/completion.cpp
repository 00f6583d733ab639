#include "cli/completion.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::completion {

class Completion final : public Command {
public:
    void declare(Args& args) override {
        args.positional("SHELL", &shell_, "the shell to complete for")
            .values({"bash", "zsh", "fish", "elvish", "powershell"});
    }

    base::Result<int> run(Context& context) override {
        if (context.json()) {
            print_json(context, json::Object{{"format", 1},
                                             {"shell", shell_},
                                             {"script", completion_script(shell_)}});
            return 0;
        }
        context.out().raw(completion_script(shell_));
        return 0;
    }

private:
    std::string shell_;
};

const Register<Completion> registration{{
    .path = "completion",
    .summary = "print the completion script of a shell",
    .manual = embedded::completion_md,
}};

}
