#pragma once

#include "base/result.hpp"
#include "value/diagnostic.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

struct EvaluationOptions;

// A dependency as a manifest names it.
struct Dependency {
    std::string kind;       // "Path", "Git", "Index"
    std::string folder;     // Path: from where the manifest is found
    std::string url;        // Git
    std::string ref_kind;   // Git: "Head", "Branch", "Tag", "Commit"
    std::string ref;        // Git: its name
    std::string path;       // Git: of the package within the repository
    std::string package;    // Index: "github:OWNER/REPOSITORY[/PATH]"
    std::string version;    // Index: "1.2", "=1.2.3"

    // What a lock calls it: the same for all who ask for the same. Empty for 'Path.
    std::string key() const;
};

// What a lock says of a package that is fetched: which commit, and what is in it.
struct LockedPackage {
    std::string url;
    std::string commit;
    std::string path;      // of the package within the repository
    std::string version;   // Index
    std::string sha256;    // of the files (packages_cache.hpp of the command line)
};
struct Lock {
    std::map<std::string, LockedPackage, std::less<>> packages;   // by Dependency::key
};

// What `import name` means: the folders of packages, as the manifests say (`Nickel-pkg.ncl`, see
// std.package.Manifest). Each package has names of its own. 'Path is a folder; others are found in
// the cache, where the lock beside the first manifest says which commit: nothing is fetched here.
// Reads manifests when they are first asked for.
class Packages {
public:
    static constexpr std::string_view kManifest = "Nickel-pkg.ncl";
    static constexpr std::string_view kLock = "Nickel-pkg.lock";

    struct Manifest {
        std::map<std::string, Dependency, std::less<>> dependencies;
        std::optional<value::Diagnostic> error;
    };

    explicit Packages(const EvaluationOptions& options) : options_(options) {}

    // The manifest of the package that a file belongs to: in its folder, or the nearest around it.
    // Empty if there is none.
    std::string manifest_of(const std::string& file) const;
    // The folder of the package that a name means in a manifest. On errors nothing, and the
    // diagnostic.
    std::optional<std::string> find(const std::string& manifest, std::string_view name,
                                    value::Diagnostic& error);
    const Manifest& read(const std::string& path);
    // The lock that counts: beside the first manifest that was asked for. Empty: none was read.
    const std::string& lock_path() const { return lock_path_; }
    // Folders of fetched packages that were found: their files may be imported.
    const std::vector<std::string>& fetched() const { return fetched_; }

    static base::Result<Lock> parse_lock(std::string_view text);
    // Where the files of a commit lie.
    static std::string folder_in_cache(const std::string& cache, const std::string& commit);

private:
    Manifest load(const std::string& path) const;
    std::optional<std::string> find_fetched(const std::string& manifest, std::string_view name,
                                            const Dependency& dependency, value::Diagnostic& error);
    bool exists(const std::string& path) const;
    void read_lock(const std::string& manifest);

    const EvaluationOptions& options_;
    std::map<std::string, Manifest> known_;
    bool is_lock_read_ = false;
    std::string lock_path_;
    std::optional<std::string> lock_error_;
    Lock lock_;
    std::vector<std::string> fetched_;
};

}
