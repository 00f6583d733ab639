#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "embedded/cli.hpp"
#include "providers/local/serve_files/server.hpp"

namespace cli::internal_serve_files {

class ServeFiles final : public Command {
public:
    void declare(Args& args) override {
        args.positional("folder", &folder_, "the folder to serve").completes(Completes::Directory);
        args.positional("port", &port_, "the port on 127.0.0.1; 0 for any that is free");
    }

    base::Result<int> run(Context& context) override {
        // As a number of its own and not of uint16_t: 70000 would otherwise become 4464.
        if (port_ > 65535) return usage_error("a port is at most 65535");
        auto server =
            TRY(providers::local::FileServer::listen(folder_, static_cast<std::uint16_t>(port_)));
        context.out().line("serving {} at http://127.0.0.1:{}/", folder_, server.port());
        context.out().flush();
        TRY(server.run());
        return 0;
    }

private:
    std::string folder_;
    std::uint64_t port_ = 0;
};

const Register<ServeFiles> registration{{
    .path = "internal serve-files",
    .summary = "serve the files of a folder on the loopback",
    .manual = embedded::internal_serve_files_md,
    .hidden = true,
}};

}
