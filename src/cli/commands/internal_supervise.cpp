#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "embedded/cli.hpp"
#include "providers/local/supervisor/supervisor.hpp"

namespace cli::internal_supervise {

class Supervise final : public Command {
public:
    void declare(Args& args) override {
        args.positional("folder", &folder_, "the folder of the process")
            .completes(Completes::Directory);
    }

    base::Result<int> run(Context&) override { return providers::local::supervise(folder_); }

private:
    std::string folder_;
};

const Register<Supervise> registration{{
    .path = "internal supervise",
    .summary = "run a process of local.Process and look after it",
    .manual = embedded::internal_supervise_md,
    .hidden = true,
}};

}
