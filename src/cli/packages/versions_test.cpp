#include "cli/packages/versions.hpp"

#include <gtest/gtest.h>

namespace cli::packages {

static bool takes(std::string_view requirement, const Version& version) {
    const auto parsed = Requirement::parse(requirement);
    return parsed && parsed->takes(version);
}

TEST(Requirement, TakesWhatTheManualSays) {
    EXPECT_TRUE(takes("1", {1, 9, 0, ""}));
    EXPECT_FALSE(takes("1", {2, 0, 0, ""}));
    EXPECT_TRUE(takes("1.2", {1, 3, 0, ""}));
    EXPECT_FALSE(takes("1.2", {1, 1, 9, ""}));
    EXPECT_TRUE(takes("1.2.3", {1, 2, 4, ""}));
    EXPECT_FALSE(takes("1.2.3", {1, 2, 2, ""}));
    EXPECT_FALSE(takes("1.2.3", {1, 3, 0, ""}));
    EXPECT_FALSE(takes("1.2", {1, 3, 0, "rc1"}));
    EXPECT_TRUE(takes("=1.2.3-rc1", {1, 2, 3, "rc1"}));
    EXPECT_FALSE(takes("=1.2.3", {1, 2, 4, ""}));
}

TEST(Requirement, RefusesWhatIsNone) {
    for (const char* text : {"", "a", "1.", "=1.2", "1.2.3.4", "1.2-rc1", "-1", "1..2", "=", "+1"})
        EXPECT_FALSE(Requirement::parse(text)) << text;
}

TEST(Version, IsOrdered) {
    const Version order[] = {{1, 0, 0, "alpha"},   {1, 0, 0, "alpha.1"}, {1, 0, 0, "beta.2"},
                             {1, 0, 0, "beta.11"}, {1, 0, 0, ""},        {1, 0, 1, ""},
                             {1, 2, 0, ""},        {2, 0, 0, "1"},       {2, 0, 0, ""}};
    for (std::size_t i = 1; i < std::size(order); ++i)
        EXPECT_LT(order[i - 1], order[i]) << order[i].text();
}

}
