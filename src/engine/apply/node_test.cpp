#include "engine/apply/node.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace engine {
namespace {

constexpr NodeState kAll[] = {NodeState::Waiting,    NodeState::Ready,   NodeState::Probing,
                              NodeState::Committing, NodeState::Calling, NodeState::Queued,
                              NodeState::Polling,    NodeState::Done,    NodeState::Stopped};

TEST(NodeState, NothingFollowsAnEnd) {
    for (const NodeState end : {NodeState::Done, NodeState::Stopped}) {
        for (const NodeState to : kAll) EXPECT_FALSE(may_follow(end, to)) << name_of(to);
    }
}

// Nothing is sent before its intent is durable.
TEST(NodeState, ACallFollowsACommitOrAnEarlierCall) {
    for (const NodeState from : kAll) {
        const bool is_after = from == NodeState::Committing || from == NodeState::Calling ||
                              from == NodeState::Queued || from == NodeState::Polling;
        EXPECT_EQ(may_follow(from, NodeState::Calling), is_after) << name_of(from);
    }
    for (const NodeState from : kAll) {
        EXPECT_EQ(may_follow(from, NodeState::Committing), from == NodeState::Ready);
    }
}

// Only what was not sent can be as if it had not been begun.
TEST(NodeState, WhatWasSentIsNeverReadyAgain) {
    EXPECT_FALSE(may_follow(NodeState::Calling, NodeState::Ready));
    EXPECT_FALSE(may_follow(NodeState::Polling, NodeState::Ready));
    EXPECT_FALSE(may_follow(NodeState::Polling, NodeState::Queued));
}

TEST(NodeState, EachIsReachedAndEachButTheEndsIsLeft) {
    for (const NodeState state : kAll) {
        bool is_reached = state == NodeState::Waiting;
        bool is_left = state == NodeState::Done || state == NodeState::Stopped;
        for (const NodeState other : kAll) {
            is_reached = is_reached || may_follow(other, state);
            is_left = is_left || may_follow(state, other);
        }
        EXPECT_TRUE(is_reached) << name_of(state);
        EXPECT_TRUE(is_left) << name_of(state);
    }
}

}
}
