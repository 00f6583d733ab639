#include "base/secret.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace base {

static_assert(!fmt::is_formattable<SecretText>::value);
static_assert(!std::is_convertible_v<SecretText, std::string>);

TEST(SecretText, IsRevealedOnlyOnDemandAndWipedWhenMoved) {
    SecretText first(std::string("short"));
    const SecretText second = std::move(first);
    EXPECT_EQ(second.reveal(), "short");
    EXPECT_EQ(first.reveal(), "");   // NOLINT: the moved-from state is what is tested
    EXPECT_EQ(std::string(first.reveal().data(), 5), std::string(5, '\0'));
}

TEST(SecretText, ComparesInConstantTime) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}
