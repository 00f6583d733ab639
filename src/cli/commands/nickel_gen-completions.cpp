#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "embedded/cli.hpp"

namespace cli::nickel_gen_completions {

class NickelGenCompletions final : public Command {
public:
    void declare(Args& args) override {
        args.positional("SHELL", &shell_, "the shell to complete for")
            .values({"bash", "elvish", "fish", "powershell", "zsh"});
    }

    base::Result<int> run(Context& context) override {
        // The script of the program itself, for the name `nickel` as well.
        std::string script(completion_script(shell_));
        script = base::replace_all(script, "provisioning prv", "provisioning prv nickel");
        script = base::replace_all(script, "provisioning,prv", "provisioning,prv,nickel");
        if (shell_ == "fish") {
            script += "complete -c nickel -f -a '(__provisioning_complete)'\n";
        } else if (shell_ == "elvish") {
            script += "set edit:completion:arg-completer[nickel] = "
                      "$edit:completion:arg-completer[provisioning]\n";
        }
        context.out().raw(script);
        return 0;
    }

private:
    std::string shell_;
};

const Register<NickelGenCompletions> registration{{
    .path = "nickel gen-completions",
    .summary = "print the completion script of a shell",
    .manual = embedded::nickel_gen_completions_md,
    .nickel_dialect = true,
}};

}
