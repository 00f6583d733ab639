#include "engine/plan/refresh.hpp"

#include "base/worker_pool.hpp"
#include "engine/plan/planning.hpp"
#include "engine/plan/problems.hpp"
#include "fakes/fake_program.hpp"
#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace engine {
namespace {

using provider::CallContext;
using provider::ResourceType;

// What a list answers, by the type's name; none: an empty page.
struct Script {
    std::map<std::string, base::Code> own_fails;
    std::map<std::string, base::Code> all_fails;
    std::function<void(const CallContext&)> on_read;
    std::atomic<int> reads = 0;
};

class ScriptedConnection final : public fakes::FakeConnection {
public:
    ScriptedConnection(fakes::FakeCloud& cloud, Script& script)
        : FakeConnection(cloud, {.bulk_lists = true, .tags = true, .max_parallel = 1}),
          script_(script) {}

    base::Result<provider::Page> list_own(const ResourceType& type, const provider::Scope&,
                                          std::string_view, CallContext) override {
        return answer(script_.own_fails, type);
    }
    base::Result<provider::Page> list(const ResourceType& type, std::string_view,
                                      CallContext) override {
        return answer(script_.all_fails, type);
    }
    base::Result<std::optional<provider::ObservedResource>> read(const ResourceType& type,
                                                                 const std::string& key,
                                                                 const value::Value& recorded,
                                                                 CallContext context) override {
        ++script_.reads;
        if (script_.on_read) script_.on_read(context);
        return FakeConnection::read(type, key, recorded, std::move(context));
    }

private:
    static base::Result<provider::Page> answer(const std::map<std::string, base::Code>& fails,
                                               const ResourceType& type) {
        const auto found = fails.find(type.name);
        if (found == fails.end()) return provider::Page{};
        return base::Error(found->second, "the platform says no");
    }

    Script& script_;
};

class ScriptedProvider final : public provider::Provider {
public:
    ScriptedProvider(fakes::FakeCloud& cloud, Script& script) : cloud_(cloud), script_(script) {}
    const provider::Schema& schema() const override { return fakes::fake_schema(); }
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value&, const provider::Host&) const override {
        return std::unique_ptr<provider::Connection>(
            std::make_unique<ScriptedConnection>(cloud_, script_));
    }

private:
    fakes::FakeCloud& cloud_;
    Script& script_;
};

class RefreshTest : public testing::Test {
protected:
    RefreshTest() : workers_(2, 100) { workers_.start(); }

    void recorded(const std::string& address) {
        const std::string key = "id-" + address;
        const value::Value inputs(value::Value::Record{{"name", value::Value(address)}});
        const value::Value outputs(
            value::Value::Record{{"id", value::Value(key)}, {"address", value::Value("10.0.0.1")}});
        cloud_.objects[key] = {.type = "fake.Thing",
                               .inputs = inputs,
                               .outputs = outputs,
                               .token = "t-" + address,
                               .polls_left = 0};
        state::Row row;
        row.address = address;
        row.type = "fake.Thing";
        row.connection = std::make_shared<provider::ConnectionRecord>(provider::ConnectionRecord{
            .address = "default", .provider = "fake", .identity = "fake://cloud", .settings = {}});
        row.key = key;
        row.inputs = inputs;
        row.outputs = outputs;
        snapshot_.rows.push_back(std::move(row));
    }

    Refreshed look(const RefreshOptions& options = {}) {
        results_ = std::vector<RefreshResult>(snapshot_.rows.size());
        std::vector<RefreshTask> tasks;
        for (std::size_t i = 0; i < snapshot_.rows.size(); ++i) {
            tasks.push_back({.type = registry_.type("fake.Thing"),
                             .row = &snapshot_.rows[i],
                             .out = &results_[i]});
        }
        provider::ProviderInstance& link = *registry_.connect(provider_, "default", {}).value();
        return refresh(link, kScope, tasks, workers_, options);
    }

    base::Result<Plan> plan(std::stop_token stop = {}) {
        auto made = make_plan(
            {.registry = registry_,
             .snapshot = snapshot_,
             .workers = workers_,
             .options = {.scope = kScope, .looking = {.stop = std::move(stop), .tell = {}}}},
            &program_);
        if (!made.ok()) return std::move(made).error();
        late_ = std::move(made->late);
        return std::move(made->plan);
    }

    void wants(const std::string& address, const std::string& type) {
        program_.instance(address, type,
                          type == "fake.Thing" ? std::vector<std::string>{"id", "address"}
                                               : std::vector<std::string>{"link"},
                          [address](fakes::FakeProgram::Reader&) {
                              return value::Value(
                                  value::Value::Record{{"name", value::Value(address)}});
                          });
    }

    const provider::Scope kScope{.workspace = "w", .environment = "default"};
    fakes::FakeCloud cloud_;
    Script script_;
    ScriptedProvider provider_{cloud_, script_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    base::WorkerPool workers_;
    state::Snapshot snapshot_;
    std::vector<RefreshResult> results_;
    fakes::FakeProgram program_;
    std::unique_ptr<LateEvaluation> late_;
};

TEST_F(RefreshTest, AListThatFailedIsToldAndItsRowsAreRead) {
    recorded("web");
    script_.own_fails = {{"fake.Named", base::Code::PermissionDenied}};
    script_.all_fails = {{"fake.Thing", base::Code::Unavailable}};
    recorded("db");   // more rows than pages: the list of everything is asked
    const Refreshed looked = look();
    ASSERT_EQ(looked.failed.size(), 2U);
    EXPECT_EQ(looked.failed[0].type->name, "fake.Named");
    EXPECT_TRUE(looked.failed[0].is_own);
    EXPECT_EQ(looked.failed[1].type->name, "fake.Thing");
    EXPECT_FALSE(looked.failed[1].is_own);
    for (const RefreshResult& result : results_) {
        EXPECT_EQ(result.kind, RefreshResult::Kind::Present);
    }
    EXPECT_EQ(script_.reads, 2);
}

TEST_F(RefreshTest, StoppedItReadsNothingMoreAndFailsNothing) {
    for (const char* address : {"a", "b", "c", "d"}) recorded(address);
    std::stop_source stop;
    script_.on_read = [&](const CallContext& context) {
        stop.request_stop();
        EXPECT_TRUE(context.stop.stop_requested());   // the very token: a call can end early
    };
    look({.stop = stop.get_token(), .tell = {}});
    EXPECT_EQ(script_.reads, 1);
    for (const RefreshResult& result : results_) {
        EXPECT_NE(result.kind, RefreshResult::Kind::Failed);
    }
}

TEST_F(RefreshTest, AnExceptionInAReadIsAFailureOfThatRow) {
    recorded("a");
    recorded("b");
    script_.on_read = [&](const CallContext&) {
        if (script_.reads == 1) throw std::runtime_error("of a library");
    };
    look();
    EXPECT_EQ(results_[0].kind, RefreshResult::Kind::Failed);
    EXPECT_EQ(results_[0].error->code(), base::Code::Internal);
    EXPECT_EQ(results_[1].kind, RefreshResult::Kind::Present);
}

TEST_F(RefreshTest, TellsHowItGoes) {
    recorded("a");
    std::vector<RefreshEvent::Kind> told;
    look({.stop = {}, .tell = [&](const RefreshEvent& event) {
              told.push_back(event.kind);
              EXPECT_EQ(event.rows, 1U);
          }});
    ASSERT_GE(told.size(), 2U);
    EXPECT_EQ(told.front(), RefreshEvent::Kind::Begun);
    EXPECT_EQ(told.back(), RefreshEvent::Kind::Ended);
}

// Two of a type would be made where one is there already.
TEST_F(RefreshTest, WhatCouldNotBeListedIsNotMade) {
    script_.own_fails = {{"fake.Named", base::Code::PermissionDenied}};
    wants("box", "fake.Named");
    wants("web", "fake.Thing");
    const auto made = plan();
    ASSERT_TRUE(made.ok()) << made.error().text();
    ASSERT_EQ(made->steps.size(), 1U);
    EXPECT_EQ(made->steps[0].address, "web");
    ASSERT_EQ(made->blocked.size(), 1U);
    EXPECT_EQ(made->blocked[0].address, "box");
    ASSERT_EQ(made->unlisted.size(), 1U);
    EXPECT_EQ(made->unlisted[0].message, "the platform says no");
    EXPECT_EQ(made->unlisted[0].blocks, std::vector<std::string>{"box"});
}

TEST_F(RefreshTest, NoPlanIsMadeOfALookThatDidNotHappen) {
    script_.own_fails = {{"fake.Named", base::Code::Unavailable},
                         {"fake.Thing", base::Code::Unavailable}};
    wants("web", "fake.Thing");
    const auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::Unavailable);
    EXPECT_NE(made.error().text().find("and 1 more failed: the platform says no"),
              std::string::npos)
        << made.error().text();
}

TEST_F(RefreshTest, StoppedPlanningIsCancelled) {
    recorded("web");
    wants("web", "fake.Thing");
    std::stop_source stop;
    script_.on_read = [&](const CallContext&) { stop.request_stop(); };
    const auto made = plan(stop.get_token());
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::Cancelled);
}

}
}
