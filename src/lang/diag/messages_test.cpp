#include "lang/diag/render_text.hpp"
#include "lang/syntax/parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace lang {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// What is said of every program of tests/lang/parse/fail, in one text that is reviewed as such.
// PROVISIONING_TEST_ACCEPT=1 writes it anew.
TEST(Messages, AreThoseOfTheGolden) {
    const std::filesystem::path golden = "tests/lang/parse/messages.txt";
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator("tests/lang/parse/fail")) {
        files.push_back(file.path());
    }
    std::ranges::sort(files);
    std::string said;
    for (const auto& file : files) {
        SourceMap sources;
        Arena arena;
        const Source* source = sources.add(file.filename().string(), read_file(file));
        for (const value::Diagnostic& found : parse(*source, arena).diagnostics) {
            said += render_text(found, sources) + "\n";
        }
    }
    if (std::getenv("PROVISIONING_TEST_ACCEPT")) std::ofstream(golden, std::ios::binary) << said;
    EXPECT_EQ(said, read_file(golden));
}

}
}
