#include "lang/diag/render_text.hpp"

#include "base/text.hpp"
#include "lang/diag/snippet.hpp"

#include <algorithm>

namespace lang {

namespace {

struct File {
    const Source* source;
    std::vector<const value::Label*> labels;
};

// The sources in the order of their first label; that of the first primary label leads.
std::vector<File> files_of(const value::Diagnostic& diagnostic, const SourceMap& sources) {
    std::vector<File> files;
    auto add = [&](const value::Label& label) {
        const Source* source = sources.find(label.span.begin);
        if (!source) return;
        auto known = std::ranges::find(files, source, &File::source);
        if (known == files.end()) known = files.insert(files.end(), {source, {}});
        known->labels.push_back(&label);
    };
    // Primary labels first: the file in which the mistake lies is the one whose place heads the
    // output.
    for (const value::Label& label : diagnostic.labels) {
        if (label.primary) add(label);
    }
    for (const value::Label& label : diagnostic.labels) {
        if (!label.primary) add(label);
    }
    return files;
}

// Several lines are aligned behind `indent` columns.
std::string indented(std::string_view text, std::size_t indent) {
    std::string result;
    // Line by line: escaping the whole would show the line ends as text.
    for (std::string_view line : base::split(text, '\n')) {
        if (!result.empty()) result += "\n" + std::string(indent, ' ');
        result += base::escape_controls(line);
    }
    return result;
}

}

std::string render_text(const value::Diagnostic& diagnostic, const SourceMap& sources,
                        const RenderOptions& options) {
    bool is_error = diagnostic.severity == value::Severity::Error;
    Style style = is_error ? Style::Error : Style::Warning;
    std::string_view word = is_error ? "error" : "warning";
    std::string out = styled(word, style, options.colour);
    out += styled(": " + indented(diagnostic.message, word.size() + 2), Style::Heading,
                  options.colour);
    out += '\n';

    std::vector<File> files = files_of(diagnostic, sources);
    std::size_t number_width = 0;
    for (const File& file : files) {
        // All files have one width for their numbers, so that the frame is one straight line.
        number_width =
            std::max(number_width, std::to_string(last_line_of(*file.source, file.labels)).size());
    }
    auto frame = [&](std::string_view text) {
        return std::string(number_width + 1, ' ') + styled(text, Style::Frame, options.colour);
    };
    for (std::size_t i = 0; i < files.size(); ++i) {
        const File& file = files[i];
        Place place = sources.place(file.labels[0]->span.begin);
        out += frame(i == 0 ? "┌─ " : "├─ ") + base::escape_controls(file.source->name) + ':' +
               std::to_string(place.line) + ':' + std::to_string(place.column) + '\n';
        out += frame("│") + '\n';
        out += render_snippet(*file.source, file.labels, style, number_width, options);
        if (i + 1 < files.size()) out += frame("│") + '\n';
    }
    std::vector<std::string_view> remarks;
    for (const value::Label& label : diagnostic.labels) {
        // What lies nowhere in a source is told below, among the notes, so that nothing is lost.
        if (!sources.find(label.span.begin) && !label.text.empty()) remarks.push_back(label.text);
    }
    remarks.insert(remarks.end(), diagnostic.notes.begin(), diagnostic.notes.end());
    if (!files.empty() && !remarks.empty()) out += frame("│") + '\n';
    for (std::string_view remark : remarks) {
        out += frame("= ") + indented(remark, number_width + 3) + '\n';
    }
    return out;
}

}
