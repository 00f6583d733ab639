#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/formatting.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"

#include <unistd.h>

namespace cli::nickel_format {

constexpr std::size_t kMaxStdin = std::size_t{256} << 20U;

class NickelFormat final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare_plain(args);
        args.flag("check", check_, "change nothing; fail if a file is not formatted");
    }

    base::Result<int> run(Context& context) override {
        if (inputs_.files.empty()) return stdin_to_stdout(context);
        bool failed = false;
        // All of them, whatever one is like: each stands for itself.
        for (const std::string& path : inputs_.files) failed |= !one_file(context, path);
        return failed ? 1 : 0;
    }

private:
    base::Result<int> stdin_to_stdout(Context& context) {
        std::string text = TRY(base::read_all(STDIN_FILENO, "standard input", kMaxStdin));
        const std::string before = text;
        lang::SourceMap sources;
        std::vector<value::Diagnostic> findings;
        const auto after = nickel::format_text("<stdin>", std::move(text), sources, findings);
        if (!after) {
            return nickel::report_findings(context, inputs_.error_format, findings, sources);
        }
        if (!check_) {
            nickel::print_document(context, *after);
        } else if (*after != before) {
            tell(context, sources, "standard input is not formatted", {});
            return 1;
        }
        return 0;
    }

    bool one_file(Context& context, const std::string& path) {
        lang::SourceMap sources;
        std::vector<value::Diagnostic> findings;
        auto file = nickel::format_file(path, sources, findings);
        if (!file) {
            tell(context, sources, file.error().text(), {});
            return false;
        }
        if (!findings.empty()) {
            nickel::report_findings(context, inputs_.error_format, findings, sources);
            return false;
        }
        if (!file->differs()) return true;
        if (check_) {
            tell(context, sources, "the file `" + path + "` is not formatted",
                 "`nickel format " + path + "` formats it");
            return false;
        }
        if (auto written = nickel::rewrite(*file); !written) {
            tell(context, sources, written.error().text(), {});
            return false;
        }
        return true;
    }

    void tell(Context& context, const lang::SourceMap& sources, std::string message,
              std::string note) {
        value::Diagnostic found;
        found.kind = "FormatError";
        found.message = std::move(message);
        if (!note.empty()) found.notes.push_back(std::move(note));
        nickel::report_findings(context, inputs_.error_format, {found}, sources);
    }

    nickel::Inputs inputs_;
    bool check_ = false;
};

const Register<NickelFormat> registration{{
    .path = "nickel format",
    .summary = "format Nickel files",
    .manual = embedded::nickel_format_md,
    .nickel_dialect = true,
}};

}
