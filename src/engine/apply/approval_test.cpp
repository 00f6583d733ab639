#include "engine/apply/approval.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

using Names = std::vector<std::string>;

// What the plan showed, and what is meant now that the values are known.
std::string judge(StepAction shown, const Names& shown_inputs, StepAction now,
                  const Names& now_inputs) {
    Step step;
    step.action = shown;
    step.changed = shown_inputs;
    StepNow is;
    is.action = now;
    is.changed = &now_inputs;
    return beyond_approval(step, is);
}

TEST(Approval, WhatIsMilderNeedsNone) {
    EXPECT_EQ(judge(StepAction::Replace, {"image"}, StepAction::Update, {"image"}), "");
    EXPECT_EQ(judge(StepAction::MayReplace, {"image"}, StepAction::Replace, {"image"}), "");
    EXPECT_EQ(judge(StepAction::Update, {"size"}, StepAction::None, {}), "");
}

// Providers that know only by the value whether a change can be made in place.
TEST(Approval, AnUpdateDoesNotBecomeAReplacement) {
    for (const StepAction now : {StepAction::Replace, StepAction::MayReplace, StepAction::Create}) {
        EXPECT_EQ(judge(StepAction::Update, {"size"}, now, {"size"}),
                  "with values now known it would be replaced; only an update was approved");
    }
}

TEST(Approval, NoOtherFieldChanges) {
    EXPECT_EQ(judge(StepAction::Update, {"size"}, StepAction::Update, {"labels", "size"}),
              "with values now known `labels` would change too, which was not approved");
    EXPECT_EQ(judge(StepAction::Create, {}, StepAction::Create, {"labels"}), "")
        << "all of what is new was shown";
}

TEST(Approval, WhatIsRefusedIsNotDone) {
    Step step;
    step.action = StepAction::Update;
    StepNow is;
    is.failed = true;
    EXPECT_EQ(beyond_approval(step, is), "its inputs are refused, now that they are known");
}

}
}
