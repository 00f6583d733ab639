#pragma once

#include "value/diagnostic.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

struct EvaluationOptions;

// What `import name` means: the folders of packages, as the manifests say (`Nickel-pkg.ncl`, see
// std.package.Manifest). Each package has names of its own. Only those that lie on this disk are
// found: 'Path. Reads manifests when they are first asked for.
class Packages {
public:
    static constexpr std::string_view kManifest = "Nickel-pkg.ncl";

    explicit Packages(const EvaluationOptions& options) : options_(options) {}

    // The manifest of the package that a file belongs to: in its folder, or the nearest around it.
    // Empty if there is none.
    std::string manifest_of(const std::string& file) const;
    // The folder of the package that a name means in a manifest. On errors nothing, and the
    // diagnostic.
    std::optional<std::string> find(const std::string& manifest, std::string_view name,
                                    value::Diagnostic& error);

private:
    struct Dependency {
        std::string folder;   // empty: of another kind
        std::string kind;     // "Git", "Index"
    };
    struct Manifest {
        std::map<std::string, Dependency, std::less<>> dependencies;
        std::optional<value::Diagnostic> error;
    };

    const Manifest& read(const std::string& path);
    Manifest load(const std::string& path) const;

    const EvaluationOptions& options_;
    std::map<std::string, Manifest> known_;
};

}
