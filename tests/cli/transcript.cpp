#include "transcript.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace transcript {

static constexpr std::string_view kAnything = "[..]";

// The end mark of a here-document that a command line begins, or empty: <<EOF, <<'EOF', <<-EOF.
static std::string heredoc_mark(std::string_view line) {
    const std::size_t start = line.find("<<");
    if (start == std::string_view::npos) return {};
    line.remove_prefix(start + 2);
    while (line.starts_with('-') || line.starts_with('\'') || line.starts_with('"')) {
        line.remove_prefix(1);
    }
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    return std::string(line.substr(0, line.find_first_not_of(kLetters)));
}

static base::Result<Step> read_command(const std::vector<std::string_view>& lines,
                                       std::size_t& at) {
    Step step;
    step.line = at + 1;
    step.command = lines[at].substr(2);
    step.source.emplace_back(lines[at]);
    const std::string mark = heredoc_mark(lines[at++]);
    for (bool open = !mark.empty(); open; ++at) {
        if (at == lines.size()) {
            return base::invalid_argument(
                fmt::format("line {}: no {} ends the here-document", step.line, mark));
        }
        step.command += "\n" + std::string(lines[at]);
        step.source.emplace_back(lines[at]);
        open = lines[at] != mark;
    }
    for (; at < lines.size() && lines[at].starts_with("> "); ++at) {
        step.command += "\n" + std::string(lines[at].substr(2));
        step.source.emplace_back(lines[at]);
    }
    return step;
}

// Moves the comments that follow an empty line, and empty lines, from the end of the output.
static std::vector<std::string> take_comments(std::vector<std::string>& output) {
    std::size_t start = output.size();
    for (std::size_t i = output.size(); i-- > 0;) {
        if (output[i].empty()) {
            start = i;
        } else if (!output[i].starts_with('#')) {
            break;
        }
    }
    std::vector<std::string> comments(output.begin() + static_cast<std::ptrdiff_t>(start),
                                      output.end());
    output.resize(start);
    return comments;
}

static void take_exit_code(Step& step) {
    if (step.output.empty() || !step.output.back().starts_with("? ")) return;
    const std::string_view code = std::string_view(step.output.back()).substr(2);
    const auto [end, failure] =
        std::from_chars(code.data(), code.data() + code.size(), step.exit_code);
    if (failure == std::errc{} && end == code.data() + code.size()) step.output.pop_back();
}

base::Result<Transcript> parse(std::string_view text) {
    const std::vector<std::string_view> lines = base::split_lines(text);
    Transcript transcript;
    std::size_t at = 0;
    std::vector<std::string> preamble;
    for (; at < lines.size() && !lines[at].starts_with("$ "); ++at) {
        if (!lines[at].empty() && !lines[at].starts_with('#')) {
            return base::invalid_argument(
                fmt::format("line {}: neither a comment nor a command", at + 1));
        }
        preamble.emplace_back(lines[at]);
    }
    while (at < lines.size()) {
        Step step = TRY(read_command(lines, at));
        step.preamble = std::move(preamble);
        while (at < lines.size() && !lines[at].starts_with("$ ")) {
            step.output.emplace_back(lines[at++]);
        }
        preamble = take_comments(step.output);
        take_exit_code(step);
        transcript.steps.push_back(std::move(step));
    }
    if (transcript.steps.empty()) return base::invalid_argument("there is no command in it");
    transcript.tail = std::move(preamble);
    return transcript;
}

// The block's opening line is at `at`, which is left behind its end.
static base::Result<std::string> block_text(const std::vector<std::string_view>& lines,
                                            std::size_t& at) {
    constexpr std::string_view kEnd = "END_OF_THE_BLOCK";
    const std::size_t first = at + 1;
    const std::string info(base::trim(lines[at].substr(3)));
    std::string body;
    for (++at; at < lines.size() && lines[at] != "```"; ++at) body += std::string(lines[at]) + "\n";
    if (at++ == lines.size()) {
        return base::invalid_argument(fmt::format("line {}: a block without an end", first));
    }
    if (info == "console") return body + "\n";
    if (info == "sh" || info == "hcl" || info == "text") return std::string();
    const std::size_t space = info.find(' ');
    if (space == info.npos) {
        return base::invalid_argument(
            fmt::format("line {}: a block of `{}` is not run", first, info));
    }
    const std::string file = info.substr(space + 1);
    return fmt::format("$ mkdir -p \"$(dirname {})\" && cat > {} <<'{}'\n{}{}\n\n", file, file,
                       kEnd, body, kEnd);
}

base::Result<std::vector<Section>> sections_of(std::string_view document) {
    const std::vector<std::string_view> lines = base::split_lines(document);
    std::vector<Section> sections(1);
    for (std::size_t at = 0; at < lines.size();) {
        if (lines[at].starts_with("## ")) {
            sections.push_back({.title = std::string(lines[at].substr(3)), .transcript = {}});
        }
        if (lines[at].starts_with("```")) {
            sections.back().transcript += TRY(block_text(lines, at));
        } else {
            ++at;
        }
    }
    std::erase_if(sections, [](const Section& section) { return section.transcript.empty(); });
    return sections;
}

static void add_lines(std::string& out, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) out += line + "\n";
}

std::string normalize(const Transcript& transcript) {
    std::string out;
    for (const Step& step : transcript.steps) {
        add_lines(out, step.preamble);
        add_lines(out, step.source);
        add_lines(out, step.output);
        if (step.exit_code != 0) out += fmt::format("? {}\n", step.exit_code);
    }
    add_lines(out, transcript.tail);
    return out;
}

// The line without the time that a step took. It is told from a second on, which on a busy machine
// any step may take.
static std::string_view without_duration(std::string_view line) {
    const std::size_t in = line.rfind(" in ");
    if (!line.starts_with("✓ ") || in == line.npos) return line;
    const std::string_view duration = line.substr(in + 4);
    const bool is_one = duration.ends_with('s') && duration.find_first_of("0123456789") == 0 &&
                        duration.find_first_not_of("0123456789. ms") == duration.npos;
    return is_one ? line.substr(0, in) : line;
}

static bool fits(std::string_view expected, std::string_view actual) {
    std::size_t wild = expected.find(kAnything);
    if (wild == std::string_view::npos) return expected == actual;
    if (!actual.starts_with(expected.substr(0, wild))) return false;
    actual.remove_prefix(wild);
    expected.remove_prefix(wild + kAnything.size());
    while ((wild = expected.find(kAnything)) != std::string_view::npos) {
        const std::size_t found = actual.find(expected.substr(0, wild));
        if (found == std::string_view::npos) return false;
        actual.remove_prefix(found + wild);
        expected.remove_prefix(wild + kAnything.size());
    }
    return actual.ends_with(expected);
}

bool line_matches(std::string_view expected, std::string_view actual) {
    return fits(expected, actual) || fits(expected, without_duration(actual));
}

static bool match_from(const std::vector<std::string>& expected, std::size_t e,
                       const std::vector<std::string>& actual, std::size_t a) {
    for (; e < expected.size(); ++e, ++a) {
        if (expected[e] == "...") {
            for (std::size_t skip = a; skip <= actual.size(); ++skip) {
                if (match_from(expected, e + 1, actual, skip)) return true;
            }
            return false;
        }
        if (a >= actual.size() || !line_matches(expected[e], actual[a])) return false;
    }
    return a == actual.size();
}

bool lines_match(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
    return match_from(expected, 0, actual, 0);
}

std::vector<std::string> accepted_lines(const std::vector<std::string>& expected,
                                        const std::vector<std::string>& actual) {
    std::vector<std::string> lines;
    std::size_t e = 0;
    for (const std::string& line : actual) {
        // The next expected line that fits, so that one inserted or removed line loses no wildcard.
        const auto from = expected.begin() + static_cast<std::ptrdiff_t>(e);
        const auto found = std::find_if(from, expected.end(), [&](const std::string& candidate) {
            return candidate != "..." && line_matches(candidate, line);
        });
        if (found == expected.end()) {
            lines.push_back(line);
        } else {
            lines.push_back(*found);
            e = static_cast<std::size_t>(found - expected.begin()) + 1;
        }
    }
    return lines;
}

}
