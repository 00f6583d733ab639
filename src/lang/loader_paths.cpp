#include "base/files.hpp"
#include "lang/loader.hpp"
#include "lang/source_file.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <algorithm>

// Where the files are that a program names.
namespace lang {

// Larger texts have places beyond what a span can hold, together with those of other files.
static constexpr std::size_t kMaxSourceBytes = std::size_t{256} << 20;

const std::vector<BuiltinModule>& Loader::modules() {
    if (!options_.late_modules) return options_.modules;
    if (!late_modules_) late_modules_ = options_.late_modules();
    return *late_modules_;
}

const BuiltinModule* Loader::builtin(std::string_view path) {
    constexpr std::string_view kPrefix = "provisioning/", kSuffix = ".ncl";
    if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix)) return nullptr;
    std::string_view name =
        path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
    for (const BuiltinModule& module : modules()) {
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

// `..` takes back the step before it, by the text alone: what a symbolic link leads to does not
// count, and the step need not be there. So does the official implementation.
static std::string cut(std::string_view path) {
    std::vector<std::string_view> steps;
    const bool is_absolute = path.starts_with('/');
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view step = path.substr(at, end - at);
        at = end + 1;
        if (step.empty() || step == ".") continue;
        const bool can_go_back = !steps.empty() && steps.back() != "..";
        if (step == ".." && can_go_back) {
            steps.pop_back();
        } else if (step != ".." || !is_absolute) {
            steps.push_back(step);
        }
    }
    return (is_absolute ? "/" : "") + base::join(steps, "/");
}

std::string Loader::path_of(std::string_view path, std::string_view importer) const {
    if (path.starts_with('/')) return cut(path);
    // Beside the importing file first, then the folders given with -I, in their order.
    std::string beside = cut(folder_of(importer) + std::string(path));
    if (exists(beside)) return beside;
    for (const std::string& folder : options_.import_paths) {
        std::string candidate = cut(folder + "/" + std::string(path));
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
    const auto holds = [&](const std::string& root) {
        std::string folder = canonical(root);
        if (!folder.ends_with('/')) folder += '/';
        return file.starts_with(folder);
    };
    return roots.empty() || std::ranges::any_of(roots, holds) ||
           std::ranges::any_of(packages_.fetched(), holds);
}

// What lies there instead: a name that is only just another, or that a folder is missing.
void Loader::add_path_hint(const std::string& path, value::Diagnostic& found) const {
    if (options_.frozen_files) return;
    const std::string folder = folder_of(path);
    const std::string shown = folder.empty() ? "." : folder;
    if (!base::is_directory(shown)) {
        found.notes.push_back("there is no folder `" + shown + "`");
        return;
    }
    const auto names = base::list_directory(shown);
    if (!names.ok()) return;
    const std::string_view meant =
        base::nearest(std::string_view(path).substr(folder.size()), *names);
    if (!meant.empty())
        found.notes.push_back("did you mean `" + folder + std::string(meant) + "`?");
    if (options_.import_paths.empty()) return;
    found.notes.push_back("looked in `" + shown + "`, then in " +
                          base::join(options_.import_paths, ", "));
}

}
