#include "base/worker_pool.hpp"
#include "engine/plan/planning.hpp"
#include "fakes/fake_program.hpp"
#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

// A thing that carries our tags, is in no row of the snapshot, and is wanted at "web".
class OrphansTest : public testing::Test {
protected:
    OrphansTest() : workers_(4, 1000) {
        workers_.start();
        inputs_.set("name", "web");
        inputs_.set("size", std::int64_t{1});
        cloud_.objects["i-1"] = {.type = "fake.Thing",
                                 .inputs = inputs_,
                                 .outputs = value::Value(value::Value::Record{}),
                                 .token = "7-abc-1",
                                 .polls_left = 0};
        cloud_.tags["i-1"] = "for-web";
        program_.instance("web", "fake.Thing", {"id", "address"},
                          [this](fakes::FakeProgram::Reader&) { return inputs_; });
    }

    Plan plan() {
        auto made =
            make_plan({.registry = registry_,
                       .snapshot = snapshot_,
                       .workers = workers_,
                       .options = {.scope = {.workspace = "w", .environment = "default"}},
                       .read_again = [this]() -> base::Result<state::Snapshot> { return now_; }},
                      &program_);
        if (made.ok()) return std::move(made->plan);
        ADD_FAILURE() << made.error().text();
        return {};
    }

    value::Value inputs_{value::Value::Record{}};
    fakes::FakeCloud cloud_;
    fakes::FakeProvider provider_{cloud_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    base::WorkerPool workers_;
    state::Snapshot snapshot_;
    state::Snapshot now_;   // the state after the list
    fakes::FakeProgram program_;
};

TEST_F(OrphansTest, WhatNobodyKnowsBlocksItsAddress) {
    const Plan made = plan();
    ASSERT_EQ(made.orphans.size(), 1u);
    // By its tag, which is not the address.
    EXPECT_EQ(made.orphans[0].address, "web");
    ASSERT_EQ(made.blocked.size(), 1u);
    EXPECT_TRUE(made.steps.empty());
}

// An apply was at work between the snapshot and the list: it is not done with it yet, or it is.
TEST_F(OrphansTest, WhatALiveRunMakesIsNone) {
    state::OpenIntent open;
    open.intent.token = "7-abc-1";
    open.intent.address = "web";
    now_.open.push_back(open);
    EXPECT_TRUE(plan().orphans.empty());
}

TEST_F(OrphansTest, WhatWasRecordedMeanwhileIsNone) {
    state::Row row;
    row.address = "web";
    row.type = "fake.Thing";
    row.key = "i-1";
    row.token = "7-abc-1";
    row.connection = std::make_shared<provider::ConnectionRecord>(provider::ConnectionRecord{
        .address = "default", .provider = "fake", .identity = "fake://cloud", .settings = {}});
    now_.rows.push_back(row);
    // It is planned as new: begin_run then says that the plan is out of date.
    const Plan made = plan();
    EXPECT_TRUE(made.orphans.empty());
    EXPECT_EQ(made.summary.create, 1u);
}

}
}
