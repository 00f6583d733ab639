#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/packages/place.hpp"
#include "cli/packages/resolve.hpp"
#include "embedded/cli.hpp"

#include <fmt/format.h>

namespace cli::nickel_package_download_deps {

class NickelPackageDownloadDeps final : public Command {
public:
    void declare(Args& args) override { place_.declare(args); }

    base::Result<int> run(Context& context) override {
        const lang::EvaluationOptions options = place_.evaluation(context);
        const std::string path = packages::lock_of(TRY(place_.find_manifest(options)));
        if (!base::file_exists(path))
            return base::Error(base::Code::NotFound,
                               "there is no lock " + path +
                                   ": `provisioning nickel package lock` writes it");
        const std::string text = TRY(base::read_file(path));
        const lang::Lock lock =
            TRY(lang::Packages::parse_lock(text).context("reading the lock " + path));
        packages::Git git(TRY(place_.find_cache()));
        const std::size_t fetched = TRY(packages::download(lock, git));
        context.out().write(fmt::format("{} of {} packages downloaded, the others were there\n",
                                        fetched, lock.packages.size()));
        return 0;
    }

private:
    packages::Place place_;
};

const Register<NickelPackageDownloadDeps> registration{{
    .path = "nickel package download-deps",
    .summary = "get the packages that a lock names",
    .manual = embedded::nickel_package_download_deps_md,
    .nickel_dialect = true,
}};

}
