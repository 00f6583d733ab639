#include "lang/packages.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "lang/evaluation.hpp"
#include "lang/source_file.hpp"
#include "lang/syntax/quoting.hpp"

#include <utility>

namespace lang {

// A folder deeper than this has no manifest above it that is looked for.
static constexpr int kMaxFolders = 64;

static value::Diagnostic problem(std::string_view kind, std::string message) {
    value::Diagnostic diagnostic;
    diagnostic.kind = kind;
    diagnostic.message = std::move(message);
    return diagnostic;
}

static std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

// Of a saved plan the copies count; it names them as they were found.
bool Packages::exists(const std::string& path) const {
    if (options_.frozen_files) return options_.frozen_files->contains(path);
    return base::file_exists(path);
}

std::string Packages::manifest_of(const std::string& file) const {
    if (!options_.manifest.empty()) return options_.manifest;
    std::string folder = folder_of(file);
    for (int i = 0; i < kMaxFolders; ++i) {
        std::string manifest = folder + std::string(kManifest);
        if (exists(manifest)) return manifest;
        if (folder == "/") break;
        // A relative path has folders above the one that we are in.
        if (folder.empty() || folder.ends_with("../")) {
            folder += "../";
        } else {
            folder = folder_of(std::string_view(folder).substr(0, folder.size() - 1));
        }
    }
    return {};
}

const Packages::Manifest& Packages::read(const std::string& path) {
    const auto known = known_.find(path);
    if (known != known_.end()) return known->second;
    return known_.emplace(path, load(path)).first->second;
}

std::optional<std::string> Packages::find(const std::string& manifest, std::string_view name,
                                          value::Diagnostic& error) {
    if (!is_lock_read_) read_lock(manifest);
    const Manifest& package = read(manifest);
    if (package.error) {
        error = *package.error;
        return std::nullopt;
    }
    const auto found = package.dependencies.find(name);
    if (found == package.dependencies.end()) {
        error = problem("ImportError::MissingDependency",
                        "the package `" + std::string(name) + "` is no dependency in " + manifest);
        std::vector<std::string> names;
        for (const auto& [known, dependency] : package.dependencies) names.push_back(known);
        if (std::string help = base::did_you_mean(name, names); !help.empty()) {
            error.notes.push_back(std::move(help));
        } else if (!names.empty()) {
            error.notes.push_back("it has: " + base::join(names, ", "));
        }
        return std::nullopt;
    }
    const Dependency& dependency = found->second;
    if (!dependency.folder.empty()) return dependency.folder;
    return find_fetched(manifest, name, dependency, error);
}

std::optional<std::string> Packages::find_fetched(const std::string& manifest,
                                                  std::string_view name,
                                                  const Dependency& dependency,
                                                  value::Diagnostic& error) {
    const std::string what = "the package `" + std::string(name) + "`, a '" + dependency.kind +
                             " dependency of " + manifest + ",";
    if (lock_error_) {
        error = problem("ImportError::MissingDependency", *lock_error_);
        return std::nullopt;
    }
    const auto locked = lock_.packages.find(dependency.key());
    if (locked == lock_.packages.end()) {
        error = problem("ImportError::MissingDependency", what + " is not in " + lock_path_);
        error.notes.emplace_back(
            "packages are locked and downloaded by themselves: an evaluation fetches nothing");
        return std::nullopt;
    }
    const std::string folder =
        folder_in_cache(options_.limits.package_cache, locked->second.commit);
    const std::string package =
        locked->second.path.empty() ? folder : folder + "/" + locked->second.path;
    if (!exists(package + "/main.ncl")) {
        error = problem("ImportError::MissingDependency",
                        what + " is locked, but not in the cache (" + folder + ")");
        error.notes.emplace_back("download the packages that the lock names");
        return std::nullopt;
    }
    fetched_.push_back(folder);
    return package;
}

std::optional<Loader::FileId> Loader::survey_package(FileId importer, const ast::Import& import,
                                                     Diagnostics& diagnostics) {
    const std::string name(import.path);
    const std::string manifest = packages_.manifest_of(std::string(graph_[importer].name));
    if (manifest.empty()) {
        diagnostics.push_back(problem("ImportError::NoPackageMap",
                                      "no package manifest says what `" + name + "` is"));
        diagnostics.back().notes = {
            "a file `" + std::string(Packages::kManifest) +
                "` beside the program, or above it, has `{ dependencies = { " + name +
                " = 'Path \"FOLDER\" } }`",
            "a file is imported by its path, in quotes: `import \"" + name + ".ncl\"`"};
        return std::nullopt;
    }
    if (!may_import(manifest)) return find_file(manifest, import, diagnostics);
    value::Diagnostic error;
    const auto folder = packages_.find(manifest, name, error);
    if (!folder) {
        diagnostics.push_back(std::move(error));
        return std::nullopt;
    }
    // The manifest is a file of the program, too: whoever keeps the program keeps it.
    if (!survey_file(manifest, ast::ImportFormat::Text, diagnostics)) return std::nullopt;
    if (!packages_.lock_path().empty() && exists(packages_.lock_path()) &&
        !survey_file(packages_.lock_path(), ast::ImportFormat::Text, diagnostics))
        return std::nullopt;
    return find_file(path_of(*folder + "/main.ncl", ""), import, diagnostics);
}

}
