#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/context.hpp"
#include "cli/help.hpp"
#include "embedded/cli.hpp"

namespace cli::man {

class Man final : public Command {
public:
    void declare(Args& args) override {
        args.option("export", &folder_, "write one page for each command into DIR")
            .value_name("DIR")
            .completes(Completes::Directory);
    }

    base::Result<int> run(Context& context) override {
        if (!folder_) {
            return usage_error("nothing to do", "say where the pages go: `--export DIR`");
        }
        TRY(base::make_directories(*folder_));
        std::size_t written = 0;
        for (const Registration* command : all_commands()) {
            if (command->spec().hidden) continue;
            const std::string name = man_page_name(command->spec().path) + ".1";
            TRY(base::write_file_atomic(base::join_path(*folder_, name), command_man_page(*command),
                                        {.sync = false}));
            ++written;
        }
        context.out().line("{} written to {}", base::count_of(written, "page"), *folder_);
        return 0;
    }

private:
    std::optional<std::string> folder_;
};

const Register<Man> registration{{
    .path = "man",
    .summary = "write the manuals as man pages",
    .manual = embedded::man_md,
}};

}
