#include "cli/packages/place.hpp"

#include "base/fs.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "cli/limits.hpp"
#include "lang/packages.hpp"

namespace cli::packages {

using base::Code;
using base::Error;
using base::Result;

constexpr const char* kIndex = "https://github.com/nickel-lang/nickel-mine";

std::string default_cache() { return base::join_path(user_cache_folder(), "packages"); }

void Place::declare(Args& args) {
    args.option("manifest-path", &manifest, "in place of the nearest `Nickel-pkg.ncl`")
        .value_name("FILE")
        .completes(Completes::File);
    args.option("package-cache-dir", &cache, "where packages are put")
        .value_name("DIR")
        .completes(Completes::Directory);
}

void Place::declare_index(Args& args) {
    args.option("index", &index, "the git repository of the index").value_name("URL");
    args.option("github", &github, "where `github:OWNER/NAME` is, in place of https://github.com/")
        .value_name("URL");
}

Result<std::string> Place::find_manifest(const lang::EvaluationOptions& options) const {
    const lang::Packages packages(options);
    std::string found = packages.manifest_of("main.ncl");
    if (found.empty() || !base::file_exists(found))
        return Error(Code::NotFound, found.empty()
                                         ? "there is no `Nickel-pkg.ncl` here or in a folder above"
                                         : "there is no manifest " + found);
    return found;
}

Result<std::string> Place::find_cache() const {
    return base::join_path(TRY(base::current_directory()), cache.value_or(default_cache()));
}

std::string Place::index_url() const {
    return index.value_or(environment("NICKEL_PACKAGE_INDEX").value_or(kIndex));
}

lang::EvaluationOptions Place::evaluation(const Context& context) const {
    lang::EvaluationOptions options;
    read_limits(context.settings(), options.limits);
    options.manifest = manifest.value_or("");
    return options;
}

std::string lock_of(const std::string& manifest) {
    return base::join_path(base::parent_path(manifest), lang::Packages::kLock);
}

}
