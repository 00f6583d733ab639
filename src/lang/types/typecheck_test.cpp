#include "lang/diag/render_text.hpp"
#include "lang/evaluation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace lang {
namespace {

using std::filesystem::path;

std::vector<value::Diagnostic> check(Evaluation& evaluation, const std::string& program) {
    std::vector<value::Diagnostic> found;
    evaluation.load_text("<test>", program, ast::ImportFormat::Nickel, found);
    return found;
}

std::string verdict(const std::string& program, types::Mode mode) {
    EvaluationOptions options;
    options.typecheck = mode;
    Evaluation evaluation(std::move(options));
    const auto found = check(evaluation, program);
    if (found.empty()) return "ok";
    constexpr std::string_view kGroup = "TypecheckError::";
    std::string text = found.front().kind;
    if (text.starts_with(kGroup)) text.erase(0, kGroup.size());
    for (const auto& [name, value] : found.front().expectation)
        text += " " + name + "=`" + value + "`";
    return text;
}

std::vector<path> files_in(const path& folder, std::string_view extension) {
    std::vector<path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

// tests/lang/types: programs, each followed by a line `    => VERDICT` (README there).
// PROVISIONING_TEST_ACCEPT=1 writes them anew.
TEST(Types, AreThoseOfTheTables) {
    for (const path& file : files_in("tests/lang/types", ".types")) {
        const bool is_strict = file.stem() == "strict";
        std::ifstream lines(file);
        std::string program, line, said;
        int count = 0;
        while (std::getline(lines, line)) {
            if (line.starts_with("#")) {
                said += line + "\n";
            } else if (!line.starts_with("    => ")) {
                program += line + "\n";
            } else {
                const std::string given =
                    verdict(program, is_strict ? types::Mode::Strict : types::Mode::Walk);
                EXPECT_EQ(line.substr(7), given) << file << "\n" << program;
                said += program + "    => " + given + "\n";
                program.clear();
                ++count;
            }
        }
        EXPECT_GT(count, 0) << file;
        if (std::getenv("PROVISIONING_TEST_ACCEPT")) std::ofstream(file, std::ios::binary) << said;
    }
}

// What is said of the ill-typed programs of tests/lang/typecheck, in one text that is reviewed as
// such.
TEST(Types, MessagesAreThoseOfTheGolden) {
    const path golden = "tests/lang/types/messages.txt";
    std::string said;
    for (const path& file : files_in("tests/lang/typecheck", ".ncl")) {
        Evaluation evaluation({});
        std::vector<value::Diagnostic> found;
        evaluation.load_file(file.string(), ast::ImportFormat::Nickel, found);
        for (const value::Diagnostic& one : found)
            said += render_text(one, evaluation.sources) + "\n";
    }
    if (std::getenv("PROVISIONING_TEST_ACCEPT")) std::ofstream(golden, std::ios::binary) << said;
    std::ifstream text(golden, std::ios::binary);
    std::stringstream expected;
    expected << text.rdbuf();
    EXPECT_EQ(said, expected.str());
}

TEST(Types, OneFindingForEachPart) {
    Evaluation evaluation({});
    EXPECT_EQ(
        check(evaluation, "{ a : Number = \"x\", b : String = 1 + true, c : Bool = true }").size(),
        2);
}

// What is nested without end, or makes types without end, ends.
TEST(Types, DepthAndSizeAreBounded) {
    const auto repeated = [](std::string_view text, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += text;
        return all;
    };
    for (const int depth : {100, 1'900}) {
        EXPECT_EQ(verdict(repeated("(", depth) + "1" + repeated(")", depth) + " : Number",
                          types::Mode::Walk),
                  "ok");
        for (const std::string_view open : {"{ a = ", "{ a | { _ : Number } = ", "{ a.b = "}) {
            const std::string nested = repeated(open, depth) + "1" + repeated("}", depth);
            (void)verdict(nested, types::Mode::Strict);
            (void)verdict("{ x : Number = 1, y = " + nested + "}", types::Mode::Walk);
        }
        for (const std::string_view open :
             {"fun x => ", "[1] @ ", "let x = 1 in ", "if true then 1 else ", "std.array.map "}) {
            (void)verdict("(" + repeated(open, depth) + "1) : _", types::Mode::Walk);
        }
        (void)verdict("(fun x => x) : " + repeated("Array (", depth) + "Number" +
                          repeated(")", depth),
                      types::Mode::Walk);
        (void)verdict("(fun x => x) : " + repeated("Number -> ", depth) + "Number",
                      types::Mode::Walk);
    }
    EXPECT_EQ(verdict("(1" + repeated(" + 1", 3'900) + ") : Number", types::Mode::Walk), "ok");
    // Each pair is twice as large as the one before, and each two are compared in full.
    std::string pairs = "(let x0 = fun x => x in let y0 = fun x => x in ";
    for (int i = 0; i < 60; ++i) {
        for (const std::string name : {"x", "y"}) {
            const std::string one = name + std::to_string(i);
            pairs += "let " + name + std::to_string(i + 1) + " = { a = " + one + ", b = " + one +
                     " } in ";
        }
    }
    (void)verdict(pairs + "[x60, y60]) : _", types::Mode::Walk);
    // Beyond the bound a type is taken to fit.
    (void)verdict(pairs + "x60) : Number", types::Mode::Walk);
}

}
}
