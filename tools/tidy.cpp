// The rules of the tree, checked. Usage: tidy [FOLDER]. Errors end with exit code 1; warnings ask
// whether a file or function holds two ideas.
#include "old_words.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kMaxFileLines = 600;
constexpr std::size_t kMaxFunctionLines = 70;
constexpr std::size_t kMaxHeaderIncludes = 8;
constexpr std::size_t kMaxColumns = 100;
constexpr std::size_t kMaxBlobBytes = 1 << 20;

struct Ban {
    std::string_view text;
    std::string_view where;   // a path that begins so may use it
    std::string_view instead;
};

constexpr std::array kBannedIncludes{
    Ban{"<iostream>", "", "fmt or cli::Output"},
    Ban{"<regex>", "", "RE2, in lang/builtins"},
    Ban{"<boost/", "src/net/", "the interface of net"},
    Ban{"<curl/", "src/net/client/curl_library.hpp", "net::Transport"},
    Ban{"<nlohmann/", "src/json/", "json::Value"},
    Ban{"<sqlite3.h>", "src/store/", "the interface of store"},
    Ban{"<fmt/format.h>", ".cpp", "fmt/core.h in headers"},
};

constexpr std::array kBannedCalls{
    Ban{"getenv(", "", "cli::environment"},
    Ban{"std::thread(", "", "std::jthread"},
    Ban{".detach()", "", "a joined std::jthread"},
    Ban{"std::system(", "", "posix_spawn with a list of words"},
    Ban{"using namespace std", "", "the full name"},
};

// What does not belong where it is, and is still there: it may only become less. A text counts
// where no letter, digit, `_` or `/` stands beside its ends, outside of comments and of the folders
// that may use it.
struct Debt {
    std::string_view name;
    std::vector<std::string_view> texts;
    std::vector<std::string_view> where;   // paths that begin so may use it
    std::size_t budget;
    std::string_view instead;
};

// What is said to people names no command and no option of ours below cli.
const std::vector<std::string_view> kCommands{
    "`provisioning ", "`state ", "`run ",     "`workspace ", "`sandbox ",
    "`apply`",        "`plan`",  "`destroy`", "apply again", "plan again",
    "--yes",          "--env",   "--only",    "--except",    "--accept-missing"};

const std::vector<Debt> kDebts{
    {"environ",
     {"environ", "environment_variable", "environment_variables"},
     {"src/cli/environment.cpp", "src/base/process/"},
     0,
     "cli::environment, or base's spawn for programs"},
    {"exit codes outside cli",
     {"with_exit_code", "exit_code()", "exit_code_of"},
     {"src/cli/"},
     0,
     "a code of base::Code: cli knows what it exits with"},
    {"commands in sentences", kCommands, {"src/cli/"}, 0, "advice that cli puts into words"},
    {"words of the evaluator",
     {"lang::Word"},
     {"src/lang/"},
     16,
     "value::Value, or what lang/program.hpp offers"},
    {"backends of the state", {"\"state/sqlite/"}, {"src/state/"}, 0, "the contract of state"},
    // What goes past the interfaces of `base` is not simulated (docs/adr/0024). Those that may do
    // not run there yet, or are the simulator.
    {"waiting past base",
     {"std::condition_variable", "std::condition_variable_any", "std::this_thread", "steady_clock"},
     {"src/base/", "src/net/", "src/cli/", "src/providers/local/", "src/sandbox/control/", "tools/",
      "bench/", "tests/"},
     0,
     "base::Condition, base::Thread and base::system_clock()"},
    {"files past base",
     {"(::open(",      " ::open(",      "(::stat(",     " ::stat(",    "(::lstat(",  " ::lstat(",
      "(::fstat(",     " ::fstat(",     "(::fsync(",    " ::fsync(",   "(::rename(", " ::rename(",
      "(::unlink(",    " ::unlink(",    "(::mkdir(",    " ::mkdir(",   "(::flock(",  " ::flock(",
      "(::ftruncate(", " ::ftruncate(", "(::realpath(", " ::realpath("},
     {"src/base/", "src/net/", "src/cli/", "src/providers/", "src/provider/", "src/sandbox/",
      "src/simulation/", "src/lsp/", "src/engine/workspace/trust.cpp", "tools/", "bench/",
      "tests/"},
     0,
     "base::files(), or base/fs.hpp"},
};
// Lines that are too long, most of them formats that will be written by json's writer.
constexpr std::size_t kLongLineBudget = 4;

struct File {
    std::string path;
    std::string text;
    std::vector<std::string_view> lines;
};

class Report {
public:
    // Counts what is owed; told by tell_debts() when it is more than its budget.
    void owe(const Debt& debt, const File& file, std::size_t line) {
        owed_[debt.name].push_back(fmt::format("{}:{}", file.path, line));
    }
    void add_long_line(const File& file, std::size_t line) {
        long_lines_.push_back(fmt::format("{}:{}", file.path, line));
    }
    void tell_debts() {
        tell_debt(fmt::format("lines of more than {} columns", kMaxColumns), "break them",
                  long_lines_, kLongLineBudget);
        for (const Debt& debt : kDebts)
            tell_debt(debt.name, debt.instead, owed_[debt.name], debt.budget);
    }

    void error(const File& file, std::size_t line, std::string_view what) {
        std::fputs(fmt::format("{}:{}: {}\n", file.path, line, what).c_str(), stdout);
        ++errors_;
    }
    void warn(const File& file, std::size_t line, std::string_view what) {
        std::fputs(fmt::format("{}:{}: warning: {}\n", file.path, line, what).c_str(), stdout);
        ++warnings_;
    }
    std::size_t errors() const { return errors_; }
    std::size_t warnings() const { return warnings_; }

private:
    void tell_debt(std::string_view name, std::string_view instead,
                   const std::vector<std::string>& places, std::size_t budget) {
        if (places.size() == budget) return;
        const bool is_more = places.size() > budget;
        std::string out = fmt::format("{}: {}{}, and {} may be: {}\n", name,
                                      is_more ? "" : "warning: ", places.size(), budget,
                                      is_more ? instead : "lower the number in tools/tidy.cpp");
        for (const std::string& place : places) {
            if (is_more) out += fmt::format("  {}\n", place);
        }
        std::fputs(out.c_str(), stdout);
        ++(is_more ? errors_ : warnings_);
    }

    std::map<std::string_view, std::vector<std::string>> owed_;
    std::vector<std::string> long_lines_;
    std::size_t errors_ = 0;
    std::size_t warnings_ = 0;
};

bool is_source(std::string_view path) { return path.ends_with(".cpp") || path.ends_with(".hpp"); }
bool is_test(std::string_view path) {
    return path.ends_with("_test.cpp") || path.ends_with("_fuzz.cpp") ||
           path.ends_with("/testing.hpp") || path.starts_with("tests/") ||
           path.starts_with("tools/") || path.starts_with("bench/");
}

void collect(const std::string& folder, std::vector<std::string>& paths) {
    static const std::set<std::string_view> kSkipped{".git", "build", ".provisioning",
                                                     "node_modules"};
    const auto names = base::list_directory(folder.empty() ? "." : folder);
    if (!names) return;
    for (const std::string& name : *names) {
        if (kSkipped.contains(name)) continue;
        const std::string path = base::join_path(folder, name);
        switch (base::kind_of(path)) {
            case base::FileKind::Directory: collect(path, paths); break;
            case base::FileKind::Regular: paths.push_back(path); break;
            default: break;
        }
    }
}

// src/LAYERS: for each area those it may include.
std::map<std::string, std::set<std::string>, std::less<>> read_layers() {
    std::map<std::string, std::set<std::string>, std::less<>> layers;
    const std::string text = base::read_file("src/LAYERS").value();
    for (const std::string_view line : base::split_lines(text)) {
        const std::size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        const std::string area(line.substr(0, colon));
        auto& allowed = layers[area];
        allowed.insert(area);
        for (const std::string_view name : base::split(base::trim(line.substr(colon + 1)), ' ')) {
            allowed.emplace(name);
        }
    }
    return layers;
}

std::string_view included_by(std::string_view line) {
    if (!line.starts_with("#include ")) return {};
    return base::trim(line.substr(9));
}

template <typename Layers>
void check_include(const File& file, std::size_t number, std::string_view what,
                   const Layers& layers, Report& report) {
    for (const Ban& ban : kBannedIncludes) {
        const bool excused = !ban.where.empty() &&
                             (file.path.starts_with(ban.where) || file.path.ends_with(ban.where));
        if (what.starts_with(ban.text) && !excused && !is_test(file.path)) {
            report.error(file, number,
                         fmt::format("{} is banned here: use {}", ban.text, ban.instead));
        }
    }
    if (!what.starts_with('"') || !file.path.starts_with("src/")) return;
    const std::string_view included = what.substr(1, what.size() - 2);
    const std::string_view own = std::string_view(file.path).substr(4);
    const auto area = layers.find(own.substr(0, own.find('/')));
    const std::string_view other = included.substr(0, included.find('/'));
    if (area == layers.end()) {
        report.error(file, 1, "its area is not named in src/LAYERS");
    } else if (included.find('/') == std::string_view::npos) {
        report.error(file, number, "include from src/, with the area's name");
    } else if (layers.contains(other) && !area->second.contains(std::string(other))) {
        report.error(file, number,
                     fmt::format("{} may not include {} (src/LAYERS)", area->first, other));
    }
}

// A function at the outermost level begins in column 0 or 4 and ends with a brace there.
void check_functions(const File& file, Report& report) {
    std::size_t start = 0;
    std::string end;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string_view line = file.lines[i];
        if (!end.empty() && line == end) {
            if (i - start + 1 > kMaxFunctionLines) {
                report.warn(file, start + 1, fmt::format("function of {} lines", i - start + 1));
            }
            end.clear();
        } else if (line.ends_with(") {") || line.ends_with(") const {")) {
            const std::size_t indent = line.find_first_not_of(' ');
            if (end.empty() && (indent == 0 || indent == 4) && !line.starts_with("    if") &&
                !line.starts_with("    for") && !line.starts_with("    while") &&
                !line.starts_with("    switch")) {
                start = i;
                end = std::string(indent, ' ') + "}";
            }
        }
    }
}

// A line up to its comment; the slashes of an address ("http://") begin none.
std::string_view code_of(std::string_view line) {
    for (std::size_t at = 0; (at = line.find("//", at)) != line.npos; at += 2) {
        if (at == 0 || line[at - 1] == ' ') return line.substr(0, at);
    }
    return line;
}

void check_debts(const File& file, std::size_t number, std::string_view whole, Report& report) {
    if (!file.path.starts_with("src/") || is_test(file.path)) return;
    const std::string_view line = code_of(whole);
    for (const Debt& debt : kDebts) {
        const bool excused = std::ranges::any_of(
            debt.where, [&](std::string_view prefix) { return file.path.starts_with(prefix); });
        if (excused) continue;
        for (const std::string_view text : debt.texts) {
            const std::size_t at = line.find(text);
            if (at != line.npos && tidy::stands_alone(line, text, at))
                report.owe(debt, file, number);
        }
    }
}

template <typename Layers>
void check_source(const File& file, const Layers& layers, Report& report) {
    const bool header = file.path.ends_with(".hpp");
    std::size_t includes = 0;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string_view line = file.lines[i];
        if (const std::string_view what = included_by(line); !what.empty()) {
            ++includes;
            check_include(file, i + 1, what, layers, report);
        }
        if (base::display_width(line) > kMaxColumns) {
            report.add_long_line(file, i + 1);
        }
        check_debts(file, i + 1, line, report);
        for (const Ban& ban : kBannedCalls) {
            const bool excused = is_test(file.path) || file.path == ban.where ||
                                 line.find("NOLINT") != std::string_view::npos;
            if (!excused && line.find(ban.text) != std::string_view::npos) {
                report.error(file, i + 1,
                             fmt::format("{} is banned: use {}", ban.text, ban.instead));
            }
        }
        const std::size_t todo = line.find("TODO");
        if (todo != std::string_view::npos && !line.substr(todo).starts_with("TODO(#") &&
            file.path != "tools/tidy.cpp") {
            report.error(file, i + 1, "name the issue: TODO(#12)");
        }
    }
    if (header && !file.text.starts_with("#pragma once")) report.error(file, 1, "no #pragma once");
    if (header && includes > kMaxHeaderIncludes) {
        report.warn(file, 1, fmt::format("{} includes in a header", includes));
    }
    if (file.lines.size() > kMaxFileLines) {
        report.warn(file, 1, fmt::format("{} lines", file.lines.size()));
    }
    check_functions(file, report);
}

// What is written by hand; what programs print into goldens is written with our words.
bool is_text(std::string_view path) {
    return is_source(path) || path.ends_with(".md") || path.ends_with(".txt") ||
           path.ends_with(".ncl") || path.ends_with(".sh") || path.ends_with(".talk");
}

void check_words(const File& file, Report& report) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        tidy::find_old_words(file.path, file.lines[i],
                             [&](const std::string& what) { report.error(file, i + 1, what); });
    }
}

void check_links(const File& file, Report& report) {
    bool in_code = false;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        std::string_view line = file.lines[i];
        if (line.starts_with("```")) in_code = !in_code;
        if (in_code) continue;
        for (std::size_t at = 0; (at = line.find("](")) != std::string_view::npos;) {
            line.remove_prefix(at + 2);
            std::string_view target = line.substr(0, line.find(')'));
            target = target.substr(0, target.find('#'));
            if (target.empty() || target.find("://") != target.npos ||
                target.starts_with("mailto:")) {
                continue;
            }
            if (!base::file_exists(base::join_path(base::parent_path(file.path), target))) {
                report.error(file, i + 1, fmt::format("dead link to {}", target));
            }
        }
    }
}

template <typename Layers>
void check_folders(const Layers& layers, Report& report) {
    for (const auto& [area, allowed] : layers) {
        const std::string folder = "src/" + area;
        if (!base::is_directory(folder)) continue;
        const std::string readme = folder + "/README.md";
        if (!base::file_exists(readme)) {
            report.warn({.path = readme, .text = "", .lines = {}}, 1,
                        "every area says what it is for");
        }
    }
    std::string previous;
    const auto records = base::list_directory("docs/adr");
    for (const std::string& name : records ? *records : std::vector<std::string>{}) {
        const std::string number = name.substr(0, 4);
        const File file{.path = "docs/adr/" + name, .text = "", .lines = {}};
        if (name == "README.md") continue;
        if (number.find_first_not_of("0123456789") != std::string::npos || name.size() < 6) {
            report.error(file, 1, "a record is named 0001-verb-noun.md");
        } else if (number == previous) {
            report.error(file, 1, "two records have this number");
        }
        previous = number;
    }
}

}

int main(int count, char** arguments) {
    if (count > 1 && ::chdir(arguments[1]) != 0) {
        std::fputs("tidy: no such folder\n", stderr);
        return 2;
    }
    const auto layers = read_layers();
    std::vector<std::string> paths;
    collect("", paths);
    Report report;
    for (const std::string& path : paths) {
        File file{.path = path, .text = base::read_file(path).value(), .lines = {}};
        file.lines = base::split_lines(file.text);
        if (file.text.size() > kMaxBlobBytes) report.error(file, 1, "a file of more than 1 MiB");
        if (is_source(path)) check_source(file, layers, report);
        if (is_text(path)) check_words(file, report);
        if (path.ends_with(".md")) check_links(file, report);
    }
    check_folders(layers, report);
    report.tell_debts();
    std::fputs(fmt::format("tidy: {}, {}\n", base::count_of(report.errors(), "error"),
                           base::count_of(report.warnings(), "warning"))
                   .c_str(),
               stdout);
    return report.errors() == 0 ? 0 : 1;
}
