#include "engine/plan/planning.hpp"

#include "base/worker_pool.hpp"
#include "engine/plan/plan_json.hpp"
#include "fakes/fake_program.hpp"
#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

using fakes::FakeProgram;
using Reader = FakeProgram::Reader;

const std::vector<std::string> kThing{"id", "address"};
const std::vector<std::string> kNamed{"link"};
const std::vector<std::string> kNote{"id", "result"};

value::Value record(value::Value::Record members) { return value::Value(std::move(members)); }

// A workspace under test: rows and objects that belong together, and a program.
class PlanningTest : public testing::Test {
protected:
    PlanningTest() : workers_(4, 1000) { workers_.start(); }

    // Something that an earlier apply has made.
    state::Row& recorded(std::string address, std::string type, value::Value inputs,
                         value::Value outputs, std::string key,
                         std::vector<std::string> dependencies = {}) {
        cloud_.objects[key] = {.type = type,
                               .inputs = inputs,
                               .outputs = outputs,
                               .token = "t-" + address,
                               .polls_left = 0};
        state::Row row;
        row.address = std::move(address);
        row.type = std::move(type);
        row.connection = std::make_shared<provider::ConnectionRecord>(provider::ConnectionRecord{
            .address = "default", .provider = "fake", .identity = "fake://cloud", .settings = {}});
        row.key = std::move(key);
        row.inputs = std::move(inputs);
        row.outputs = std::move(outputs);
        row.dependencies = std::move(dependencies);
        row.token = "t-" + row.address;
        return snapshot_.rows.emplace_back(std::move(row));
    }

    void thing(const std::string& address, value::Value inputs,
               std::vector<std::string> dependencies = {}) {
        recorded(
            address, "fake.Thing", std::move(inputs),
            record({{"id", value::Value("id-" + address)}, {"address", value::Value("10.0.0.1")}}),
            "id-" + address, std::move(dependencies));
    }

    base::Result<Plan> plan(PlanningOptions options = {}) {
        std::sort(snapshot_.rows.begin(), snapshot_.rows.end(),
                  [](const state::Row& a, const state::Row& b) {
                      return std::pair(a.address, a.generation) <
                             std::pair(b.address, b.generation);
                  });
        auto made = make_plan({.registry = registry_,
                               .snapshot = snapshot_,
                               .workers = workers_,
                               .options = std::move(options)},
                              &program_);
        if (!made.ok()) return std::move(made).error();
        late_ = std::move(made->late);
        return std::move(made->plan);
    }

    Plan must_plan(PlanningOptions options = {}) {
        auto made = plan(options);
        if (made.ok()) return std::move(made).value();
        ADD_FAILURE() << made.error().text();
        return {};
    }

    std::string json(const Plan& made) {
        return plan_json(made,
                         {.all = false, .fingerprint = [](const value::Value&) { return "f"; }});
    }

    const Step* step(const Plan& made, std::string_view address) {
        for (const Step& at : made.steps) {
            if (at.address == address) return &at;
        }
        return nullptr;
    }

    fakes::FakeCloud cloud_;
    fakes::FakeProvider provider_{cloud_};
    provider::ProviderRegistry registry_{{&provider_}, {}};
    base::WorkerPool workers_;
    state::Snapshot snapshot_;
    FakeProgram program_;
    std::unique_ptr<LateEvaluation> late_;
};

FakeProgram::Inputs constant(value::Value value) {
    return [value](Reader&) { return value; };
}

TEST_F(PlanningTest, CreatesWhatIsNew) {
    program_.instance("web", "fake.Thing", kThing,
                      constant(record({{"name", "web"}, {"size", std::int64_t{2}}})));
    Plan made = must_plan();
    EXPECT_EQ(json(made),
              R"({"format":1,"steps":[{"address":"web","type":"fake.Thing","action":"create",)"
              R"("reason":"new",)"
              R"("changes":[{"path":"name","before":null,"after":"web","forces":false},)"
              R"({"path":"size","before":null,"after":2,"forces":false}],"reversible":true}],)"
              R"("drift":[],"deferred":[],"blocked":[],"orphans":[],)"
              R"("summary":{"create":1,"update":0,"replace":0,"delete":0,"unchanged":0}})");
}

TEST_F(PlanningTest, UnchangedNeedsNothingAndIsListedOnlyInBulk) {
    for (const char* name : {"a", "b", "c"}) {
        value::Value inputs = record({{"name", name}});
        thing(name, inputs);
        program_.instance(name, "fake.Thing", kThing, constant(inputs));
    }
    Plan made = must_plan();
    EXPECT_TRUE(made.is_empty());
    EXPECT_EQ(made.summary.unchanged, 3U);
    EXPECT_EQ(cloud_.lists, 1);
    EXPECT_TRUE(cloud_.reads.empty());
    EXPECT_TRUE(cloud_.calls.empty());
}

TEST_F(PlanningTest, UpdateKeepsOutputsKnownUnlessTheyChangeWithTheInput) {
    thing("web", record({{"name", "web"}, {"size", std::int64_t{1}}}));
    program_.instance(
        "web", "fake.Thing", kThing,
        constant(record(
            {{"name", "web"}, {"labels", record({{"a", "b"}})}, {"size", std::int64_t{1}}})));
    program_.instance("dns", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", "dns"}, {"ref", reader.cell("web", "address")}});
    });
    Plan made = must_plan();
    EXPECT_EQ(step(made, "web")->action, StepAction::Update);
    const Step& dns = *step(made, "dns");
    EXPECT_EQ(*dns.inputs.find("ref")->as_string(), "10.0.0.1");
}

TEST_F(PlanningTest, ChangedInputMakesItsOutputsUnknown) {
    thing("web", record({{"name", "web"}, {"size", std::int64_t{1}}}));
    thing("dns", record({{"name", "dns"}, {"ref", "10.0.0.1"}}), {"web"});
    program_.instance("web", "fake.Thing", kThing,
                      constant(record({{"name", "web"}, {"size", std::int64_t{2}}})));
    program_.instance("dns", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", "dns"}, {"ref", reader.cell("web", "address")}});
    });
    Plan made = must_plan();
    EXPECT_EQ(step(made, "web")->action, StepAction::Update);
    ASSERT_NE(step(made, "dns"), nullptr);
    EXPECT_EQ(step(made, "dns")->action, StepAction::Update);
    EXPECT_EQ(reason_of(*step(made, "dns")), "web changes");
}

TEST_F(PlanningTest, ForcingInputReplacesAndFreshIdReplacesDependents) {
    thing("net", record({{"name", "net"}, {"zone", "a"}}));
    thing("web", record({{"name", "web"}, {"network", "id-net"}}), {"net"});
    program_.instance("net", "fake.Thing", kThing,
                      constant(record({{"name", "net"}, {"zone", "b"}})));
    program_.instance("web", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", "web"}, {"network", reader.cell("net", "id")}});
    });
    Plan made = must_plan();
    EXPECT_EQ(step(made, "net")->action, StepAction::Replace);
    EXPECT_EQ(step(made, "web")->action, StepAction::Replace);
    EXPECT_EQ(made.summary.replace, 2U);
    EXPECT_FALSE(step(made, "net")->reversible);
}

TEST_F(PlanningTest, OtherUnknownForcingInputMayReplace) {
    thing("net", record({{"name", "net"}, {"size", std::int64_t{1}}}));
    thing("web", record({{"name", "web"}, {"network", "10.0.0.1"}}), {"net"});
    program_.instance("net", "fake.Thing", kThing,
                      constant(record({{"name", "net"}, {"size", std::int64_t{2}}})));
    program_.instance("web", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", "web"}, {"network", reader.cell("net", "address")}});
    });
    Plan made = must_plan();
    EXPECT_EQ(step(made, "web")->action, StepAction::MayReplace);
    EXPECT_NE(json(made).find(R"("action":"may-replace")"), std::string::npos);
    EXPECT_NE(json(made).find(R"("after":{"$unknown":"Dyn"},"forces":true)"), std::string::npos)
        << json(made);
}

TEST_F(PlanningTest, DriftIsShownApartAndTheProgramWins) {
    value::Value inputs = record({{"name", "web"}, {"size", std::int64_t{1}}});
    thing("web", inputs);
    cloud_.objects["id-web"].inputs.set("size", value::Value(std::int64_t{9}));
    program_.instance("web", "fake.Thing", kThing, constant(inputs));
    Plan made = must_plan();
    ASSERT_EQ(made.drift.size(), 1U);
    EXPECT_EQ(made.drift[0].changes[0].path, "size");
    EXPECT_EQ(step(made, "web")->action, StepAction::Update);
    EXPECT_EQ(reason_of(*step(made, "web")), "`size` was changed outside");
    EXPECT_EQ(*step(made, "web")->changes[0].before->as_integer(), 9);
}

TEST_F(PlanningTest, IgnoredDriftIsLeftAlone) {
    value::Value recorded = record({{"name", "web"}, {"size", std::int64_t{1}}});
    thing("web", recorded);
    cloud_.objects["id-web"].inputs.set("size", value::Value(std::int64_t{9}));
    value::Value wanted = recorded;
    wanted.set("lifecycle",
               record({{"ignore", value::Value(value::Value::Array{value::Value("size")})}}));
    program_.instance("web", "fake.Thing", kThing, constant(wanted));
    EXPECT_TRUE(must_plan().is_empty());
}

TEST_F(PlanningTest, WhatIsGoneIsMadeAgain) {
    value::Value inputs = record({{"name", "web"}});
    thing("web", inputs);
    cloud_.objects.clear();
    program_.instance("web", "fake.Thing", kThing, constant(inputs));
    Plan made = must_plan();
    EXPECT_EQ(step(made, "web")->action, StepAction::Create);
    EXPECT_EQ(step(made, "web")->generation, 2U);
    EXPECT_TRUE(made.drift.at(0).gone);
    EXPECT_EQ(cloud_.reads["id-web"], 1);   // the list proved nothing
}

TEST_F(PlanningTest, RowsThatLeftTheProgramAreDeletedDependentsFirst) {
    thing("net", record({{"name", "net"}}));
    thing("web", record({{"name", "web"}}), {"net"});
    Plan made = must_plan();
    ASSERT_EQ(made.steps.size(), 2U);
    const auto& sequence = made.order.sequence();
    EXPECT_EQ(made.steps[made.order.nodes()[sequence[0]].step].address, "web");
    EXPECT_EQ(made.steps[made.order.nodes()[sequence[1]].step].address, "net");
}

TEST_F(PlanningTest, ADeferralBlocksWhatIsBeneathIt) {
    thing("web.1", record({{"name", "one"}}));
    thing("webmaster", record({{"name", "other"}}));
    program_.instance("net", "fake.Thing", kThing, constant(record({{"name", "net"}})));
    program_.deferral("web", "net", "id", [](FakeProgram&) {});
    Plan made = must_plan();
    ASSERT_EQ(made.deferred.size(), 1U);
    EXPECT_EQ(made.deferred[0].waits_for, std::vector<std::string>{"net.id"});
    EXPECT_EQ(step(made, "web.1"), nullptr);
    EXPECT_EQ(made.blocked.at(0).address, "web.1");
    EXPECT_EQ(step(made, "webmaster")->action, StepAction::Delete);
}

TEST_F(PlanningTest, WhatAHeldRowDependsOnIsHeldToo) {
    thing("net", record({{"name", "net"}}));
    thing("web.1", record({{"name", "one"}}), {"net"});
    program_.instance("other", "fake.Thing", kThing, constant(record({{"name", "other"}})));
    program_.deferral("web", "other", "id", [](FakeProgram&) {});
    Plan made = must_plan();
    EXPECT_EQ(step(made, "net"), nullptr);
    EXPECT_EQ(made.blocked.size(), 2U);
}

TEST_F(PlanningTest, OpenIntentHoldsItsAddressAndWhatReadsIt) {
    state::OpenIntent open;
    open.intent.address = "net";
    open.run = 7;
    snapshot_.open.push_back(open);
    program_.instance("net", "fake.Thing", kThing, constant(record({{"name", "net"}})));
    program_.instance("web", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", "web"}, {"ref", reader.cell("net", "id")}});
    });
    Plan made = must_plan();
    EXPECT_TRUE(made.is_empty());
    ASSERT_EQ(made.blocked.size(), 2U);
    EXPECT_NE(made.blocked[0].reason.find("run 7"), std::string::npos);
}

TEST_F(PlanningTest, ProtectionOutlivesTheProgram) {
    thing("db", record({{"name", "db"}}));
    snapshot_.rows[0].lifecycle = record({{"protect", true}});
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::NotApproved);
    EXPECT_NE(made.error().message().find("db is protected"), std::string_view::npos);
}

TEST_F(PlanningTest, UnknownInputIsRefusedWithASuggestion) {
    program_.instance("web", "fake.Thing", kThing,
                      constant(record({{"name", "web"}, {"sise", std::int64_t{2}}})));
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code(), base::Code::InvalidArgument);
    const auto* problems = dynamic_cast<const Problems*>(made.error().detail());
    ASSERT_NE(problems, nullptr);
    EXPECT_EQ(problems->found()[0].message, "fake.Thing has no input `sise`");
    EXPECT_NE(problems->found()[0].help.find("size"), std::string::npos);
}

TEST_F(PlanningTest, AllProblemsAreFoundAtOnce) {
    program_.instance("a", "fake.Thing", kThing,
                      constant(record({{"name", "a"}, {"behave", "invalid"}})));
    program_.instance("b", "fake.Thing", kThing, constant(record({{"size", std::int64_t{2}}})));
    program_.instance("c", "fake.Thing", kThing, constant(record({{"name", "c"}})));
    program_.fails("c", "contract broken");
    program_.instance("d", "fake.Thing", kThing,
                      [](Reader& reader) { return record({{"name", reader.cell("c", "id")}}); });
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(dynamic_cast<const Problems*>(made.error().detail())->found().size(), 3U);
}

TEST_F(PlanningTest, ValueThatIsKnownInThePlanIsHandedOn) {
    program_.instance("n", "fake.Note", kNote, constant(record({{"value", "hello"}})));
    program_.instance("web", "fake.Thing", kThing, [](Reader& reader) {
        return record({{"name", reader.cell("n", "result")}, {"ref", reader.cell("n", "id")}});
    });
    Plan made = must_plan();
    const Step& web = *step(made, "web");
    EXPECT_EQ(*web.inputs.find("name")->as_string(), "hello");
    EXPECT_TRUE(web.inputs.find("ref")->is_unknown());
}

TEST_F(PlanningTest, CreateWaitsForTheDeleteThatFreesItsName) {
    recorded("old", "fake.Named", record({{"name", "x"}}), record({{"link", "link/x"}}), "x");
    program_.instance("new", "fake.Named", kNamed, constant(record({{"name", "x"}})));
    Plan made = must_plan();
    const auto& sequence = made.order.sequence();
    ASSERT_EQ(sequence.size(), 2U);
    EXPECT_TRUE(made.order.nodes()[sequence[0]].removes);
}

TEST_F(PlanningTest, ChangeOfTypeReplaces) {
    recorded("x", "fake.Named", record({{"name", "x"}}), record({{"link", "link/x"}}), "x");
    program_.instance("x", "fake.Thing", kThing, constant(record({{"name", "x"}})));
    Plan made = must_plan();
    EXPECT_EQ(step(made, "x")->action, StepAction::Replace);
    EXPECT_EQ(reason_of(*step(made, "x")), "was a fake.Named");
}

TEST_F(PlanningTest, TypeThatIsNotKnownAnyMoreIsToldAndNotDeleted) {
    recorded("x", "gone.Thing", record({}), record({}), "x");
    auto made = plan();
    ASSERT_FALSE(made.ok());
    EXPECT_NE(made.error().message().find("gone.Thing"), std::string_view::npos);
}

TEST_F(PlanningTest, SupersededGenerationIsDeleted) {
    value::Value inputs = record({{"name", "web"}});
    thing("web", inputs);
    state::Row newer = snapshot_.rows[0];
    newer.generation = 2;
    newer.key = "id-web2";
    cloud_.objects["id-web2"] = cloud_.objects["id-web"];
    snapshot_.rows.push_back(newer);
    program_.instance("web", "fake.Thing", kThing, constant(inputs));
    Plan made = must_plan();
    ASSERT_EQ(made.steps.size(), 1U);
    EXPECT_EQ(made.steps[0].action, StepAction::Delete);
    EXPECT_EQ(made.steps[0].generation, 1U);
    EXPECT_EQ(made.summary.unchanged, 1U);
}

TEST_F(PlanningTest, DestroyTurnsEverythingAround) {
    thing("net", record({{"name", "net"}}));
    thing("web", record({{"name", "web"}}), {"net"});
    auto made =
        make_plan({.registry = registry_, .snapshot = snapshot_, .workers = workers_}, nullptr);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(made->plan.summary.remove, 2U);
    EXPECT_EQ(reason_of(made->plan.steps[0]), "everything is destroyed");
}

TEST_F(PlanningTest, TenThousandArePlannedWithoutEvaluationInATenthOfASecondOfWork) {
    for (int i = 0; i < 10'000; ++i) {
        std::string name = "r" + std::to_string(i);
        value::Value inputs = record({{"name", name},
                                      {"size", std::int64_t{i}},
                                      {"labels", record({{"a", "b"}, {"c", "d"}})}});
        if (i % 2 == 0) thing(name, inputs);
        program_.instance(name, "fake.Thing", kThing, constant(inputs));
    }
    Plan made = must_plan();
    EXPECT_EQ(made.summary.create, 5'000U);
    EXPECT_EQ(made.summary.unchanged, 5'000U);
}

}
}
