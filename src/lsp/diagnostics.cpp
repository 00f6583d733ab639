#include "base/fs.hpp"
#include "lang/evaluation.hpp"
#include "lsp/features.hpp"

#include <algorithm>

namespace lsp {

namespace {

// Findings of the loader in the form of the protocol, those of one file.
class Report {
public:
    Report(const lang::SourceMap& sources, const std::string& path, bool counts_bytes)
        : sources_(sources), path_(path), counts_bytes_(counts_bytes) {}

    json::Value of(const value::Diagnostic& found) {
        std::string message = found.message;
        const value::Label* main = nullptr;
        json::Array related;
        for (const value::Label& label : found.labels) {
            const lang::Source* source = sources_.find(label.span.begin);
            if (source == nullptr) continue;
            const bool here = real_path_of(source->name) == path_;
            if (here && (main == nullptr || (label.primary && !main->primary))) main = &label;
        }
        for (const value::Label& label : found.labels) {
            if (&label == main || label.text.empty()) continue;
            const lang::Source* source = sources_.find(label.span.begin);
            if (source == nullptr || source->name.starts_with('<')) continue;
            related.push_back(json::Object{
                {"location", json::Object{{"uri", uri_of_path(real_path_of(source->name))},
                                          {"range", range(label.span)}}},
                {"message", label.text}});
        }
        if (main != nullptr && !main->text.empty()) message += ": " + main->text;
        for (const std::string& note : found.notes) message += "\n" + note;
        const bool warns = found.severity == value::Severity::Warning;
        json::Object result{{"range", main != nullptr ? range(main->span) : range_json({}, {0, 1})},
                            {"severity", warns ? 2 : 1},
                            {"source", "provisioning"},
                            {"code", found.kind},
                            {"message", message}};
        if (!related.empty()) result.set("relatedInformation", std::move(related));
        return result;
    }

private:
    json::Value range(Span span) const {
        const lang::Source* source = sources_.find(span.begin);
        const Text lines(source->text, counts_bytes_);
        const std::size_t begin = span.begin - source->base;
        const std::size_t end = std::max(begin, static_cast<std::size_t>(span.end - source->base));
        return range_json(lines.position(begin), lines.position(end));
    }

    const lang::SourceMap& sources_;
    const std::string& path_;
    bool counts_bytes_;
};

}

json::Array diagnostics(Workbench& bench, const std::string& path) {
    lang::EvaluationOptions options;
    // Nothing is evaluated; the texts and types of a workspace are far below this.
    options.limits.max_memory = std::uint64_t{1} << 30U;
    options.modules = bench.project.options().modules;
    const std::string workspace = Project::workspace_of(path);
    if (!workspace.empty()) {
        options.import_paths = {workspace, workspace + "/.provisioning/extensions"};
        const std::string schemas = workspace + "/schemas";
        if (base::is_directory(schemas)) options.schemas_dir = schemas;
    }
    for (const std::string& folder : bench.project.options().import_paths) {
        options.import_paths.push_back(folder);
    }
    for (const auto& [open, text] : bench.project.open_files()) {
        options.open_files[open] = text.text();
    }
    lang::Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> found;
    (void)evaluation.load_file(path, lang::ast::ImportFormat::Nickel, found);
    Report report(evaluation.sources, path, bench.counts_bytes);
    json::Array result;
    for (const value::Diagnostic& one : found) result.push_back(report.of(one));
    return result;
}

// A label of a problem in the form of the protocol.
static json::Value label_range(const Text& text, const json::Value& label) {
    const std::size_t begin =
        text.offset_of(label.int64_or("line", 1), label.int64_or("column", 1));
    const std::size_t end =
        text.offset_of(label.int64_or("end_line", 1), label.int64_or("end_column", 1));
    return range_json(text.position(begin), text.position(std::max(begin, end)));
}

json::Array check_diagnostics(Workbench& bench, const std::string& path,
                              const json::Array& problems) {
    json::Array result;
    const Analysis* file = bench.project.file(path);
    if (file == nullptr) return result;
    const Text text = bench.lines_of(*file);
    for (const json::Value& problem : problems) {
        const json::Value* list = problem.find("diagnostics");
        const json::Value* kind = problem.find("code", "error");
        if (list == nullptr || list->as_array() == nullptr) continue;
        for (const json::Value& one : *list->as_array()) {
            const json::Value* labels = one.find("labels");
            const json::Value* main = nullptr;
            if (labels == nullptr || labels->as_array() == nullptr) continue;
            for (const json::Value& label : *labels->as_array()) {
                const std::string name(label.string_or("file", ""));
                const bool here = !name.starts_with('<') && real_path_of(name) == path;
                const bool better = main == nullptr || (label.bool_or("primary", false) &&
                                                        !main->bool_or("primary", false));
                if (here && better) main = &label;
            }
            if (main == nullptr) continue;
            std::string message(one.string_or("message", ""));
            const json::Value* notes = one.find("notes");
            if (notes != nullptr && notes->as_array() != nullptr) {
                for (const json::Value& note : *notes->as_array()) {
                    if (note.as_string() != nullptr) message += "\n" + *note.as_string();
                }
            }
            result.push_back(json::Object{{"range", label_range(text, *main)},
                                          {"severity", 1},
                                          {"source", "provisioning check"},
                                          {"code", kind == nullptr ? json::Value() : *kind},
                                          {"message", message}});
        }
    }
    return result;
}

}
