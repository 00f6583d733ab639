#include "sandbox/kit/address.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace {

TEST(Net4, IsReadWithoutHostBits) {
    const auto net = parse_net4("10.0.1.0/24");
    ASSERT_TRUE(net);
    EXPECT_EQ(net->text(), "10.0.1.0/24");
    EXPECT_EQ(format_ipv4(net->last()), "10.0.1.255");
    EXPECT_EQ(parse_net4("0.0.0.0/0")->last(), 0xffffffffU);
    EXPECT_EQ(parse_net4("1.2.3.4/32")->size(), 1U);
    for (const char* text : {"10.0.1.1/24", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08",
                             "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/8 ", "::/0", ""}) {
        EXPECT_FALSE(parse_net4(text)) << text;
    }
}

TEST(Net4, KnowsWhatItHoldsAndOverlaps) {
    const Net4 wide = *parse_net4("10.0.0.0/16");
    const Net4 part = *parse_net4("10.0.1.0/24");
    const Net4 other = *parse_net4("10.1.0.0/16");
    EXPECT_TRUE(wide.contains(part));
    EXPECT_FALSE(part.contains(wide));
    EXPECT_TRUE(part.overlaps(wide));
    EXPECT_TRUE(wide.overlaps(part));
    EXPECT_FALSE(wide.overlaps(other));
    EXPECT_TRUE(is_private(wide));
    EXPECT_FALSE(is_private(*parse_net4("10.0.0.0/7")));
    EXPECT_FALSE(is_private(*parse_net4("8.8.8.0/24")));
}

TEST(Cidr, HasOneForm) {
    EXPECT_EQ(canonical_cidr("2001:DB8:0:0::/32"), "2001:db8::/32");
    EXPECT_EQ(canonical_cidr("::1/128"), "::1/128");
    EXPECT_EQ(canonical_cidr("0.0.0.0/0"), "0.0.0.0/0");
    EXPECT_FALSE(canonical_cidr("2001:db8::1/32"));
    EXPECT_FALSE(canonical_cidr("2001:db8::/129"));
    EXPECT_FALSE(canonical_cidr("2001:db8::"));
    EXPECT_EQ(canonical_address("2001:DB8:0::1"), "2001:db8::1");
    EXPECT_FALSE(canonical_address("1.2.3"));
    EXPECT_TRUE(is_in_ipv6_64("2001:db8:0:1::7", "2001:db8:0:1::"));
    EXPECT_FALSE(is_in_ipv6_64("2001:db8:0:2::7", "2001:db8:0:1::"));
}

}
}
