#include "base/process/environment.hpp"
#include "base/process/spawn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace base {
namespace {

class Environment : public ::testing::Test {
protected:
    void SetUp() override { ::setenv("BASE_TEST_VARIABLE", "a=b", 1); }
    void TearDown() override { ::unsetenv("BASE_TEST_VARIABLE"); }

    static bool has(const std::vector<std::string>& lines, std::string_view line) {
        return std::ranges::find(lines, line) != lines.end();
    }
};

TEST_F(Environment, TellsTextsUpToTheFirstEqualsSign) {
    EXPECT_EQ(environment_variable("BASE_TEST_VARIABLE"), "a=b");
    EXPECT_EQ(environment_variable("BASE_TEST_VARIABL"), std::nullopt);
    EXPECT_EQ(environment_variables().at("BASE_TEST_VARIABLE"), "a=b");
    ::setenv("BASE_TEST_VARIABLE", "", 1);
    EXPECT_EQ(environment_variable("BASE_TEST_VARIABLE"), "");
}

TEST_F(Environment, ChildrenInheritLittleAndWhatIsNamed) {
    const auto little = child_environment({{"OWN", "1"}}, "/somewhere/program");
    EXPECT_FALSE(has(little, "BASE_TEST_VARIABLE=a=b"));
    EXPECT_TRUE(has(little, "OWN=1"));
    EXPECT_TRUE(has(little, "PATH=" + environment_variable("PATH").value_or("") + ":/somewhere"));
    const std::vector<std::string> names{"BASE_TEST_VARIABLE", "BASE_TEST_NOTHING"};
    EXPECT_TRUE(has(child_environment(with_passed({}, names), ""), "BASE_TEST_VARIABLE=a=b"));
    // Its own word goes first.
    EXPECT_TRUE(has(child_environment(with_passed({{"BASE_TEST_VARIABLE", "own"}}, names), ""),
                    "BASE_TEST_VARIABLE=own"));
}

}
}
