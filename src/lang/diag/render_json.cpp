#include "lang/diag/render_json.hpp"

#include "base/check.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace lang {

namespace {

// A name with dots is a value in an object in an object: `cause.error`. They come one after the
// other where they share their beginning.
void write_expectation(json::Writer& out,
                       std::span<const std::pair<std::string, std::string>> items,
                       std::size_t from = 0) {
    out.begin_object();
    while (!items.empty()) {
        const std::string_view name = std::string_view(items.front().first).substr(from);
        const std::size_t dot = name.find('.');
        std::size_t count = 1;
        out.key(name.substr(0, dot));
        if (dot == name.npos) {
            out.string(items.front().second);
        } else {
            const std::string_view group =
                std::string_view(items.front().first).substr(0, from + dot + 1);
            while (count < items.size() && items[count].first.starts_with(group)) ++count;
            write_expectation(out, items.first(count), from + dot + 1);
        }
        items = items.subspan(count);
    }
    out.end_object();
}

void write_code(json::Writer& out, std::span<const value::Diagnostic> diagnostics) {
    // Of several the first error counts: warnings may precede it, and those that follow are often
    // of its making.
    auto first =
        std::ranges::find(diagnostics, value::Severity::Error, &value::Diagnostic::severity);
    out.begin_object();
    if (first != diagnostics.end()) {
        out.key("error");
        out.string(first->kind);
        out.key("expectation");
        write_expectation(out, first->expectation);
    }
    out.end_object();
}

void write_label(json::Writer& out, const value::Label& label, const SourceMap& sources) {
    auto number = [&out](std::string_view name, std::uint32_t value) {
        out.key(name);
        out.number(std::uint64_t{value});
    };
    Place begin = sources.place(label.span.begin);
    Place end = sources.place(label.span.end);
    out.begin_object();
    // A label without a source, a command line for instance, has its text alone.
    if (begin.source) {
        out.key("file");
        out.string(begin.source->name);
        number("line", begin.line);
        number("column", begin.column);
        // A label that ends in another source has no end that could be shown.
        if (end.source == begin.source) {
            number("end_line", end.line);
            number("end_column", end.column);
        }
    }
    out.key("text");
    out.string(label.text);
    out.key("primary");
    out.boolean(label.primary);
    out.end_object();
}

void write_diagnostic(json::Writer& out, const value::Diagnostic& diagnostic,
                      const SourceMap& sources) {
    out.begin_object();
    out.key("message");
    out.string(diagnostic.message);
    out.key("severity");
    out.string(diagnostic.severity == value::Severity::Error ? "error" : "warning");
    out.key("labels");
    out.begin_array();
    for (const value::Label& label : diagnostic.labels) write_label(out, label, sources);
    out.end_array();
    out.key("notes");
    out.begin_array();
    for (const std::string& note : diagnostic.notes) out.string(note);
    out.end_array();
    out.end_object();
}

}

std::string render_json(std::span<const value::Diagnostic> diagnostics, const SourceMap& sources) {
    return render_data(diagnostics, sources, json::Format::CompactJson);
}

std::string render_data(std::span<const value::Diagnostic> diagnostics, const SourceMap& sources,
                        json::Format format) {
    std::string text;
    const std::unique_ptr<json::Writer> writer = json::make_writer(format, text);
    json::Writer& out = *writer;
    out.begin_object();
    out.key("code");
    write_code(out, diagnostics);
    out.key("diagnostics");
    out.begin_array();
    for (const value::Diagnostic& diagnostic : diagnostics)
        write_diagnostic(out, diagnostic, sources);
    out.end_array();
    out.end_object();
    CHECK(out.finish().ok());   // every format has objects, arrays, texts and numbers
    return text;
}

}
