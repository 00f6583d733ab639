#include "embedded/lang.hpp"
#include "lang/builtins/native.hpp"
#include "lang/loader.hpp"
#include "lang/types/resources.hpp"

#include <algorithm>
#include <utility>

// The modules of the standard library, and types of files: what the loader does beside loading.
namespace lang {

std::optional<std::string_view> library_text(std::string_view name) {
    static const std::pair<std::string_view, std::string_view> modules[] = {
        {"root", embedded::root_ncl},       {"array", embedded::array_ncl},
        {"string", embedded::string_ncl},   {"number", embedded::number_ncl},
        {"record", embedded::record_ncl},   {"contract", embedded::contract_ncl},
        {"enum", embedded::enum_ncl},       {"function", embedded::function_ncl},
        {"package", embedded::package_ncl}, {"test", embedded::test_ncl},
    };
    for (const auto& [module, text] : modules) {
        if (module == name) return text;
    }
    return std::nullopt;
}

const Source* Loader::library_source(std::string_view name) {
    if (auto known = library_sources_.find(name); known != library_sources_.end())
        return known->second;
    const auto text = library_text(name);
    if (!text) return nullptr;
    const Source* source = sources_.add("<std/" + std::string(name) + ">", std::string(*text));
    if (source) library_sources_.emplace(name, source);
    return source;
}

// Parsed once, whether the typechecker or the machine asks first.
std::optional<Loader::FileId> Loader::survey_library(std::string_view name,
                                                     Diagnostics& diagnostics) {
    std::string key = "<std/" + std::string(name) + ">";
    if (auto known = ids_.find(key); known != ids_.end()) return known->second;
    const Source* source = library_source(name);
    if (!source) return std::nullopt;
    const FileId id = add(std::move(key), *source, ast::ImportFormat::Nickel);
    units_[id].trusted = true;
    units_[id].file.is_library = true;
    if (!survey(id, diagnostics)) return std::nullopt;
    return id;
}

Word Loader::module(std::string_view name, Diagnostics& diagnostics) {
    const Heap::Keeping keeping(machine_.heap);
    return load(survey_library(name, diagnostics), diagnostics);
}

// ---- the library in parts

Word Loader::module_fields(std::string_view name) {
    if (auto known = parted_.find(name); known != parted_.end()) return known->second.record;
    const Source* source = library_source(name);
    if (!source) return Word();
    const Heap::Keeping keeping(machine_.heap);
    PartedModule& module = parted_[std::string(name)];
    module.source = source;
    module.parts = take_apart(source->text);
    module.names = globals;
    auto* load = machine_.heap.make<NativeFunction>(Tag::NativeFunction);
    load->native = find_native("std/part");
    const Word tag = Word::tag(Symbol::of(name));
    std::vector<std::pair<Symbol, Word>> fields;
    for (const LibraryParts::Part& part : module.parts.parts) {
        const Symbol field = Symbol::of(part.name);
        const Word value = machine_.delay_apply(Word::of(load), {tag, Word::tag(field)});
        fields.emplace_back(field, value);
        // As in a record all its fields see each other.
        module.names.insert_or_assign(field, value);
    }
    return module.record = Word::of(machine_.make_record_of(std::move(fields)));
}

Word Loader::module_part(std::string_view name, std::string_view field, Diagnostics& diagnostics) {
    const Heap::Keeping keeping(machine_.heap);
    const PartedModule& module = parted_.find(name)->second;
    const FileId id = add({}, *module.source, ast::ImportFormat::Nickel);
    Unit& unit = units_[id];
    unit.trusted = true;
    unit.file.is_library = true;
    unit.part_of = &module;
    unit.text = module.parts.text_of(*module.parts.find(field));
    return load(survey(id, diagnostics) ? std::optional(id) : std::nullopt, diagnostics);
}

// ---- types

const types::File* Loader::library(std::string_view module) {
    Diagnostics diagnostics;   // there are none: its text is ours and tested
    const auto id = survey_library(module, diagnostics);
    return id ? &units_[*id].file : nullptr;
}

const types::File* Loader::imported(const types::File& importer, std::uint32_t import) {
    const FileId id = static_cast<const TypedFile&>(importer).id;
    const auto& edges = graph_[id].imports;
    return import < edges.size() ? &units_[edges[import].to].file : nullptr;
}

// Only where there is a module with types among the imports; what a file has by way of another one
// is not followed.
void Loader::check_resources(FileId id, Diagnostics& diagnostics) {
    // The graph grows when a module of the library is asked for.
    const auto module_of = [&](std::uint32_t import) -> const BuiltinModule* {
        const auto& edges = graph_[id].imports;
        return import < edges.size() ? units_[edges[import].to].module : nullptr;
    };
    const bool has_types = std::ranges::any_of(graph_[id].imports, [&](const auto& edge) {
        const BuiltinModule* module = units_[edge.to].module;
        return module != nullptr && !module->types.empty();
    });
    if (has_types)
        types::check_resources(units_[id].file, *this, module_of, diagnostics, options_.stop);
}

// A file without a `:` has nothing that could be ill-typed. The library is ours and tested.
bool Loader::check_types(FileId root, FileId id, Diagnostics& diagnostics) {
    Unit& unit = units_[id];
    const bool is_strict = id == root && options_.typecheck == types::Mode::Strict;
    if (unit.trusted || unit.is_checked || !unit.root) return true;
    unit.is_checked = true;
    if (unit.names.has_types || is_strict) {
        typechecker_.check(unit.file, is_strict ? types::Mode::Strict : types::Mode::Walk,
                           diagnostics);
        machine_.heap.meter.add(typechecker_.allocated() - charged_types_);
        charged_types_ = typechecker_.allocated();
    }
    check_resources(id, diagnostics);
    return diagnostics.empty();
}

}
