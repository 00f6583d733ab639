#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/deployment.hpp"
#include "cli/exit_code.hpp"
#include "cli/nickel/formatting.hpp"
#include "cli/nickel/inputs.hpp"
#include "cli/views/json.hpp"
#include "cli/views/text_diff.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::fmt_command {

class Fmt final : public Command {
public:
    void declare(Args& args) override {
        args.positional("PATH", &paths_, "files or folders; none: the workspace")
            .completes(Completes::File);
        args.flag("check", check_, "change nothing; fail if a file is not formatted");
        args.flag("diff", diff_, "show what changes");
    }

    base::Result<int> run(Context& context) override {
        bool broken = false;
        json::Array changed;
        const std::vector<std::string> files = TRY(find_files(context));
        for (const std::string& path : files) {
            lang::SourceMap sources;
            std::vector<value::Diagnostic> findings;
            const auto file = TRY(nickel::format_file(path, sources, findings));
            if (!findings.empty()) {
                nickel::report_findings(context, {}, findings, sources);
                broken = true;
            }
            if (!file.differs()) continue;
            if (!check_) TRY(nickel::rewrite(file));
            changed.emplace_back(std::string_view(path));
            if (!context.json()) show(context, file);
        }
        const bool unformatted = check_ && !changed.empty();
        if (context.json()) {
            print_json(context,
                       json::Object{{"format", 1},
                                    {"ok", !broken && !unformatted},
                                    {"files", files.size()},
                                    {check_ ? "unformatted" : "changed", std::move(changed)}});
        }
        return broken ? kExitBadConfiguration : unformatted ? kExitFailed : 0;
    }

private:
    base::Result<std::vector<std::string>> find_files(Context& context) {
        if (paths_.empty()) paths_.push_back(TRY(find_workspace(context)).folder());
        std::vector<std::string> files;
        for (const std::string& path : paths_) {
            if (!base::is_directory(path)) {
                files.push_back(path);
                continue;
            }
            for (std::string& file : TRY(nickel::nickel_files_below(path))) {
                files.push_back(std::move(file));
            }
        }
        // As one would type them from here.
        const std::string here = TRY(base::current_directory()) + "/";
        for (std::string& file : files) {
            if (file.starts_with(here)) file.erase(0, here.size());
            file = base::normal_path(file);
        }
        return files;
    }

    void show(Context& context, const nickel::FormattedFile& file) const {
        context.out().line("{}", file.path);
        if (!diff_) return;
        const Terminal& terminal = context.out_terminal();
        for (const DiffLine& line : diff_lines(file.before, *file.after)) {
            if (line.mark == '.') {
                context.out().line("  … {}", base::count_of(line.left_out, "line"));
                continue;
            }
            const std::string text = ::fmt::format("{} {}", line.mark, line.text);
            context.out().line("  {}", line.mark == '+'   ? terminal.paint(Color::Green, text)
                                       : line.mark == '-' ? terminal.paint(Color::Red, text)
                                                          : text);
        }
    }

    std::vector<std::string> paths_;
    bool check_ = false;
    bool diff_ = false;
};

const Register<Fmt> registration{{
    .path = "fmt",
    .summary = "format the Nickel files of the workspace",
    .manual = embedded::fmt_md,
    .alias = "format",
}};

}
