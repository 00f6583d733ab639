#include "lang/format/format.hpp"

#include "lang/syntax/lexer.hpp"
#include "lang/syntax/print_ast.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

// What the formatter keeps to whatever the program; how it lays out is told by the pairs of files
// under tests/format.
namespace lang::format {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string tree_of(const std::string& text) {
    SourceMap sources;
    Arena arena;
    ParseResult result = parse(*sources.add("test.ncl", text), arena);
    return result.ok() ? print_ast(*result.root) : std::string();
}

std::optional<std::string> formatted(const std::string& text) {
    SourceMap sources;
    std::vector<value::Diagnostic> findings;
    return format(*sources.add("test.ncl", text), findings);
}

// Of a program: formatted, the same tree, and formatted again the same text.
void expect_sound(const std::string& text, const std::string& name) {
    const auto once = formatted(text);
    ASSERT_TRUE(once) << name << "\n" << text;
    EXPECT_EQ(tree_of(*once), tree_of(text)) << name;
    const auto twice = formatted(*once);
    ASSERT_TRUE(twice) << name;
    ASSERT_EQ(*twice, *once) << name << "\n" << text;
}

std::vector<std::filesystem::path> programs() {
    std::vector<std::filesystem::path> found;
    for (const char* folder : {"tests/lang", "tests/format", "src", "examples"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().extension() == ".ncl") found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

TEST(Format, PairsOfFiles) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("tests/format")) {
        if (entry.path().extension() != ".ncl") continue;
        std::filesystem::path wanted = entry.path();
        wanted.replace_extension(".out");
        const auto result = formatted(read(entry.path()));
        ASSERT_TRUE(result) << entry.path();
        EXPECT_EQ(*result, read(wanted)) << entry.path();
        ++count;
    }
    EXPECT_GT(count, 10U);
}

TEST(Format, KeepsEveryProgramOfTheRepository) {
    std::size_t count = 0;
    for (const auto& path : programs()) {
        const std::string text = read(path);
        if (tree_of(text).empty()) continue;
        expect_sound(text, path.string());
        ++count;
    }
    EXPECT_GT(count, 1000U);
}

// The program with other blanks, lines and comments between its tokens.
std::string shaken(const std::string& text, std::mt19937& random) {
    SourceMap sources;
    std::vector<value::Diagnostic> findings;
    const Source& source = *sources.add("test.ncl", text);
    std::string out;
    int depth = 0;
    std::size_t end_before = 0;
    for (const Token& token : Lexer(source, findings).run()) {
        const std::size_t begin = token.begin - source.base;
        const std::size_t end = token.end - source.base;
        if (depth > 0 || token.kind == TokenKind::End) {
            out += text.substr(end_before, begin - end_before);
        } else if (begin > end_before) {
            static constexpr const char* kGaps[] = {" ",      " ",      " ",           "\n",
                                                    "\n\n\n", " # c\n", "\n\n  # d\n", "\r\n\t"};
            out += kGaps[random() % std::size(kGaps)];
        }
        out += text.substr(begin, end - begin);
        end_before = end;
        if (token.kind == TokenKind::StringStart || token.kind == TokenKind::MultilineStart ||
            token.kind == TokenKind::SymbolicStart) {
            ++depth;
        }
        if (token.kind == TokenKind::StringEnd) --depth;
    }
    return out;
}

TEST(Format, KeepsProgramsWhoseBlanksWereShaken) {
    std::mt19937 random(20261130);
    for (const auto& path : programs()) {
        const std::string text = read(path);
        if (text.size() > 20'000 || tree_of(text).empty()) continue;
        const std::string other = shaken(text, random);
        if (tree_of(other).empty()) continue;
        expect_sound(other, path.string());
    }
}

TEST(Format, RefusesWhatIsNoProgram) {
    for (const char* text : {"", "{ a = }", "let x = 1", "\"open", "# only a comment", "a b c ="}) {
        SourceMap sources;
        std::vector<value::Diagnostic> findings;
        EXPECT_FALSE(format(*sources.add("test.ncl", text), findings)) << text;
        EXPECT_FALSE(findings.empty()) << text;
    }
}

TEST(Format, DeepAndLongPrograms) {
    std::string deep;
    for (int i = 0; i < 900; ++i) deep += "[\n(";
    deep += "1";
    for (int i = 0; i < 900; ++i) deep += ")]";
    expect_sound(deep, "deep");
    std::string chain = "x";
    for (int i = 0; i < 3000; ++i) chain += "\n+ x.y";
    expect_sound(chain, "chain");
}

}
}
