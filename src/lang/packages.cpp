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

std::string Packages::manifest_of(const std::string& file) const {
    // Of a saved plan the copies count; it names them as they were found.
    const auto is_there = [&](const std::string& path) {
        if (options_.frozen_files) return options_.frozen_files->contains(path);
        return base::file_exists(path);
    };
    if (!options_.manifest.empty()) return options_.manifest;
    std::string folder = folder_of(file);
    for (int i = 0; i < kMaxFolders; ++i) {
        std::string manifest = folder + std::string(kManifest);
        if (is_there(manifest)) return manifest;
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

// `{ dependencies = { name = 'Path "../other" } }`
Packages::Manifest Packages::load(const std::string& path) const {
    Manifest manifest;
    EvaluationOptions options;
    options.limits = options_.limits;
    options.frozen_files = options_.frozen_files;
    options.stop = options_.stop;
    Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> found;
    std::optional<value::Diagnostic> error;
    Word word = evaluation.load_file(path, ast::ImportFormat::Nickel, found);
    if (found.empty()) word = evaluation.evaluate_deep(word, error, Machine::Depth::Exported);
    if (!found.empty()) error = std::move(found.front());
    if (error) {
        manifest.error = problem("ImportError::IoError",
                                 "the package manifest " + path + " is wrong: " + error->message);
        manifest.error->notes = std::move(error->notes);
        return manifest;
    }
    Machine& machine = evaluation.machine;
    const auto field = [&](Word of, std::string_view name) -> Word {
        if (!is(of, Tag::Record)) return {};
        auto& record = *as<Record>(of);
        const std::uint32_t slot = record.shape->find(Symbol::of(name));
        Word value;
        if (slot == Shape::kAbsent || !machine.has_value(record, slot)) return {};
        return machine.at_hand(machine.field(record, slot), value) ? value : Word{};
    };
    const Word dependencies = field(word, "dependencies");
    if (!is(dependencies, Tag::Record)) return manifest;
    for (const Symbol name : as<Record>(dependencies)->shape->names()) {
        const Word one = field(dependencies, name.text());
        if (!is(one, Tag::Variant)) continue;
        const auto& variant = *as<Variant>(one);
        Dependency dependency{.folder = {}, .kind = std::string(variant.variant_tag.text())};
        Word argument;
        if (dependency.kind == "Path" && machine.at_hand(variant.argument, argument) &&
            is(argument, Tag::String)) {
            const std::string_view folder = as<StringObj>(argument)->text();
            dependency.folder = folder.starts_with('/') ? std::string(folder)
                                                        : folder_of(path) + std::string(folder);
        }
        manifest.dependencies.emplace(name.text(), std::move(dependency));
    }
    return manifest;
}

const Packages::Manifest& Packages::read(const std::string& path) {
    const auto known = known_.find(path);
    if (known != known_.end()) return known->second;
    return known_.emplace(path, load(path)).first->second;
}

std::optional<std::string> Packages::find(const std::string& manifest, std::string_view name,
                                          value::Diagnostic& error) {
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
    if (!found->second.folder.empty()) return found->second.folder;
    error = problem("ImportError::MissingDependency",
                    "the package `" + std::string(name) + "` is a '" + found->second.kind +
                        " dependency of " + manifest + ", and nothing is fetched");
    error.notes.emplace_back("copy it beside, and name it as 'Path \"folder\"");
    return std::nullopt;
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
    return find_file(path_of(*folder + "/main.ncl", ""), import, diagnostics);
}

}
