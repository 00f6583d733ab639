#include "providers/rest/resource_queue.hpp"

#include <gtest/gtest.h>

namespace providers::rest {
namespace {

const std::vector<std::string> kServer{"server:1"};
const std::vector<std::string> kBoth{"volume:2", "server:1", "server:1"};

TEST(ResourceQueue, FirstComeFirstServed) {
    ResourceQueue turns;
    EXPECT_TRUE(turns.is_next("a", kServer));
    EXPECT_FALSE(turns.is_next("b", kServer));
    EXPECT_FALSE(turns.is_next("c", kServer));
    EXPECT_TRUE(turns.is_next("a", kServer));
    turns.leave("a");
    EXPECT_FALSE(turns.is_next("c", kServer));
    EXPECT_TRUE(turns.is_next("b", kServer));
    turns.leave("b");
    EXPECT_TRUE(turns.is_next("c", kServer));
}

TEST(ResourceQueue, WhoNeedsSeveralThingsHasNoneBeforeAllAreFree) {
    ResourceQueue turns;
    EXPECT_TRUE(turns.is_next("a", kServer));
    EXPECT_FALSE(turns.is_next("b", kBoth));
    const std::vector<std::string> volume{"volume:2"};
    EXPECT_FALSE(turns.is_next("c", volume));   // behind b, who is behind a
    turns.leave("a");
    EXPECT_TRUE(turns.is_next("b", kBoth));
    turns.leave("b");
    EXPECT_TRUE(turns.is_next("c", volume));
}

TEST(ResourceQueue, NobodyWaitsForWhoGaveUpOrNeedsNothing) {
    ResourceQueue turns;
    EXPECT_TRUE(turns.is_next("a", {}));
    EXPECT_TRUE(turns.is_next("b", kServer));
    EXPECT_FALSE(turns.is_next("c", kServer));
    EXPECT_FALSE(turns.is_next("d", kServer));
    turns.leave("c");
    turns.leave("nobody");
    turns.leave("b");
    EXPECT_TRUE(turns.is_next("d", kServer));
}

}
}
