#pragma once

#include "lang/compile/compiler.hpp"
#include "lang/eval/machine.hpp"
#include "lang/library_parts.hpp"
#include "lang/packages.hpp"
#include "lang/program.hpp"
#include "lang/resolve/import_graph.hpp"
#include "lang/resolve/resolution.hpp"
#include "lang/syntax/arena.hpp"
#include "lang/types/typecheck.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

struct EvaluationOptions {
    Limits limits;
    std::vector<std::string> import_paths;   // searched after the folder of the importing file
    std::string manifest;                    // of packages, in place of the nearest one
    std::string schemas_dir;                 // of the workspace: found before the built-in modules
    std::vector<BuiltinModule> modules;
    // More of them, asked for when a program first names one: they take time to make.
    std::function<std::vector<BuiltinModule>()> late_modules = {};
    std::optional<std::map<std::string, std::string>> frozen_files;   // in place of the disk
    // By real path: in place of what the disk has. Of an editor, what is not saved yet.
    std::map<std::string, std::string> open_files = {};
    types::Mode typecheck = types::Mode::Walk;   // of what is loaded first, not of its imports
    // Each field of the library is read when it is used: for whoever shows no metadata of it.
    bool library_in_parts = false;
    // Once it is asked to stop, everything here returns soon, with nothing and a diagnostic of the
    // kind EvalError::Stopped.
    std::stop_token stop = {};
};

// From a file or text to its word, in two steps. First it and all that it imports is read, parsed
// and resolved, which makes the graph of imports; data is a word at once. Then code is made, file
// by file in the order of the graph, and imports are bound to what they name. So nothing is
// compiled of a program of which a file is missing. One for each evaluation.
class Loader final : private types::Files {
public:
    using FileId = resolve::ImportGraph::FileId;

    Loader(const EvaluationOptions& options, SourceMap& sources, Machine& machine)
        : options_(options), sources_(sources), machine_(machine), packages_(options),
          typechecker_(*this, sources, options.stop) {}

    // Nothing, and the diagnostics, if anything is wrong with it or with what it imports.
    Word file(const std::string& path, ast::ImportFormat format,
              std::vector<value::Diagnostic>& diagnostics);
    Word text(std::string name, std::string text, ast::ImportFormat format, bool trusted,
              std::vector<value::Diagnostic>& diagnostics);
    // A module of the standard library, by its name.
    Word module(std::string_view name, std::vector<value::Diagnostic>& diagnostics);
    // The same in parts (see LibrarySource).
    Word module_fields(std::string_view name);
    Word module_part(std::string_view name, std::string_view field,
                     std::vector<value::Diagnostic>& diagnostics);

    Globals globals;   // what every file may name

    const resolve::ImportGraph& graph() const { return graph_; }
    std::map<std::string, std::string> files() const;   // every file read, with its content

private:
    // A file as the typechecker sees it.
    struct TypedFile : types::File {
        FileId id = 0;
    };
    struct PartedModule;
    // A file or text on its way, by its id in the graph.
    struct Unit {
        std::string key;   // of ids_; empty: of a text, which is never found again
        const Source* source = nullptr;
        const BuiltinModule* module = nullptr;
        bool trusted = false;
        const PartedModule* part_of = nullptr;   // then `text` is what is read of it
        std::vector<LibraryParts::Range> text{};
        const ast::Node* root = nullptr;   // null: data
        resolve::Resolution names;
        Word word;   // once it is loaded
        TypedFile file{};
        bool is_checked = false;   // by the typechecker
    };
    // A module of the library in parts.
    struct PartedModule {
        const Source* source = nullptr;
        LibraryParts parts;
        Word record;
        Globals names;   // what every file may name, and the module's own fields
    };
    using Diagnostics = std::vector<value::Diagnostic>;

    std::optional<FileId> survey_file(const std::string& path, ast::ImportFormat format,
                                      Diagnostics& diagnostics);
    std::optional<FileId> survey_module(const BuiltinModule& module, Diagnostics& diagnostics);
    std::optional<FileId> survey_import(FileId importer, const ast::Import& import,
                                        Diagnostics& diagnostics);
    std::optional<FileId> survey_package(FileId importer, const ast::Import& import,
                                         Diagnostics& diagnostics);
    void add_module_hint(std::string_view path, value::Diagnostic& found);
    void add_path_hint(const std::string& path, value::Diagnostic& found) const;
    std::optional<FileId> find_import(FileId importer, const ast::Import& import,
                                      Diagnostics& diagnostics);
    std::optional<FileId> find_file(const std::string& file, const ast::Import& import,
                                    Diagnostics& diagnostics);
    FileId add(std::string key, const Source& source, ast::ImportFormat format);
    bool survey(FileId id, Diagnostics& diagnostics);
    const Globals& names_of(const Unit& unit) const {
        return unit.part_of ? unit.part_of->names : globals;
    }
    const Source* library_source(std::string_view name);
    bool read_data(Unit& unit, ast::ImportFormat format, Diagnostics& diagnostics);
    Word load(std::optional<FileId> root, Diagnostics& diagnostics);
    std::optional<FileId> survey_library(std::string_view name, Diagnostics& diagnostics);
    void check_resources(FileId id, Diagnostics& diagnostics);
    bool check_types(FileId root, FileId id, Diagnostics& diagnostics);
    const types::File* imported(const types::File& importer, std::uint32_t import) override;
    const types::File* library(std::string_view module) override;
    bool compile(FileId id, std::vector<const ImportCode*>& imports, Diagnostics& diagnostics);
    void add_way(FileId root, FileId file, Diagnostics& diagnostics) const;

    const std::vector<BuiltinModule>& modules();
    const BuiltinModule* builtin(std::string_view path);
    bool exists(const std::string& path) const;
    std::string canonical(const std::string& path) const;
    base::Result<std::string> read(const std::string& path) const;
    bool may_import(const std::string& path) const;
    std::string path_of(std::string_view path, std::string_view importer) const;

    const EvaluationOptions& options_;
    SourceMap& sources_;
    Machine& machine_;
    Packages packages_;
    types::Typechecker typechecker_;
    std::uint64_t charged_types_ = 0;   // of what it keeps
    Arena arena_;
    std::uint64_t charged_ = 0;   // of the arena
    resolve::ImportGraph graph_;
    std::deque<Unit> units_;
    std::map<std::string, FileId> ids_;   // by canonical path and format
    std::map<std::string, const Source*> files_;
    std::map<std::string, PartedModule, std::less<>> parted_;
    std::map<std::string, const Source*, std::less<>> library_sources_;
    std::optional<std::vector<BuiltinModule>> late_modules_;
};

// The text of a module of the standard library: `root`, which is `std` itself, or `array`, say.
std::optional<std::string_view> library_text(std::string_view name);

// Json, Yaml, … by a file's extension; Nickel otherwise.
ast::ImportFormat format_of_path(std::string_view path);

}
