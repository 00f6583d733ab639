#include "state/conformance/suite.hpp"

namespace state {
namespace {

TEST_P(Conformance, ReadingAWorkspaceWithoutStateCreatesNothing) {
    auto state = open(OpenMode::Read);
    EXPECT_TRUE(state->read()->rows.empty());
    EXPECT_TRUE(state->recoverable()->empty());
    EXPECT_TRUE(state->runs(10)->empty());
    EXPECT_TRUE(state->usage()->empty());
    EXPECT_EQ(state->run("last").error().code(), base::Code::NotFound);
    EXPECT_EQ(state->workspace_id(), "");
    EXPECT_FALSE(State::exists(options()).value());
}

TEST_P(Conformance, AStateExistsOnceItWasWritten) {
    EXPECT_FALSE(State::exists(options()).value());
    open();
    EXPECT_TRUE(State::exists(options()).value());
    EXPECT_TRUE(State::exists(options(OpenMode::Read, "prod")).value());
    place_->damage();
    EXPECT_TRUE(State::exists(options()).value());
}

TEST_P(Conformance, AnotherBackendIsNotGuessedAt) {
    auto unknown = options();
    unknown.backend = "cuneiform";
    const auto opened = State::open(unknown);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), base::Code::InvalidArgument);
    EXPECT_NE(opened.error().help().find("sqlite"), std::string_view::npos);
    EXPECT_FALSE(State::exists(unknown).ok());
}

TEST_P(Conformance, RowsComeBackAsTheyWere) {
    auto state = open();
    Row full = row("web.1", "content");
    value::Value secret("hunter2");
    secret.mark_secret();
    full.inputs.set("password", secret);
    full.outputs.set("count", value::Rational::from_fraction(1, 3));
    full.lifecycle.set("protect", true);
    full.dependencies = {"network", "net.subnet"};
    full.token = "1-abc-1";
    full.complete = false;
    full.connection = std::make_shared<provider::ConnectionRecord>(
        provider::ConnectionRecord{"connections.hz", "hetzner", "api#account", secret});
    apply_rows(*state, {full, row("a"), row("web.1.x")});

    const auto snapshot = open(OpenMode::Read)->read().value();
    ASSERT_EQ(snapshot.rows.size(), 3u);
    EXPECT_EQ(snapshot.rows[0].address, "a");
    const Row& read = snapshot.rows[1];
    EXPECT_EQ(read.address, "web.1");
    EXPECT_EQ(read.generation, 1u);
    EXPECT_EQ(read.type, "local.Data");
    EXPECT_TRUE(read.connection->same_as(*full.connection));
    EXPECT_EQ(read.key, full.key);
    EXPECT_EQ(read.token, full.token);
    EXPECT_TRUE(read.inputs == full.inputs);
    EXPECT_TRUE(read.outputs == full.outputs);
    EXPECT_TRUE(read.lifecycle == full.lifecycle);
    EXPECT_EQ(read.dependencies, full.dependencies);
    EXPECT_FALSE(read.complete);
    EXPECT_EQ(read.version, (Version{1, 1, 1}));
    EXPECT_EQ(snapshot.rows[0].lifecycle, value::Value());
    EXPECT_EQ(snapshot.find("web.1"), &read);
    EXPECT_EQ(snapshot.find("web"), nullptr);
    EXPECT_EQ(snapshot.next_generation("web.1"), 2u);
    EXPECT_EQ(snapshot.next_generation("web"), 1u);
}

TEST_P(Conformance, SecretsAreNowhereOnDisk) {
    {
        auto state = open();
        Row with_secret = row("a");
        value::Value secret("hunter2-hunter2");
        secret.mark_secret();
        with_secret.inputs.set("password", secret);
        auto run = begin(*state, {"a", "b"});
        OpenIntent open = intent("b", run->new_token());
        open.intent.inputs.set("password", secret);
        Batch batch;
        batch.open.push_back(open);
        batch.results.push_back(write(with_secret));
        ASSERT_TRUE(run->commit(batch).ok());
        ASSERT_TRUE(run->finish(RunStatus::Failed, "{}").ok());
        EXPECT_EQ(readable(batch).find("hunter2"), std::string::npos);
    }
    EXPECT_FALSE(place_->shows("hunter2"));
    EXPECT_TRUE(place_->shows("local.Data"));
}

TEST_P(Conformance, VersionsGoUpAndHistoryKeepsWhatWasReplaced) {
    auto state = open();
    apply_rows(*state, {row("a", "one"), row("b")});
    apply_rows(*state, {row("a", "two")});
    auto run = begin(*state, {"a"});
    Batch batch;
    batch.results.push_back(remove("a"));
    ASSERT_TRUE(run->commit(batch).ok());
    ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());

    const auto snapshot = state->read().value();
    ASSERT_EQ(snapshot.rows.size(), 1u);
    EXPECT_EQ(snapshot.rows[0].address, "b");
    EXPECT_EQ(snapshot.next_generation("a"), 2u);
    const auto history = state->history("a").value();
    ASSERT_EQ(history.size(), 2u);
    EXPECT_EQ(*history[0].row.inputs.find("value")->as_string(), "two");
    EXPECT_TRUE(history[0].removed);
    EXPECT_EQ(history[0].replaced_by, (Version{1, 3, 1}));
    EXPECT_EQ(*history[1].row.inputs.find("value")->as_string(), "one");
    EXPECT_FALSE(history[1].removed);
}

TEST_P(Conformance, AnUpdateWithoutATokenKeepsTheOldOne) {
    auto state = open();
    Row created = row("a");
    created.token = "1-abc-1";
    apply_rows(*state, {created});
    apply_rows(*state, {row("a", "changed")});
    const auto snapshot = state->read().value();
    EXPECT_EQ(snapshot.rows[0].token, "1-abc-1");
    EXPECT_EQ(*snapshot.rows[0].inputs.find("value")->as_string(), "changed");
}

TEST_P(Conformance, EnvironmentsSeeNothingOfEachOther) {
    apply_rows(*open(), {row("a")});
    auto prod = open(options(OpenMode::Write, "prod"));
    EXPECT_TRUE(prod->read()->rows.empty());
    EXPECT_TRUE(prod->runs(10)->empty());
    auto run = begin(*open(), {"a"});
    EXPECT_TRUE(prod->begin_run(request({"a"})).ok());
    const auto usage = prod->usage().value();
    ASSERT_EQ(usage.size(), 2u);
    EXPECT_EQ(usage[0].environment, "default");
    EXPECT_EQ(usage[0].rows, 1u);
    EXPECT_EQ(usage[1].environment, "prod");
    EXPECT_EQ(usage[1].rows, 0u);
    EXPECT_EQ(prod->workspace_id(), open(OpenMode::Read)->workspace_id());
}

TEST_P(Conformance, ConnectionsAreStoredOnceAndSharedBetweenRows) {
    auto state = open();
    apply_rows(*state, {row("a"), row("b")});
    apply_rows(*open(), {row("c")});
    const auto snapshot = open(OpenMode::Read)->read().value();
    EXPECT_EQ(snapshot.rows[0].connection, snapshot.rows[2].connection);
}

}
}
