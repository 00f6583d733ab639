#include <fmt/format.h>
#include <gtest/gtest.h>

namespace base {

TEST(Fmt, FormatsWithoutTheSharedLibrary) {
    EXPECT_EQ(fmt::format("{:>4}|{:.2f}|{}|{:#x}", 7, 1.005, 0.1, 255), "   7|1.00|0.1|0xff");
    EXPECT_EQ(fmt::format("{}", 1e300), "1e+300");
}

}
