#include "cli/error_pages.hpp"

#include "base/fs.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>

#include <sys/wait.h>

namespace cli {
namespace {

struct Example {
    std::string code;
    bool is_fixed = false;
    std::string options;   // of `nickel export`
};

std::vector<Example> examples_in(std::string_view page) {
    std::vector<Example> found;
    constexpr std::string_view kMark = "```nickel";
    while (page.find(kMark) != page.npos) {
        page.remove_prefix(page.find(kMark) + kMark.size());
        const std::size_t line = page.find('\n');
        const std::size_t end = page.find("```", line);
        Example& example = found.emplace_back();
        example.code = page.substr(line + 1, end - line - 1);
        example.options = page.substr(0, line);
        constexpr std::string_view kFixed = " fixed";
        example.is_fixed = example.options.starts_with(kFixed);
        if (example.is_fixed) example.options.erase(0, kFixed.size());
        page.remove_prefix(end + 3);
    }
    return found;
}

// What `nickel export` ends with, and the kind that it tells.
std::pair<int, std::string> run(const std::string& folder, const Example& example) {
    EXPECT_TRUE(base::write_file_atomic(folder + "/main.ncl", example.code).ok());
    const std::string command = "cd " + folder + " && " + std::getenv("PROVISIONING_BINARY") +
                                " nickel export --error-format json main.ncl" + example.options +
                                " 2>&1 >/dev/null";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string out;
    char bytes[4096];
    for (std::size_t count; (count = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) {
        out.append(bytes, count);
    }
    const int status = ::pclose(pipe);
    const auto parsed = json::parse(out);
    const json::Value* kind = parsed.ok() ? parsed->find("code", "error") : nullptr;
    return {WEXITSTATUS(status), kind == nullptr ? out : *kind->as_string()};
}

TEST(ErrorPages, ExamplesAreWhatTheySay) {
    const std::string folder = base::make_temporary_directory("pages").value();
    ASSERT_TRUE(base::write_file_atomic(folder + "/broken.json", "{ \"a\": }").ok());
    for (const ErrorPage& page : error_pages()) {
        const std::vector<Example> examples = examples_in(page.text);
        EXPECT_FALSE(examples.empty()) << page.kind;
        for (const Example& example : examples) {
            const auto [code, kind] = run(folder, example);
            EXPECT_EQ(code, example.is_fixed ? 0 : 1) << page.kind << "\n" << example.code << kind;
            if (!example.is_fixed) {
                EXPECT_EQ(kind, page.kind) << example.code;
            }
        }
    }
    (void)base::remove_tree(folder);
}

// Each kind that the language has, as its sources name it.
TEST(ErrorPages, ThereIsOneForEachKind) {
    const std::set<std::string> without{
        "EvalError::InternalError",         // a mistake of ours
        "EvalError::Stopped",               // by whoever runs it
        "EvalError::ParseError",            // of what is given on the command line: told as it is
        "EvalError::NotEnoughArgs",         // of natives that no program calls
        "ImportError::MissingDependency",   // takes a manifest: told with NoPackageMap
        "EvalError::UnboundIdentifier",
        "TypecheckError::EnumRowConflict",
        "ExportError::Other"};
    const auto pages = error_pages();
    const std::regex kind("\"((?:Parse|Import|Typecheck|Eval|Export)Error::[A-Za-z]+)");
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("src/lang")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string text = base::read_file(entry.path().string()).value();
        for (std::sregex_iterator at(text.begin(), text.end(), kind), end; at != end; ++at) {
            found.insert((*at)[1]);
        }
    }
    EXPECT_GT(found.size(), 40U);
    for (const std::string& name : found) {
        if (without.contains(name)) continue;
        const ErrorPage* page = find_page(pages, name);
        EXPECT_TRUE(page != nullptr && page->kind == name) << name;
    }
}

TEST(ErrorPages, AreFoundByThePartThatOneRemembers) {
    const auto pages = error_pages();
    ASSERT_GT(pages.size(), 25U);
    EXPECT_EQ(find_page(pages, "missingfielddef")->kind, "EvalError::MissingFieldDef");
    EXPECT_EQ(find_page(pages, "EvalError::MissingFieldDef")->kind, "EvalError::MissingFieldDef");
    EXPECT_EQ(find_page(pages, "Nothing"), nullptr);
    for (const ErrorPage& page : pages) {
        EXPECT_FALSE(page.summary.empty()) << page.kind;
    }
}

}
}
