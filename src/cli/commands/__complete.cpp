#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "embedded/cli.hpp"

namespace cli::complete_words {

// Called by the completion scripts: __complete -- WORD… with the word that is being typed as the
// last. Prints "candidate<TAB>description" lines, or the one line ":files" or ":folders".
class Complete final : public Command {
public:
    void declare(Args& args) override { args.rest("WORD", words_, "the words typed so far"); }

    base::Result<int> run(Context& context) override {
        const Completions found = complete(context, words_);
        if (found.paths == Completes::File) context.out().line(":files");
        if (found.paths == Completes::Directory) context.out().line(":folders");
        for (const Candidate& candidate : found.candidates) {
            context.out().line("{}\t{}", candidate.text, candidate.description);
        }
        return 0;
    }

private:
    std::vector<std::string> words_;
};

const Register<Complete> registration{{
    .path = "__complete",
    .summary = "print what may follow some words",
    .manual = embedded::__complete_md,
    .hidden = true,
}};

}
