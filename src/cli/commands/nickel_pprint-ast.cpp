#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/data_source.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/syntax/parser.hpp"

#include <unistd.h>

namespace cli::nickel_pprint_ast {

constexpr std::size_t kMaxBytes = std::size_t{256} << 20U;

class NickelPprintAst final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare_plain(args);
        args.flag("transform", transform_, "taken; the program is shown as it is written");
    }

    base::Result<int> run(Context& context) override {
        lang::SourceMap sources;
        std::vector<value::Diagnostic> findings;
        std::string all;
        std::vector<std::string> files = inputs_.files;
        if (files.empty()) files.emplace_back();
        for (const std::string& path : files) {
            auto text = path.empty() ? base::read_all(STDIN_FILENO, "standard input", kMaxBytes)
                                     : base::read_file(path, kMaxBytes);
            if (!text) {
                value::Diagnostic& found = findings.emplace_back();
                found.kind = "ImportError::IoError";
                found.message = text.error().text();
                break;
            }
            // Each by itself first: then places are those of the files.
            lang::Arena arena;
            const lang::Source* source = sources.add(path.empty() ? "<stdin>" : path, *text);
            findings = lang::parse(*source, arena).diagnostics;
            if (!findings.empty()) break;
            all += all.empty() ? "" : " & ";
            all += files.size() == 1 ? *text : "(" + *text + "\n)";
        }
        if (!findings.empty()) {
            return nickel::report_findings(context, inputs_.error_format, findings, sources);
        }
        nickel::print_document(context, TRY(nickel::source_of_program(all)));
        return 0;
    }

private:
    nickel::Inputs inputs_;
    bool transform_ = false;
};

const Register<NickelPprintAst> registration{{
    .path = "nickel pprint-ast",
    .summary = "print a program as the parser understood it",
    .manual = embedded::nickel_pprint_ast_md,
    .nickel_dialect = true,
}};

}
