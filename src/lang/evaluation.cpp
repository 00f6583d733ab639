#include "lang/evaluation.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "embedded/lang.hpp"
#include "lang/builtins/families.hpp"
#include "lang/compile/compiler.hpp"
#include "lang/data.hpp"
#include "lang/source_file.hpp"
#include "lang/syntax/parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>

namespace lang {

constexpr std::size_t kMaxSourceBytes = std::size_t{256} << 20;

Evaluation::Evaluation(EvaluationOptions options)
    : heap(options.limits.max_memory), machine(heap, shapes, sources),
      options_(std::move(options)) {
    machine.imports = this;
    machine.max_depth = options_.limits.max_depth;
    machine.max_steps = options_.limits.max_steps;
    machine.stop = options_.stop;
    task_.id = 1;
    auto* load = heap.make<NativeFunction>(Tag::NativeFunction);
    load->native = find_native("std/load");
    std_ = machine.delay_apply(Word::of(load), {Word::null()});
    globals_.emplace(Symbol::of("std"), std_);
}

Evaluation::~Evaluation() = default;

ast::ImportFormat format_of_path(std::string_view path) {
    auto ends = [&](std::string_view suffix) { return path.ends_with(suffix); };
    if (ends(".json")) return ast::ImportFormat::Json;
    if (ends(".yaml") || ends(".yml")) return ast::ImportFormat::Yaml;
    if (ends(".toml")) return ast::ImportFormat::Toml;
    if (ends(".txt")) return ast::ImportFormat::Text;
    return ast::ImportFormat::Nickel;
}

Word Evaluation::load_source(const Source& source, ast::ImportFormat format, bool trusted,
                             std::vector<value::Diagnostic>& diagnostics, Word* slot) {
    if (format == ast::ImportFormat::Text) return heap.string(source.text);
    if (format != ast::ImportFormat::Nickel) {
        DataBuilder builder(machine, DataBuilder::Repeated::Merge,
                            format == ast::ImportFormat::Toml ? value::Reading::ExactDouble
                                                              : value::Reading::Exact);
        auto kind = format == ast::ImportFormat::Json   ? json::Format::Json
                    : format == ast::ImportFormat::Yaml ? json::Format::Yaml
                                                        : json::Format::Toml;
        auto read = json::read(kind, source.text, builder);
        if (read.ok()) return builder.value();
        diagnostics.push_back(data_diagnostic(read.error(), source));
        return Word();
    }
    ParseResult parsed = parse(source, arena_, {.stop = options_.stop});
    if (!parsed.ok()) {
        for (value::Diagnostic& diagnostic : parsed.diagnostics)
            diagnostics.push_back(std::move(diagnostic));
        return Word();
    }
    CompileTarget target{arena_, heap, shapes, globals_, trusted, options_.stop};
    std::size_t before = diagnostics.size();
    compile::Compiler compiler(target, diagnostics);
    const Block* block = compiler.program(parsed.root);
    if (diagnostics.size() != before) return Word();
    Word program = machine.make_thunk(*block, {});
    if (slot) *slot = program;   // imports may come back here
    for (const ImportCode* import : compiler.imports) {
        std::optional<value::Diagnostic> error;
        import->loaded = this->import(*import, error);
        if (error) {
            diagnostics.push_back(std::move(*error));
            return Word();
        }
    }
    return program;
}

// In place of whatever was found wrong after the evaluation was asked to stop.
static value::Diagnostic stopped() {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::Stopped";
    diagnostic.message = "the evaluation was stopped";
    return diagnostic;
}

static value::Diagnostic io_error(const base::Error& error, Span where) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "ImportError::IoError";
    diagnostic.message = error.text();
    if (where.exists()) diagnostic.labels.push_back({where, "imported here", true});
    return diagnostic;
}

static value::Diagnostic too_large(const std::string& name) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "ImportError::IoError";
    diagnostic.message = "the sources together are too large: cannot load " + name;
    return diagnostic;
}

Word Evaluation::load_text(std::string name, std::string text, ast::ImportFormat format,
                           std::vector<value::Diagnostic>& diagnostics) {
    const Source* source = sources.add(name, std::move(text));
    if (!source) {
        diagnostics.push_back(too_large(name));
        return Word();
    }
    Word word = load_source(*source, format, false, diagnostics);
    if (!is_stopped()) return word;
    diagnostics.assign(1, stopped());
    return Word();
}

Word Evaluation::load_file(const std::string& path, ast::ImportFormat format,
                           std::vector<value::Diagnostic>& diagnostics) {
    if (format == ast::ImportFormat::Auto) format = format_of_path(path);
    std::string key = canonical(path) + ":" + std::to_string(static_cast<int>(format));
    if (auto known = loaded_.find(key); known != loaded_.end()) return known->second;
    auto text = read(path);
    if (is_stopped()) {
        diagnostics.assign(1, stopped());
        return Word();
    }
    if (!text.ok()) {
        diagnostics.push_back(io_error(text.error(), {}));
        return Word();
    }
    const Source* source = sources.add(path, std::move(text).value());
    if (!source) {
        diagnostics.push_back(too_large(path));
        return Word();
    }
    files_[path] = source;
    Word& slot = loaded_[key];
    slot = load_source(*source, format, false, diagnostics, &slot);
    if (!is_stopped()) return slot;
    diagnostics.assign(1, stopped());
    return Word();
}

std::map<std::string, std::string> Evaluation::files() const {
    std::map<std::string, std::string> result;
    for (const auto& [path, source] : files_) result[path] = source->text;
    return result;
}

// ---- imports

const BuiltinModule* Evaluation::builtin(std::string_view path) const {
    constexpr std::string_view kPrefix = "provisioning/", kSuffix = ".ncl";
    if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix)) return nullptr;
    std::string_view name =
        path.substr(kPrefix.size(), path.size() - kPrefix.size() - kSuffix.size());
    for (const BuiltinModule& module : options_.modules) {
        if (module.name == name) return &module;
    }
    return nullptr;
}

bool Evaluation::exists(const std::string& path) const {
    if (options_.frozen_files) return options_.frozen_files->contains(path);
    struct stat status;
    return ::stat(path.c_str(), &status) == 0;
}

std::string Evaluation::canonical(const std::string& path) const {
    if (options_.frozen_files) return path;
    char* real = ::realpath(path.c_str(), nullptr);
    std::string result = real ? real : path;
    std::free(real);
    return result;
}

base::Result<std::string> Evaluation::read(const std::string& path) const {
    if (!options_.frozen_files) return read_source_file(path, kMaxSourceBytes, options_.stop);
    auto found = options_.frozen_files->find(path);
    if (found == options_.frozen_files->end())
        return base::not_found("the saved plan has no copy of " + path);
    return found->second;
}

static std::string folder_of(std::string_view path) {
    std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

std::string Evaluation::resolve(std::string_view path, std::string_view importer) const {
    if (path.starts_with('/')) return std::string(path);
    std::string beside = folder_of(importer) + std::string(path);
    if (exists(beside)) return beside;
    for (const std::string& folder : options_.import_paths) {
        std::string candidate = folder + "/" + std::string(path);
        if (exists(candidate)) return candidate;
    }
    return beside;
}

// Symbolic links do not lead out of a root.
bool Evaluation::may_import(const std::string& path) const {
    const auto& roots = options_.limits.import_roots;
    std::string file = canonical(path);
    return roots.empty() || std::ranges::any_of(roots, [&](const std::string& root) {
               std::string folder = canonical(root);
               if (!folder.ends_with('/')) folder += '/';
               return file.starts_with(folder);
           });
}

Word Evaluation::import(const ImportCode& code, std::optional<value::Diagnostic>& error) {
    std::string_view path = code.path;
    Span where = code.span;
    if (code.package) {
        error = value::Diagnostic{
            .kind = "ImportError::NoPackageMap",
            .message =
                "packages are not supported, so `" + std::string(path) + "` cannot be imported",
            .labels = {{where, "", true}},
            .notes = {"import its files by their paths: `import \"" + std::string(path) +
                      "/main.ncl\"`, from a folder given with -I"}};
        return Word();
    }
    const Source* importer = sources.find(where.begin);
    std::vector<value::Diagnostic> diagnostics;
    Word word;
    const BuiltinModule* module = builtin(path);
    std::string own = options_.schemas_dir.empty() || !module
                          ? std::string()
                          : options_.schemas_dir + "/" + module->name + ".ncl";
    bool narrows =
        importer && importer->name == own;   // schemas/NAME.ncl builds on the built-in NAME
    if (module && (own.empty() || narrows || !exists(own))) {
        Word& known = loaded_["<" + std::string(path) + ">"];
        if (!known.exists()) {
            const Source* source = sources.add("<" + std::string(path) + ">", module->source);
            if (source) known = load_source(*source, ast::ImportFormat::Nickel, false, diagnostics);
            if (known.exists()) known = machine.mark_types(known, *module);
        }
        word = known;
    } else {
        std::string file = module ? own
                                  : resolve(path, importer ? std::string_view(importer->name)
                                                           : std::string_view());
        if (may_import(file)) {
            word = load_file(file, code.format, diagnostics);
        } else {
            diagnostics.push_back(
                {.kind = "ImportError::IoError",
                 .message = "cannot import " + file +
                            ": it lies outside of the folders that may be imported from"});
        }
    }
    if (!diagnostics.empty()) {
        error = std::move(diagnostics.front());
        if (error->kind.starts_with("ParseError")) error->kind = "ImportError::ParseError";
        bool here = error->labels.empty();
        error->labels.push_back({where, "imported here", here});
    }
    return word;
}

Word Evaluation::std_module(std::string_view name) {
    static const std::pair<std::string_view, std::string_view> modules[] = {
        {"root", embedded::root_ncl},       {"array", embedded::array_ncl},
        {"string", embedded::string_ncl},   {"number", embedded::number_ncl},
        {"record", embedded::record_ncl},   {"contract", embedded::contract_ncl},
        {"enum", embedded::enum_ncl},       {"function", embedded::function_ncl},
        {"package", embedded::package_ncl}, {"test", embedded::test_ncl},
    };
    Word& known = std_modules_[std::string(name)];
    if (known.exists()) return known;
    for (const auto& [module, text] : modules) {
        if (module != name) continue;
        std::vector<value::Diagnostic> diagnostics;
        const Source* source = sources.add("<std/" + std::string(name) + ">", std::string(text));
        CHECK(source != nullptr);
        known = load_source(*source, ast::ImportFormat::Nickel, true, diagnostics);
        CHECK(diagnostics.empty());
    }
    return known;
}

// {array = {fold_left = …}, …}: every native whose name starts with "native/".
Word Evaluation::native_record() {
    if (native_.exists()) return native_;
    std::map<std::string, std::vector<std::pair<Symbol, Word>>> groups;
    for (auto family : native_families()) {
        for (const Native& native : family) {
            if (!native.name.starts_with("native/")) continue;
            auto parts = base::split(native.name, '/');
            auto* function = heap.make<NativeFunction>(Tag::NativeFunction);
            function->native = &native;
            groups[std::string(parts[1])].emplace_back(Symbol::of(parts[2]), Word::of(function));
        }
    }
    std::vector<std::pair<Symbol, Word>> fields;
    for (auto& [name, natives] : groups)
        fields.emplace_back(Symbol::of(name), Word::of(machine.make_record_of(natives)));
    return native_ = Word::of(machine.make_record_of(fields));
}

Word Evaluation::finish(Outcome outcome, std::optional<value::Diagnostic>& error) {
    if (outcome == Outcome::Done) return machine.result();
    error = outcome == Outcome::Stopped ? stopped() : machine.take_error();
    return Word();
}

Word Evaluation::evaluate(Word word, std::optional<value::Diagnostic>& error) {
    return finish(machine.start(task_, word), error);
}

Word Evaluation::evaluate_deep(Word word, std::optional<value::Diagnostic>& error,
                               Machine::Depth depth) {
    return finish(machine.start_deep(task_, word, depth), error);
}

}
