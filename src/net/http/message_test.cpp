#include "net/http/message.hpp"

#include <gtest/gtest.h>

namespace net {

TEST(Headers, AreFoundWithoutCaseAndReplacedWhole) {
    Headers headers{{"Link", "a"}, {"link", "b"}};
    EXPECT_EQ(headers.find("LINK"), "a");
    headers.set("Link", "c");
    ASSERT_EQ(headers.fields().size(), 1u);
    EXPECT_EQ(headers.find("link"), "c");
    headers.remove("LiNK");
    EXPECT_FALSE(headers.find("Link"));
}

TEST(Reason, IsKnownForWhatPlatformsAnswer) {
    EXPECT_EQ(reason_of(423), "Locked");
    EXPECT_EQ(reason_of(299), "Status");
}

}
