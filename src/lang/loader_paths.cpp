#include "base/files.hpp"
#include "lang/loader.hpp"
#include "lang/source_file.hpp"

#include <algorithm>

// Where the files are that a program names.
namespace lang {

// Larger texts have places beyond what a span can hold, together with those of other files.
static constexpr std::size_t kMaxSourceBytes = std::size_t{256} << 20;

const BuiltinModule* Loader::builtin(std::string_view path) const {
    constexpr std::string_view kPrefix = "provisioning/", kSuffix = ".ncl";
    if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix)) return nullptr;
    std::string_view name =
        path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
    for (const BuiltinModule& module : options_.modules) {
        if (module.name == name) return &module;
    }
    return nullptr;
}

bool Loader::exists(const std::string& path) const {
    if (options_.frozen_files) return options_.frozen_files->contains(path);
    if (!options_.open_files.empty() && options_.open_files.contains(canonical(path))) return true;
    struct stat status;
    return base::files().stat(path, status) == 0;
}

std::string Loader::canonical(const std::string& path) const {
    // Paths of a saved plan are its own: what they lead to on this disk does not matter.
    if (options_.frozen_files) return path;
    std::string real;
    return base::files().realpath(path, real) == 0 ? real : path;
}

base::Result<std::string> Loader::read(const std::string& path) const {
    if (!options_.frozen_files) {
        if (!options_.open_files.empty()) {
            const auto open = options_.open_files.find(canonical(path));
            if (open != options_.open_files.end()) return open->second;
        }
        return read_source_file(path, kMaxSourceBytes, options_.stop);
    }
    auto found = options_.frozen_files->find(path);
    if (found == options_.frozen_files->end())
        return base::not_found("the saved plan has no copy of " + path);
    return found->second;
}

static std::string folder_of(std::string_view path) {
    std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

std::string Loader::path_of(std::string_view path, std::string_view importer) const {
    if (path.starts_with('/')) return std::string(path);
    // Beside the importing file first, then the folders given with -I, in their order.
    std::string beside = folder_of(importer) + std::string(path);
    if (exists(beside)) return beside;
    for (const std::string& folder : options_.import_paths) {
        std::string candidate = folder + "/" + std::string(path);
        if (exists(candidate)) return candidate;
    }
    return beside;
    // As if it were there: the error names the place where one would look.
}

// Symbolic links do not lead out of a root.
bool Loader::may_import(const std::string& path) const {
    // What a saved plan has no copy of is not there, wherever it lies.
    if (options_.frozen_files) return true;
    const auto& roots = options_.limits.import_roots;
    // Resolved on both sides, as a folder may itself be reached by a link.
    std::string file = canonical(path);
    return roots.empty() || std::ranges::any_of(roots, [&](const std::string& root) {
               std::string folder = canonical(root);
               if (!folder.ends_with('/')) folder += '/';
               return file.starts_with(folder);
           });
}

}
