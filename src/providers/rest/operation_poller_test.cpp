#include "providers/rest/operation_poller.hpp"
#include "providers/rest/tags.hpp"

#include <gtest/gtest.h>

namespace providers::rest {
namespace {

using Kind = Progress::Kind;

TEST(OperationPoller, AsksForAllTogetherAndNotTooOften) {
    base::FakeClock clock;
    std::map<std::string, Progress> world{{"1", {}}, {"2", {}}, {"3", {}}};
    int asked = 0;
    OperationPoller waits(
        [&](std::span<const std::string> ids, const CallScope&) {
            ++asked;
            std::map<std::string, Progress> out;
            for (const std::string& id : ids) out[id] = world.at(id);
            return base::Result<std::map<std::string, Progress>>(std::move(out));
        },
        25, std::chrono::seconds(1), clock);
    const auto look = [&](const char* id) {
        const std::vector<std::string> ids{id};
        return waits.look(ids, {})->kind;
    };
    EXPECT_EQ(look("1"), Kind::Running);
    EXPECT_EQ(look("2"), Kind::Running);
    EXPECT_EQ(look("3"), Kind::Running);
    EXPECT_EQ(asked, 1);
    world["1"].kind = Kind::Done;
    world["2"].kind = Kind::Failed;
    clock.advance(std::chrono::seconds(2));
    EXPECT_EQ(look("1"), Kind::Done);
    EXPECT_EQ(look("2"), Kind::Failed);
    EXPECT_EQ(look("3"), Kind::Running);
    EXPECT_EQ(asked, 2);
}

TEST(OperationPoller, WhatIsNotKnownAnyMoreHasEnded) {
    base::FakeClock clock;
    OperationPoller waits(
        [](std::span<const std::string>, const CallScope&) {
            return base::Result<std::map<std::string, Progress>>(std::map<std::string, Progress>{});
        },
        25, std::chrono::seconds(1), clock);
    const std::vector<std::string> ids{"1", "2"};
    EXPECT_EQ(waits.look(ids, {})->kind, Kind::Done);
}

TEST(OperationPoller, AFailureToAskIsTold) {
    base::FakeClock clock;
    OperationPoller waits(
        [](std::span<const std::string>, const CallScope&) {
            return base::Result<std::map<std::string, Progress>>(
                base::Error(base::Code::Unavailable, "no line"));
        },
        25, std::chrono::seconds(1), clock);
    const std::vector<std::string> ids{"1"};
    EXPECT_FALSE(waits.look(ids, {}).ok());
}

TEST(Tags, FitLabels) {
    EXPECT_EQ(label_value("web.1"), "web.1");
    EXPECT_EQ(label_value(""), "");
    const std::string clipped = label_value("servers.\"a b\"." + std::string(80, 'x'));
    EXPECT_LE(clipped.size(), 63U);
    EXPECT_EQ(clipped.substr(0, 13), "servers.-a-b-");
    EXPECT_NE(label_value("a/b"), label_value("a b"));
}

}
}
