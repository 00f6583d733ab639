#include "cli/views/problems_view.hpp"

#include "base/rendered_detail.hpp"
#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/terminal.hpp"
#include "cli/views/json.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <memory>

namespace cli {
namespace {

using engine::Problem;

std::string source_line(const std::map<std::string, std::string>& sources,
                        const value::InputPlace& place) {
    auto source = sources.find(place.file);
    if (source == sources.end() || place.line == 0) return {};
    auto lines = base::split_lines(source->second);
    return place.line <= lines.size() ? std::string(lines[place.line - 1]) : std::string();
}

std::string shortened(const std::string& file, const std::string& folder) {
    return file.starts_with(folder + "/") ? file.substr(folder.size() + 1) : file;
}

std::string place_text(const value::InputPlace& place,
                       const std::map<std::string, std::string>& sources, const std::string& folder,
                       const Terminal& terminal, bool primary) {
    std::string out = fmt::format("  {} {}:{}:{}\n", terminal.paint(Color::Blue, "┌─"),
                                  shortened(place.file, folder), place.line, place.column);
    std::string text = source_line(sources, place);
    if (text.empty()) return out;
    out += fmt::format("  {} {}\n", terminal.paint(Color::Blue, "│"), base::escape_controls(text));
    return out + fmt::format("  {} {}{}\n", terminal.paint(Color::Blue, "│"),
                             std::string(place.column > 0 ? place.column - 1 : 0, ' '),
                             primary ? terminal.paint(Color::Red, "^")
                                     : terminal.paint(Color::Blue, "-"));
}

// A finding of the engine, in the manner of the language's own.
std::string problem_text(const Problem& problem, const std::map<std::string, std::string>& sources,
                         const std::string& folder, bool color) {
    Terminal terminal{.color = color};
    std::string out = fmt::format("{} {}\n", terminal.paint(Color::Red, "error:"),
                                  base::escape_controls(problem.message));
    if (!problem.other.file.empty())
        // The other place first, since the sentence ends at the primary one.
        out += place_text(problem.other, sources, folder, terminal, false);
    if (!problem.place.file.empty()) {
        out += place_text(problem.place, sources, folder, terminal, true);
    } else if (!problem.address.empty()) {
        out += fmt::format("  at {}\n", problem.address);
    }
    for (const std::string& line : help_lines(problem.help, problem.advice)) {
        out += fmt::format("{} {}\n", terminal.paint(Color::Cyan, " help:"),
                           base::escape_controls(line));
    }
    return out;
}

json::Value place_record(const value::InputPlace& place) {
    return json::Object{{"file", place.file},
                        {"line", std::uint64_t{place.line}},
                        {"column", std::uint64_t{place.column}}};
}

json::Value problem_record(const Problem& problem, const lang::Program* program) {
    if (problem.diagnostic && program != nullptr) {
        return json_parsed(program->render_json(*problem.diagnostic));
    }
    json::Object out{{"code", base::name_of(problem.code)},
                     {"address", problem.address},
                     {"message", problem.message}};
    if (const auto help = help_lines(problem.help, problem.advice); !help.empty()) {
        out.set("help", base::join(help, "\n"));
    }
    if (problem.advice) out.set("advice", value::advice_record(*problem.advice));
    if (!problem.place.file.empty()) out.set("place", place_record(problem.place));
    if (!problem.other.file.empty()) out.set("other", place_record(problem.other));
    return out;
}

}

base::Error shown_problems(base::Error error, const lang::Program* program,
                           const std::string& folder) {
    const auto* problems = dynamic_cast<const engine::Problems*>(error.detail());
    if (problems == nullptr) return error;
    std::map<std::string, std::string> sources;
    if (program != nullptr) sources = program->sources();
    std::string plain;
    std::string coloured;
    json::Array records;
    for (const Problem& problem : problems->found()) {
        if (&problem != problems->found().data()) {
            plain += '\n';
            coloured += '\n';
        }
        bool of_language = problem.diagnostic && program != nullptr;
        plain += of_language ? program->render(*problem.diagnostic, false)
                             : problem_text(problem, sources, folder, false);
        coloured += of_language ? program->render(*problem.diagnostic, true)
                                : problem_text(problem, sources, folder, true);
        records.push_back(problem_record(problem, program));
    }
    auto shown = std::make_shared<base::RenderedDetail>(
        std::move(plain), std::move(coloured),
        json_line(json::Object{{"problems", std::move(records)}}));
    return std::move(error).with_detail(std::move(shown));
}

base::Error shown_problems(base::Error error, const std::string& folder) {
    const auto* problems = dynamic_cast<const engine::Problems*>(error.detail());
    const lang::Program* program = problems != nullptr ? problems->program() : nullptr;
    return shown_problems(std::move(error), program, folder);
}

}
