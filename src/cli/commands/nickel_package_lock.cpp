#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/packages/place.hpp"
#include "cli/packages/resolve.hpp"
#include "embedded/cli.hpp"

#include <fmt/format.h>

namespace cli::nickel_package_lock {

class NickelPackageLock final : public Command {
public:
    void declare(Args& args) override {
        place_.declare(args);
        place_.declare_index(args);
    }

    base::Result<int> run(Context& context) override {
        lang::EvaluationOptions options = place_.evaluation(context);
        const std::string manifest = TRY(place_.find_manifest(options));
        options.limits.package_cache = TRY(place_.find_cache());
        packages::Git git(options.limits.package_cache);
        packages::PackageIndex index(git, place_.index_url());
        if (place_.github) index.github = *place_.github;
        const lang::Lock lock = TRY(packages::resolve(manifest, git, index, options));
        const std::string path = packages::lock_of(manifest);
        TRY(base::write_file_atomic(path, packages::print_lock(lock)));
        const std::size_t count = lock.packages.size();
        context.out().write(
            fmt::format("locked {} package{} in {}\n", count, count == 1 ? "" : "s", path));
        return 0;
    }

private:
    packages::Place place_;
};

const Register<NickelPackageLock> registration{{
    .path = "nickel package lock",
    .summary = "pin the packages of a manifest to commits",
    .manual = embedded::nickel_package_lock_md,
    .nickel_dialect = true,
}};

}
