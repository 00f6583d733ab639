#include "lang/loader.hpp"

#include "base/text.hpp"
#include "lang/data.hpp"
#include "lang/syntax/parser.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lang {

ast::ImportFormat format_of_path(std::string_view path) {
    auto ends = [&](std::string_view suffix) { return path.ends_with(suffix); };
    if (ends(".json")) return ast::ImportFormat::Json;
    if (ends(".yaml") || ends(".yml")) return ast::ImportFormat::Yaml;
    if (ends(".toml")) return ast::ImportFormat::Toml;
    if (ends(".txt")) return ast::ImportFormat::Text;
    return ast::ImportFormat::Nickel;
}

static value::Diagnostic io_error(std::string message) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "ImportError::IoError";
    diagnostic.message = std::move(message);
    return diagnostic;
}

static value::Diagnostic too_large(const std::string& name) {
    return io_error("the sources together are too large: cannot load " + name);
}

// A finding in a file, as told to whoever imports it.
static void add_importer(value::Diagnostic& found, Span where) {
    if (found.kind.starts_with("ParseError")) found.kind = "ImportError::ParseError";
    const bool is_only = found.labels.empty();
    found.labels.push_back({where, "imported here", is_only});
}

// ---- what is asked for

// Code and data are kept for ever, also what is loaded in the middle of an evaluation.
Word Loader::text(std::string name, std::string text, ast::ImportFormat format, bool trusted,
                  Diagnostics& diagnostics) {
    const Heap::Keeping keeping(machine_.heap);
    const Source* source = sources_.add(name, std::move(text));
    if (!source) {
        diagnostics.push_back(too_large(name));
        return Word();
    }
    const FileId id = add({}, *source, format);
    units_[id].trusted = trusted;
    return load(survey(id, diagnostics) ? std::optional(id) : std::nullopt, diagnostics);
}

Word Loader::file(const std::string& path, ast::ImportFormat format, Diagnostics& diagnostics) {
    const Heap::Keeping keeping(machine_.heap);
    return load(survey_file(path, format, diagnostics), diagnostics);
}

std::map<std::string, std::string> Loader::files() const {
    std::map<std::string, std::string> result;
    for (const auto& [path, source] : files_) result[path] = source->text;
    return result;
}

// ---- first step: read, parse, resolve

Loader::FileId Loader::add(std::string key, const Source& source, ast::ImportFormat format) {
    const FileId id = graph_.add(source.name, format);
    if (!key.empty()) ids_[key] = id;
    units_.push_back({.key = std::move(key), .source = &source});
    units_.back().file.id = id;
    units_.back().file.is_text = format == ast::ImportFormat::Text;
    // Sources count into the memory limit like everything else the program makes.
    machine_.heap.meter.add(source.text.size());
    return id;
}

bool Loader::read_data(Unit& unit, ast::ImportFormat format, Diagnostics& diagnostics) {
    const Source& source = *unit.source;
    if (format == ast::ImportFormat::Text) {
        unit.word = machine_.heap.string(source.text);
        return true;
    }
    const bool is_toml = format == ast::ImportFormat::Toml;
    // TOML's floats are doubles by its specification (1.0, "Float": IEEE 754 binary64); numbers of
    // JSON and YAML are taken as they are written.
    DataBuilder builder(machine_, DataBuilder::Repeated::Merge,
                        is_toml ? value::Reading::ExactDouble : value::Reading::Exact);
    // Of what was given as a text (values from outside), fields are spoken of one by one.
    builder.set_source(source.base, unit.key.empty());
    const auto kind = format == ast::ImportFormat::Json   ? json::Format::Json
                      : format == ast::ImportFormat::Yaml ? json::Format::Yaml
                                                          : json::Format::Toml;
    auto read = json::read(kind, source.text, builder);
    if (read.ok()) {
        unit.word = builder.value();
        return true;
    }
    diagnostics.push_back(data_diagnostic(read.error(), source));
    return false;
}

bool Loader::survey(FileId id, Diagnostics& diagnostics) {
    Unit& unit = units_[id];
    const ast::ImportFormat format = graph_[id].format;
    if (format != ast::ImportFormat::Nickel) return read_data(unit, format, diagnostics);
    ParseResult parsed = parse(*unit.source, arena_, {.stop = options_.stop, .only = unit.text});
    if (!parsed.ok()) {
        for (value::Diagnostic& found : parsed.diagnostics) diagnostics.push_back(std::move(found));
        return false;
    }
    std::vector<Symbol> names;
    for (const auto& global : names_of(unit)) names.push_back(global.first);
    unit.root = parsed.root;
    unit.names = resolve::resolve(parsed.root, names, options_.stop);
    unit.file.root = unit.root;
    unit.file.names = &unit.names;
    if (!unit.names.unbound.empty()) {
        for (const value::Diagnostic& found : unit.names.unbound) diagnostics.push_back(found);
        std::vector<const ImportCode*> imports;
        // The compiler tells of numbers that are too large, and the like: all findings of a file
        // at once.
        const bool can_be = std::ranges::all_of(unit.names.unbound, [](const auto& found) {
            return found.kind == "TypecheckError::UnboundIdentifier";
        });
        if (can_be) (void)compile(id, imports, diagnostics);   // for what else is wrong with it
        return false;
    }
    for (const ast::Import* import : unit.names.imports) {
        if (options_.stop.stop_requested()) return false;
        const auto target = survey_import(id, *import, diagnostics);
        if (!target) return false;
        graph_.connect(id, *target, import->span);
    }
    return true;
}

std::optional<Loader::FileId> Loader::survey_file(const std::string& path, ast::ImportFormat format,
                                                  Diagnostics& diagnostics) {
    if (format == ast::ImportFormat::Auto) format = format_of_path(path);
    // By its real path, so that two ways to one file are one file. The format counts: a file may
    // be imported as text as well.
    std::string key = canonical(path) + ":" + std::to_string(static_cast<int>(format));
    if (auto known = ids_.find(key); known != ids_.end()) return known->second;
    auto text = read(path);
    if (!text.ok()) {
        diagnostics.push_back(io_error(text.error().text()));
        return std::nullopt;
    }
    const Source* source = sources_.add(path, std::move(text).value());
    if (!source) {
        diagnostics.push_back(too_large(path));
        return std::nullopt;
    }
    files_[path] = source;
    const FileId id = add(std::move(key), *source, format);
    if (!survey(id, diagnostics)) return std::nullopt;
    return id;
}

std::optional<Loader::FileId> Loader::survey_module(const BuiltinModule& module,
                                                    Diagnostics& diagnostics) {
    const std::string name = "<provisioning/" + module.name + ".ncl>";
    if (auto known = ids_.find(name); known != ids_.end()) return known->second;
    const Source* source = sources_.add(name, module.source);
    if (!source) {
        diagnostics.push_back(too_large(name));
        return std::nullopt;
    }
    const FileId id = add(name, *source, ast::ImportFormat::Nickel);
    units_[id].module = &module;
    if (!survey(id, diagnostics)) return std::nullopt;
    return id;
}

std::optional<Loader::FileId> Loader::survey_import(FileId importer, const ast::Import& import,
                                                    Diagnostics& diagnostics) {
    Diagnostics found;
    const auto target = import.package ? survey_package(importer, import, found)
                                       : find_import(importer, import, found);
    if (target) return target;
    // One is told: the others follow from it, or show once it is mended.
    if (!found.empty()) {
        add_importer(found.front(), import.span);
        diagnostics.push_back(std::move(found.front()));
    }
    return std::nullopt;
}

// Where it is only just not the name of a built-in module.
void Loader::add_module_hint(std::string_view path, value::Diagnostic& found) {
    constexpr std::string_view kFolder = "provisioning/";
    constexpr std::string_view kEnd = ".ncl";
    if (!path.ends_with(kEnd)) return;
    std::string_view name = path.substr(0, path.size() - kEnd.size());
    const bool is_ours = name.starts_with(kFolder);
    if (is_ours) name.remove_prefix(kFolder.size());
    // Those that are not made yet are no help to a program that names none.
    if (!is_ours && options_.late_modules && !late_modules_) return;
    std::vector<std::string> names;
    for (const BuiltinModule& module : modules()) names.push_back(module.name);
    const auto nearest = std::ranges::min_element(
        names, {}, [&](const std::string& one) { return base::edit_distance(name, one); });
    if (nearest == names.end()) return;
    const std::size_t distance = base::edit_distance(name, *nearest);
    if (distance <= 2 && distance < nearest->size() / 2) {
        found.notes.push_back("did you mean `" + std::string(kFolder) + *nearest + ".ncl`?");
    } else if (is_ours) {
        found.notes.push_back("of ours there is: " + base::join(names, ", "));
    }
}

std::optional<Loader::FileId> Loader::find_import(FileId importer, const ast::Import& import,
                                                  Diagnostics& diagnostics) {
    const std::string_view from = graph_[importer].name;
    const BuiltinModule* module = builtin(import.path);
    std::string own;
    // A workspace's `schemas/local.ncl` stands in for the built-in module of that name, and may
    // import it under the same name to build on it.
    if (module && !options_.schemas_dir.empty())
        own = options_.schemas_dir + "/" + module->name + ".ncl";
    const bool narrows = from == own;   // schemas/NAME.ncl builds on the built-in NAME
    if (module && (own.empty() || narrows || !exists(own)))
        return survey_module(*module, diagnostics);
    return find_file(module ? own : path_of(import.path, from), import, diagnostics);
}

std::optional<Loader::FileId> Loader::find_file(const std::string& file, const ast::Import& import,
                                                Diagnostics& diagnostics) {
    // Before the file is opened: not even its existence is told to a program that may not import
    // it.
    if (may_import(file)) {
        const std::size_t before = diagnostics.size();
        const auto found = survey_file(file, import.format, diagnostics);
        if (!found && diagnostics.size() > before && !exists(file)) {
            const std::size_t notes = diagnostics.back().notes.size();
            add_module_hint(import.path, diagnostics.back());
            if (diagnostics.back().notes.size() == notes) add_path_hint(file, diagnostics.back());
        }
        return found;
    }
    diagnostics.push_back(io_error("cannot import " + file +
                                   ": it lies outside of the folders that may be imported from"));
    diagnostics.back().notes = {
        "these are " + base::join(options_.limits.import_roots, ", ") +
        "; links are followed first. `limits.import_roots` in your own settings names more"};
    return std::nullopt;
}

// ---- second step: code

bool Loader::compile(FileId id, std::vector<const ImportCode*>& imports, Diagnostics& diagnostics) {
    Unit& unit = units_[id];
    const CompileTarget target{.arena = arena_,
                               .heap = machine_.heap,
                               .shapes = machine_.shapes,
                               .globals = names_of(unit),
                               .trusted = unit.trusted,
                               .stop = options_.stop};
    const std::size_t before = diagnostics.size();
    compile::Compiler compiler(target, unit.names, diagnostics);
    const Block* block = compiler.program(unit.root);
    machine_.heap.meter.add(arena_.allocated() - charged_);
    charged_ = arena_.allocated();
    if (diagnostics.size() != before) return false;
    unit.word = machine_.make_thunk(*block, {});
    if (unit.module) unit.word = machine_.mark_types(unit.word, *unit.module);
    imports = std::move(compiler.imports);
    return true;
}

// What is wrong with an imported file is told with the imports that lead there.
void Loader::add_way(FileId root, FileId file, Diagnostics& diagnostics) const {
    const auto way = graph_.way_to(root, file);
    for (std::size_t i = way.size(); i-- > 0;) {
        diagnostics.resize(1);
        add_importer(diagnostics.front(), way[i].span);
    }
}

Word Loader::load(std::optional<FileId> root, Diagnostics& diagnostics) {
    struct Made {
        FileId id;
        std::vector<const ImportCode*> imports;
    };
    std::vector<Made> made;
    bool is_fine = root.has_value();
    if (root) {
        // Imports of imports first, so that errors come in the order in which files are needed.
        for (FileId id : graph_.loading_order(*root)) {
            if (units_[id].word.exists()) continue;
            Diagnostics found;
            is_fine = check_types(*root, id, found);
            if (is_fine) made.push_back({id, {}});
            if (is_fine) is_fine = compile(id, made.back().imports, found);
            if (is_fine) continue;
            add_way(*root, id, found);
            for (value::Diagnostic& one : found) diagnostics.push_back(std::move(one));
            break;
        }
    }
    if (!is_fine || options_.stop.stop_requested()) {
        // What is only half there must not be found again.
        for (auto entry = ids_.begin(); entry != ids_.end();) {
            const bool is_whole = units_[entry->second].word.exists() &&
                                  std::ranges::none_of(made, [&](const Made& one) {
                                      return one.id == entry->second;
                                  });
            entry = is_whole ? std::next(entry) : ids_.erase(entry);
        }
        return Word();
    }
    // Last of all, when every file has its word: imports may go round in circles, as values are
    // lazy.
    for (const Made& one : made) {
        const auto& edges = graph_[one.id].imports;
        for (const ImportCode* import : one.imports)
            import->loaded = units_[edges[import->number].to].word;
    }
    return units_[*root].word;
}

}
