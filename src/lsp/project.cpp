#include "lsp/project.hpp"

#include "base/fs.hpp"
#include "lang/loader.hpp"

namespace lsp {

std::string real_path_of(const std::string& path) {
    auto real = base::real_path(path);
    return real ? std::move(*real) : path;
}

void Project::begin_request() {
    retired_.clear();
    ++request_;
}

void Project::open(const std::string& path, Text text) {
    open_.insert_or_assign(path, std::move(text));
    entries_[path].looked_at = 0;
}

void Project::close(const std::string& path) {
    open_.erase(path);
    entries_[path].looked_at = 0;
}

Text* Project::open_text(const std::string& path) {
    const auto found = open_.find(path);
    if (found == open_.end()) return nullptr;
    entries_[path].looked_at = 0;   // it may be about to be changed
    return &found->second;
}

const Analysis* Project::made(const std::string& key, std::string text, bool is_library) {
    Entry& entry = entries_[key];
    if (entry.analysis) retired_.push_back(std::move(entry.analysis));
    entry.analysis = std::make_unique<Analysis>(key, std::move(text), is_library);
    entry.looked_at = request_;
    return entry.analysis.get();
}

const Analysis* Project::file(const std::string& path) {
    Entry& entry = entries_[path];
    if (entry.analysis && entry.looked_at == request_) return entry.analysis.get();
    if (const auto open = open_.find(path); open != open_.end()) {
        if (entry.analysis && entry.analysis->text() == open->second.text()) {
            entry.looked_at = request_;
            return entry.analysis.get();
        }
        return made(path, open->second.text(), false);
    }
    // Once for each request; a pipe may have no end.
    constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;
    if (!base::expect_file(path)) return nullptr;
    auto text = base::read_file(path, kMaxBytes);
    if (!text) return nullptr;
    if (!entry.analysis || entry.analysis->text() != *text) {
        return made(path, std::move(*text), false);
    }
    entry.looked_at = request_;
    return entry.analysis.get();
}

const Analysis* Project::library(std::string_view name) {
    const std::string key = "<std/" + std::string(name) + ">";
    if (const auto known = entries_.find(key); known != entries_.end()) {
        return known->second.analysis.get();
    }
    const auto text = lang::library_text(name);
    return text ? made(key, std::string(*text), true) : nullptr;
}

std::string Project::workspace_of(const std::string& path) {
    std::string folder(base::parent_path(path));
    while (folder.size() > 1) {
        if (base::file_exists(base::join_path(folder, "main.ncl"))) return folder;
        folder = base::parent_path(folder);
    }
    return {};
}

const Analysis* Project::imported(const Analysis& importer, const ast::Import& import) {
    if (import.package) return nullptr;
    const bool is_nickel = import.format == ast::ImportFormat::Nickel ||
                           (import.format == ast::ImportFormat::Auto &&
                            lang::format_of_path(import.path) == ast::ImportFormat::Nickel);
    if (!is_nickel) return nullptr;
    const std::string workspace = workspace_of(importer.path());
    for (const lang::BuiltinModule& module : options_.modules) {
        if (import.path != "provisioning/" + module.name + ".ncl") continue;
        const std::string own = workspace + "/schemas/" + module.name + ".ncl";
        if (!workspace.empty() && importer.path() != own && base::file_exists(own)) {
            return file(real_path_of(own));
        }
        const std::string key = "<provisioning/" + module.name + ".ncl>";
        if (const auto known = entries_.find(key); known != entries_.end()) {
            return known->second.analysis.get();
        }
        return made(key, module.source, false);
    }
    std::vector<std::string> folders{std::string(base::parent_path(importer.path()))};
    if (!workspace.empty()) folders.push_back(workspace);
    folders.insert(folders.end(), options_.import_paths.begin(), options_.import_paths.end());
    for (const std::string& folder : folders) {
        const std::string path = real_path_of(base::join_path(folder, std::string(import.path)));
        if (const Analysis* found = file(path)) return found;
    }
    return nullptr;
}

std::vector<const Analysis*> Project::known_files() const {
    std::vector<const Analysis*> files;
    for (const auto& [path, entry] : entries_) {
        if (entry.analysis && path.starts_with('/')) files.push_back(entry.analysis.get());
    }
    return files;
}

}
