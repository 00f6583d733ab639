#include "engine/workspace/extensions.hpp"
#include "engine/workspace/modules.hpp"

#include "base/fs.hpp"
#include "base/rendered_detail.hpp"
#include "base/text.hpp"
#include "lang/data.hpp"
#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/evaluation.hpp"
#include "provider/schema.hpp"
#include "value/json.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>

namespace engine {
namespace {

constexpr std::string_view kManifest = "extension.ncl";
constexpr std::array<std::pair<std::string_view, Extension::Kind>, 4> kKinds{{
    {"Provider", Extension::Kind::Provider},
    {"Taskserv", Extension::Kind::Taskserv},
    {"Cluster", Extension::Kind::Cluster},
    {"Policy", Extension::Kind::Policy},
}};

base::Error error_of(const value::Diagnostic& diagnostic, const lang::SourceMap& sources) {
    auto finding = std::make_shared<base::RenderedDetail>(
        lang::render_text(diagnostic, sources, {}),
        lang::render_text(diagnostic, sources, {.colour = true}),
        lang::render_json({&diagnostic, 1}, sources));
    return base::Error(base::Code::InvalidArgument, diagnostic.message)
        .with_detail(std::move(finding));
}

base::Result<json::Value> evaluate(const std::string& path, const ExtensionLimits& limits) {
    // A machine of its own, with small limits: a manifest is data of a few lines, and listing the
    // extensions evaluates all of them.
    lang::EvaluationOptions options;
    options.limits = {.max_memory = limits.max_memory,
                      .max_depth = limits.max_depth,
                      .import_roots = limits.import_roots};
    options.modules = {engine::prelude_module()};
    lang::Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> diagnostics;
    lang::Word word = evaluation.load_text(
        "<extensions>",
        fmt::format(
            "let prelude = import \"provisioning/prelude.ncl\" in\n"
            "let manifest = (import {}) | prelude.Extension in\n"
            // What a kind adds is asked for by a second contract, because the first must be read
            // before the kind is known.
            "if manifest.kind == 'Provider then manifest | prelude.ProviderExtension else manifest",
            // The text of an import as Nickel writes it: `%{` would begin an interpolation.
            base::replace_all(base::quote_json(path), "%{", "\\%{")),
        lang::ast::ImportFormat::Nickel, diagnostics);
    if (!diagnostics.empty()) return error_of(diagnostics.front(), evaluation.sources);
    std::optional<value::Diagnostic> error;
    // To the leaves: a contract holds when it was forced, not when it was attached.
    word = evaluation.evaluate_deep(word, error, lang::Machine::Depth::Exported);
    if (error) return error_of(*error, evaluation.sources);
    std::string text;
    auto writer = json::make_writer(json::Format::Json, text);
    lang::ExportFailure failure;
    if (!lang::write_data(evaluation.machine, word, *writer, failure)) {
        return base::invalid_argument(
            fmt::format("{} is no plain data at {}: {}", path, failure.path, failure.message));
    }
    return json::parse(text);
}

std::vector<std::string> modules_of(const std::string& folder, std::string_view name) {
    std::vector<std::string> out;
    auto files = base::list_directory(folder);
    // What cannot be listed offers nothing: the manifest beside it has just been read, so this is
    // a race with somebody who removes the folder.
    if (!files.ok()) return out;
    for (const std::string& file : *files) {
        if (file.ends_with(".ncl") && file != kManifest)
            out.push_back(fmt::format("{}/{}", name, file));
    }
    return out;
}

}

std::string_view name_of(Extension::Kind kind) {
    for (const auto& [name, one] : kKinds) {
        if (one == kind) return name;
    }
    return "";
}

base::Result<std::vector<std::string>> extension_names(const Workspace& workspace) {
    std::vector<std::string> names;
    const std::string folder = workspace.extensions_folder();
    if (!base::is_directory(folder)) return names;
    for (std::string& name : TRY(base::list_directory(folder))) {
        if (name.starts_with('.') || !base::is_directory(base::join_path(folder, name))) continue;
        names.push_back(std::move(name));
    }
    return names;
}

base::Result<Extension> load_extension(const Workspace& workspace, std::string_view name,
                                       const ExtensionLimits& limits) {
    const std::vector<std::string> names = TRY(extension_names(workspace));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        std::string help = base::did_you_mean(name, names);
        if (help.empty() && !names.empty()) help = "there is: " + base::join(names, ", ");
        if (names.empty()) help = "an extension is a folder in extensions/ with an extension.ncl";
        return base::not_found(fmt::format("no extension `{}` in {}", name, workspace.folder()))
            .with_help(std::move(help));
    }
    Extension out;
    out.name = name;
    out.folder = base::join_path(workspace.extensions_folder(), name);
    const std::string path = base::join_path(out.folder, kManifest);
    if (!base::file_exists(path)) {
        return base::invalid_argument(
                   fmt::format("the extension `{}` has no manifest {}", name, path))
            .with_help("write one, or move the folder out of extensions/: "
                       "{ name = …, version = \"0.1.0\", description = …, kind = 'Taskserv }");
    }
    TRY(base::expect_file(path));
    ExtensionLimits within = limits;
    // To list the extensions of a stranger's workspace must not read this machine's files either.
    within.import_roots.push_back(workspace.folder());
    const json::Value manifest = TRY(evaluate(path, within));
    out.version = manifest.string_or("version", "");
    out.description = manifest.string_or("description", "");
    const std::string_view kind = manifest.string_or("kind", "");
    for (const auto& [word, one] : kKinds) {
        if (word == kind) out.kind = one;
    }
    // An import names the folder, messages and lists the manifest: two names for one thing would
    // have users look in the wrong place.
    if (manifest.string_or("name", "") != name) {
        return base::invalid_argument(
                   fmt::format("the extension in the folder `{}` calls itself `{}` in {}", name,
                               manifest.string_or("name", ""), path))
            .with_help("folder and name must be the same: imports are written with the folder's");
    }
    out.modules = modules_of(out.folder, name);
    out.manifest = value::from_json(manifest);
    return out;
}

}
