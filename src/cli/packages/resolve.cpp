#include "cli/packages/resolve.hpp"

#include "base/fs.hpp"
#include "json/value.hpp"

#include <fmt/format.h>

#include <deque>
#include <set>
#include <utility>

namespace cli::packages {

using base::Code;
using base::Error;
using base::Result;
using lang::Dependency;

namespace {

constexpr std::size_t kMostPackages = 256;

class Resolver {
public:
    Resolver(Git& git, PackageIndex& index, const lang::EvaluationOptions& options)
        : git_(git), index_(index), packages_(options) {}

    Result<lang::Lock> run(const std::string& manifest) {
        open_.push_back({manifest, ""});
        while (!open_.empty()) {
            const Package one = std::move(open_.front());
            open_.pop_front();
            if (!seen_.insert(one.manifest).second) continue;
            if (seen_.size() > kMostPackages)
                return Error(Code::Exhausted,
                             fmt::format("there are more than {} packages", kMostPackages));
            TRY(look_at(one));
        }
        return std::move(lock_);
    }

private:
    struct Package {
        std::string manifest;
        std::string root;   // of a fetched one: where its repository lies
        Trust trust() const { return root.empty() ? Trust::Local : Trust::Fetched; }
    };

    Result<void> look_at(const Package& package) {
        const lang::Packages::Manifest& manifest = packages_.read(package.manifest);
        if (manifest.error) return Error(Code::InvalidArgument, manifest.error->message);
        for (const auto& [name, dependency] : manifest.dependencies) {
            auto added = dependency.kind == "Path" ? add_folder(package, dependency)
                                                   : add_fetched(package, dependency);
            if (!added)
                return std::move(added).context("locking `" + name + "` of " + package.manifest);
        }
        return {};
    }

    Result<void> add_folder(const Package& package, const Dependency& dependency) {
        const std::string folder = base::normal_path(dependency.folder);
        if (!package.root.empty() && !(folder + "/").starts_with(package.root + "/"))
            return Error(Code::InvalidArgument, "a fetched package names the folder `" +
                                                    dependency.folder + "` outside of itself");
        add_manifest(folder, package.root);
        return {};
    }

    Result<void> add_fetched(const Package& package, const Dependency& dependency) {
        const std::string key = dependency.key();
        if (lock_.packages.contains(key)) return {};
        lang::LockedPackage locked;
        if (dependency.kind == "Git") {
            const Wanted wanted = {dependency.url, dependency.ref_kind, dependency.ref};
            locked.url = dependency.url;
            locked.commit = TRY(git_.fetch(wanted, package.trust()));
            locked.path = dependency.path;
        } else {
            const IndexEntry entry = TRY(index_.find(dependency.package, dependency.version));
            const Wanted wanted = {entry.url, "Commit", entry.commit};
            locked.url = entry.url;
            locked.commit = TRY(git_.fetch(wanted, index_trust()));
            locked.path = entry.path;
            locked.version = entry.version.text();
        }
        if (locked.path.starts_with('/') ||
            ("/" + locked.path + "/").find("/../") != std::string::npos)
            return Error(Code::InvalidArgument, "`" + locked.path + "` is no path within it");
        const std::string root = git_.folder(locked.commit);
        const std::string folder = locked.path.empty() ? root : root + "/" + locked.path;
        if (!base::file_exists(folder + "/main.ncl"))
            return Error(Code::NotFound, "there is no main.ncl in it");
        locked.sha256 = TRY(hash_files(root));
        lock_.packages.emplace(key, std::move(locked));
        add_manifest(folder, root);
        return {};
    }

    // The index is chosen by whoever runs the command, and where it says packages are is, too.
    Trust index_trust() const {
        return index_.github.starts_with("https:") ? Trust::Fetched : Trust::Local;
    }

    void add_manifest(const std::string& folder, std::string root) {
        std::string path = base::join_path(folder, lang::Packages::kManifest);
        if (base::file_exists(path)) open_.push_back({std::move(path), std::move(root)});
    }

    Git& git_;
    PackageIndex& index_;
    lang::Packages packages_;
    lang::Lock lock_;
    std::deque<Package> open_;
    std::set<std::string> seen_;
};

}

Result<lang::Lock> resolve(const std::string& manifest, Git& git, PackageIndex& index,
                           const lang::EvaluationOptions& options) {
    return Resolver(git, index, options).run(manifest);
}

Result<std::size_t> download(const lang::Lock& lock, Git& git) {
    std::size_t fetched = 0;
    for (const auto& [key, locked] : lock.packages) {
        if (!base::is_directory(git.folder(locked.commit))) {
            // What is locked was agreed to when the lock was made.
            TRY(git.fetch({locked.url, "Commit", locked.commit}, Trust::Local)
                    .context("downloading " + key));
            ++fetched;
        }
        if (TRY(hash_files(git.folder(locked.commit))) != locked.sha256)
            return Error(Code::DataLoss, "the files of " + key + " (" + git.folder(locked.commit) +
                                             ") are not those that were locked");
    }
    return fetched;
}

std::string print_lock(const lang::Lock& lock) {
    json::Object packages;
    for (const auto& [key, locked] : lock.packages) {
        json::Object one{{"url", locked.url}, {"commit", locked.commit}};
        if (!locked.path.empty()) one.set("path", locked.path);
        if (!locked.version.empty()) one.set("version", locked.version);
        one.set("sha256", locked.sha256);
        packages.set(key, std::move(one));
    }
    return json::to_pretty_text(json::Object{{"version", 1}, {"packages", std::move(packages)}}) +
           "\n";
}

}
