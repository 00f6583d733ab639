// Runs the plan scenarios of folders (see README.md). Usage: plan_goldens FOLDER... The variables
// PROVISIONING_TEST_FILTER and PROVISIONING_TEST_ACCEPT come from ./dev test.
#include "stage.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/views/text_diff.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <functional>

namespace {

using scenario::Stage;

struct Section {
    std::string title;   // "== plan width=80"
    std::string act;     // "plan"
    Stage::Words options;
    std::string body;
    std::size_t line = 0;
};

struct Scenario {
    std::string preamble;   // what it is about
    std::vector<Section> sections;
};

Scenario parse(std::string_view text) {
    Scenario scenario;
    std::size_t number = 0;
    for (const std::string_view line : base::split_lines(text)) {
        ++number;
        if (line.starts_with("== ")) {
            Section section;
            section.title = line;
            section.line = number;
            for (const std::string_view word : base::split(line.substr(3), ' ')) {
                if (section.act.empty()) {
                    section.act = word;
                } else {
                    section.options.insert(std::string(word));
                }
            }
            scenario.sections.push_back(std::move(section));
            continue;
        }
        std::string& into =
            scenario.sections.empty() ? scenario.preamble : scenario.sections.back().body;
        into += fmt::format("{}\n", line);
    }
    return scenario;
}

// An empty line before the next title belongs to the layout, not to the body.
std::string normalize(const Scenario& scenario) {
    std::string out = scenario.preamble;
    for (const Section& section : scenario.sections) {
        out += section.title + "\n";
        out += section.body;
        if (&section != &scenario.sections.back()) out += "\n";
    }
    return out;
}

std::string without_blank_end(std::string text) {
    while (text.ends_with("\n\n")) text.pop_back();
    if (text == "\n") text.clear();
    return text;
}

// Of steps that wait for different things, any may come first. The counts stay last: "=" is before
// all letters.
std::string sorted(const std::string& body) {
    std::vector<std::string_view> lines = base::split_lines(body);
    std::ranges::sort(lines, std::greater{});
    std::string out;
    for (const std::string_view line : lines) out += fmt::format("{}\n", line);
    return out;
}

// Sets the body of sections that tell what comes out.
base::Result<void> perform(Stage& stage, Section& section) {
    if (section.act == "program") return stage.set_program(section.body);
    if (section.act == "given") {
        TRY(stage.set_program(section.body));
        return stage.apply_silently();
    }
    if (section.act == "outside") {
        for (const std::string_view line : base::split_lines(section.body)) {
            if (!base::trim(line).empty()) TRY(stage.outside(line));
        }
        return {};
    }
    if (section.act == "plan") {
        section.body = stage.plan(section.options);
    } else if (section.act == "order") {
        section.body = stage.order();
    } else if (section.act == "graph") {
        section.body = stage.graph(section.options);
    } else if (section.act == "apply") {
        section.body = stage.apply();
        if (section.options.contains("sorted")) section.body = sorted(section.body);
    } else if (section.act == "rows") {
        section.body = stage.rows();
    } else {
        return base::invalid_argument(fmt::format("no section is called `{}`", section.act));
    }
    return {};
}

// What differs, or "".
base::Result<std::string> run_scenario(const std::string& path, bool accept) {
    const std::string text = TRY(base::read_file(path));
    Scenario scenario = parse(text);
    if (scenario.preamble.empty()) {
        return base::invalid_argument("a scenario begins with what it is about");
    }
    auto stage = TRY(Stage::create());
    std::string differences;
    for (Section& section : scenario.sections) {
        section.body = without_blank_end(section.body);
        const std::string expected = section.body;
        TRY(perform(*stage, section).context(fmt::format("line {}", section.line)));
        section.body = without_blank_end(section.body);
        if (section.body == expected) continue;
        differences += fmt::format("  {} (line {})\n", section.title, section.line);
        for (const cli::DiffLine& line : cli::diff_lines(expected, section.body)) {
            if (line.mark == '.') continue;
            differences += fmt::format("    {}{}\n", line.mark, line.text);
        }
    }
    if (!accept) return differences;
    const std::string normalized = normalize(scenario);
    if (normalized != text) TRY(base::write_file_atomic(path, normalized));
    return std::string();
}

}

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("usage: plan_goldens FOLDER...\n", stderr);
        return 64;
    }
    suite::Suite suite;
    for (int i = 1; i < count; ++i) {
        for (const std::string& path : suite.files_in(arguments[i], ".txt")) {
            const auto differences = run_scenario(path, suite.accepts());
            suite.judge(path, differences.ok() ? *differences : differences.error().text());
        }
    }
    return suite.finish();
}
