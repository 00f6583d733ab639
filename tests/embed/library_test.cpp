#include "base/fs.hpp"
#include "engine/run/adopt.hpp"
#include "engine/run/check.hpp"
#include "engine/run/import.hpp"
#include "engine/run/recover.hpp"
#include "engine/run/saved.hpp"
#include "providers/all.hpp"
#include "state/key.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::string_view kThree = R"(let local = import "provisioning/local.ncl" in
{
  resources = {
    first | local.File = { path = "first.txt", content = "1" },
    second | local.File = { path = "second.txt", content = first.sha256 },
    third | local.File = { path = "third.txt", content = second.sha256 },
  },
}
)";

// A caller with a policy instead of a person.
class Policy : public engine::Observer {
public:
    explicit Policy(bool approves = true) : approves_(approves) {}

    base::Result<void> approve(const engine::Proposal& proposal) override {
        ++asked;
        if (approves_) return {};
        return Observer::approve(proposal);
    }
    void on_recovered(const engine::Recovered& one) override { recovered.push_back(one.address); }
    void on_plan(const engine::Proposal& proposal) override {
        planned = proposal.planned.plan.steps.size();
    }
    void on_step(const engine::StepEvent& event) override {
        if (event.kind != engine::StepEvent::Kind::Done) return;
        done.push_back(event.step->address);
        if (after_step) after_step();
    }
    void on_round(const engine::RoundEvent& round) override { rounds = round.number; }

    std::function<void()> after_step;
    std::vector<std::string> recovered;
    std::vector<std::string> done;
    std::size_t planned = 0;
    int asked = 0;
    int rounds = 0;

private:
    bool approves_;
};

class Library : public testing::Test {
protected:
    Library() {
        folder_ = base::make_temporary_directory("embed").value();
        write("main.ncl", kThree);
    }
    ~Library() override { EXPECT_TRUE(base::remove_tree(folder_).ok()); }

    void write(const std::string& name, std::string_view text) const {
        EXPECT_TRUE(base::write_file_atomic(path(name), text).ok());
    }
    std::string path(const std::string& name) const { return base::join_path(folder_, name); }
    bool exists(const std::string& name) const { return base::file_exists(path(name)); }

    std::unique_ptr<engine::Deployment> open(engine::AskAboutPrograms ask = {}) const {
        engine::DeploymentOptions options;
        options.ask_about_programs = std::move(ask);
        const auto shipped = providers::all();
        options.providers.assign(shipped.begin(), shipped.end());
        options.parallelism = 4;
        return engine::Deployment::open(engine::Workspace(folder_), std::move(options)).value();
    }

    std::string folder_;
};

TEST_F(Library, PlansAppliesAndDestroys) {
    Policy policy;
    auto deployment = open();
    EXPECT_EQ(engine::check(*deployment, {}, {})->resources, 3U);
    EXPECT_EQ(engine::plan(*deployment, {}, policy, {})->plan.summary.create, 3U);
    EXPECT_FALSE(deployment->has_state());   // planning writes nothing

    auto made = engine::apply(*deployment, {}, policy, {});
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_TRUE(made->report.succeeded());
    EXPECT_FALSE(made->undecided);
    EXPECT_EQ(policy.asked, 1);
    EXPECT_EQ(policy.done, (std::vector<std::string>{"first", "second", "third"}));
    EXPECT_TRUE(exists("third.txt"));
    EXPECT_TRUE(engine::plan(*deployment, {}, policy, {})->plan.is_empty());

    auto gone = engine::destroy(*deployment, {.is_approved = true}, policy, {});
    ASSERT_TRUE(gone.ok()) << gone.error().text();
    EXPECT_EQ(gone->report.counts.done.remove, 3U);
    EXPECT_EQ(policy.asked, 1);   // approved in advance
    EXPECT_FALSE(exists("first.txt"));
}

TEST_F(Library, WhatIsNotApprovedIsNotDone) {
    engine::Observer nobody;
    auto deployment = open();
    const auto refused = engine::apply(*deployment, {}, nobody, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::NotApproved);
    EXPECT_FALSE(exists("first.txt"));
}

TEST_F(Library, StoppedInTheMiddleItIsResumed) {
    std::stop_source stop;
    Policy policy;
    policy.after_step = [&] { stop.request_stop(); };
    {
        auto deployment = open();
        const auto cut = engine::apply(*deployment, {.is_approved = true}, policy,
                                       {.first = stop.get_token(), .second = {}});
        ASSERT_TRUE(cut.ok()) << cut.error().text();
        EXPECT_TRUE(cut->report.interrupted);
        EXPECT_EQ(policy.done, std::vector<std::string>{"first"});
        EXPECT_FALSE(exists("second.txt"));
    }
    Policy later;
    auto deployment = open();
    const auto rest = engine::resume(*deployment, {}, later, {});
    ASSERT_TRUE(rest.ok()) << rest.error().text();
    EXPECT_EQ(later.asked, 0);   // it was approved before
    EXPECT_EQ(later.done, (std::vector<std::string>{"second", "third"}));
    const auto again = engine::resume(*deployment, {}, later, {});
    EXPECT_EQ(again.error().code(), base::Code::FailedPrecondition);
    EXPECT_EQ(again.error().advice()->next, base::Next::PlanAgain);
}

TEST_F(Library, StoppedBeforeItsPlanNothingIsBegun) {
    std::stop_source stop;
    stop.request_stop();
    Policy policy;
    auto deployment = open();
    const auto cut = engine::apply(*deployment, {.is_approved = true}, policy,
                                   {.first = stop.get_token(), .second = {}});
    ASSERT_FALSE(cut.ok());
    EXPECT_EQ(cut.error().code(), base::Code::Cancelled);
    EXPECT_FALSE(exists("first.txt"));
}

// The process ends in the middle of a step, its intent open.
TEST_F(Library, WhatADeadRunLeftIsRecovered) {
    const pid_t child = ::fork();
    if (child == 0) {
        class Dies final : public Policy {
            void on_step(const engine::StepEvent& event) override {
                if (event.step->address == "second") ::_exit(7);
            }
        } dies;
        auto deployment = open();
        (void)engine::apply(*deployment, {}, dies, {});
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 7);

    Policy policy;
    auto deployment = open();
    ASSERT_TRUE(engine::recover(*deployment, engine::RecoveryWait::Asks, policy, {}).ok());
    EXPECT_EQ(policy.recovered, std::vector<std::string>{"second"});
    const auto rest = engine::resume(*deployment, {}, policy, {});
    ASSERT_TRUE(rest.ok()) << rest.error().text();
    EXPECT_TRUE(rest->report.succeeded());
    EXPECT_TRUE(exists("third.txt"));
}

TEST_F(Library, ASavedPlanIsDoneAndNothingElse) {
    Policy policy;
    auto deployment = open();
    const state::Key* key = deployment->key().value();
    std::string bytes;
    {
        const auto planned = engine::plan(*deployment, {}, policy, {});
        ASSERT_TRUE(planned.ok());
        engine::SavedPlan saved = engine::save(*deployment, *planned, {}, key).value();
        saved.id = "one";
        bytes = engine::to_bytes(saved, *key);
    }
    write("main.ncl", "{ resources = {} }\n");   // the plan's own copy is used
    const engine::SavedPlan approved = engine::read_saved_plan(bytes, *key).value();
    const auto made = engine::apply_saved(*deployment, approved, false, policy, {});
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->report.counts.done.create, 3U);
    EXPECT_EQ(policy.asked, 0);
    const auto twice = engine::apply_saved(*deployment, approved, false, policy, {});
    EXPECT_FALSE(twice.ok());
}

TEST_F(Library, ImportsWhatIsThere) {
    write("first.txt", "1");
    Policy policy;
    auto deployment = open();
    const auto imported = engine::import_resource(
        *deployment, {.address = "first", .key = "first.txt", .given = {}}, policy, {});
    ASSERT_TRUE(imported.ok()) << imported.error().text();
    EXPECT_EQ(imported->row.address, "first");
    EXPECT_TRUE(engine::adopt(*deployment, {}, {}, policy, {})->empty());
    EXPECT_EQ(engine::plan(*deployment, {}, policy, {})->plan.summary.create, 2U);
}

TEST_F(Library, StartsNoProgramThatNobodyAgreedTo) {
    write("main.ncl", R"(let local = import "provisioning/local.ncl" in
{ resources.it | local.Command = { create = "touch it", check = "test -e it && touch looked" } }
)");
    Policy policy;
    {   // what an approved plan starts is agreed to with it
        auto deployment = open();
        ASSERT_TRUE(engine::apply(*deployment, {}, policy, {}).ok());
        EXPECT_TRUE(engine::plan(*deployment, {}, policy, {})->plan.is_empty());
    }
    ASSERT_TRUE(base::remove_file(path("looked")).ok());
    // Nothing is remembered where no place is named.
    const auto refused = engine::plan(*open(), {}, policy, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::NotApproved);
    EXPECT_FALSE(exists("looked"));
    std::vector<std::string> asked;
    auto asking = open([&](std::span<const provider::Program> programs) {
        for (const provider::Program& program : programs) asked.push_back(program.role);
        return base::Result<void>();
    });
    EXPECT_TRUE(engine::plan(*asking, {}, policy, {})->plan.is_empty());
    EXPECT_EQ(asked, std::vector<std::string>{"the `check` of it"});
    EXPECT_TRUE(exists("looked"));
}

TEST_F(Library, AnEnvironmentThatIsNotThereIsNotFound) {
    engine::DeploymentOptions options;
    options.environment = "nowhere";
    const auto opened = engine::Deployment::open(engine::Workspace(folder_), std::move(options));
    EXPECT_EQ(opened.error().code(), base::Code::NotFound);
}

TEST_F(Library, OpensAStateAndReadsThatNothingIsThere) {
    auto opened = state::State::open(
        {.directory = folder_, .environment = "default", .mode = state::OpenMode::Write});
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    const auto snapshot = (*opened)->read();
    ASSERT_TRUE(snapshot.ok()) << snapshot.error().text();
    EXPECT_TRUE(snapshot->rows.empty());
    EXPECT_TRUE(snapshot->open.empty());
}

TEST_F(Library, ConnectsToAShippedProvider) {
    const auto all = providers::all();
    provider::Host host;
    host.workspace_dir = folder_;
    host.state_dir = folder_;
    provider::ProviderRegistry registry({all.begin(), all.end()}, std::move(host));
    const provider::Provider* local = registry.provider_of("local.File");
    ASSERT_NE(local, nullptr);
    EXPECT_EQ(local->schema().provider, "local");
    const auto connected =
        registry.connect(*local, "default", value::Value(value::Value::Record{}));
    EXPECT_TRUE(connected.ok()) << connected.error().text();
    EXPECT_NE(registry.type("hetzner.Server"), nullptr);
}

}
