#include "state/key.hpp"
#include "state/sqlite/intents.hpp"
#include "state/sqlite/rows.hpp"
#include "state/sqlite/sqlite_fixture.hpp"
#include "store/database.hpp"

// What somebody has written into the database who has not the key of the workspace.
namespace state::sqlite {
namespace {

value::Value secret(std::string_view text) {
    value::Value value(text);
    value.mark_secret();
    return value;
}

class ForgeryTest : public SqliteTest {
protected:
    void SetUp() override {
        SqliteTest::SetUp();
        auto state = open();
        Row mine = row("mine"), other = row("other");
        mine.inputs.set("password", secret("hunter2"));
        other.inputs.set("password", secret("swordfish"));
        apply_rows(*state, {mine, other});
        mine.inputs.set("password", secret("hunter3"));
        apply_rows(*state, {mine, row("gone")});
        {
            auto run = begin(*state, {"gone"});
            Batch batch;
            batch.results.push_back(remove("gone"));
            ASSERT_TRUE(run->commit(batch).ok());
            ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
        }
        {
            auto run = begin(*state, {"web"});
            Batch batch;
            batch.open.push_back(intent("web", run->new_token()));
            batch.open[0].intent.inputs.set("password", secret("hunter2"));
            ASSERT_TRUE(run->commit(batch).ok());
            ASSERT_TRUE(run->finish(RunStatus::Interrupted, "{}").ok());
        }
        state.reset();
        apply_rows(*open(options(OpenMode::Write, "staging")), {row("mine"), row("theirs")});
    }
    std::unique_ptr<store::Database> database() {
        return store::Database::open(base::join_path(directory_, "state.db")).value();
    }
    void forge(const char* sql) {
        const auto opened = database();
        ASSERT_TRUE(opened->execute("PRAGMA foreign_keys = OFF").ok());
        const auto done = opened->execute(sql);
        ASSERT_TRUE(done.ok()) << done.error().text();
    }
    std::string refusal() {
        auto state = State::open(options(OpenMode::Read));
        auto read =
            state.ok() ? (*state)->read() : base::Result<Snapshot>(std::move(state).error());
        if (read.ok()) return "";
        EXPECT_EQ(read.error().code(), base::Code::DataLoss);
        const base::Advice* advice = read.error().advice();
        EXPECT_TRUE(advice != nullptr && advice->next == base::Next::RestoreBackup);
        return read.error().text();
    }
    // Whoever knows the format computes the sum that anybody can compute.
    void fit_checksum(std::string_view address) {
        auto opened = database();
        auto select = opened->prepare(
            "SELECT r.generation, t.name, c.address, c.provider, c.identity, r.key, r.token, "
            "r.inputs, r.outputs, r.lifecycle, r.dependencies, r.complete, r.run, r.sequence "
            "FROM resource r JOIN type t ON t.id = r.type JOIN connection c ON c.id = r.connection "
            "WHERE r.scope = 1 AND r.address = ?");
        ASSERT_TRUE(select.ok() && select->query({address}).ok() && select->next().value());
        const std::string type(select->text(1));
        const provider::ConnectionRecord connection{std::string(select->text(2)),
                                                    std::string(select->text(3)),
                                                    std::string(select->text(4)), value::Value()};
        const StoredRow row{address,
                            select->integer(0),
                            type,
                            connection,
                            0,
                            select->text(5),
                            select->text(6),
                            select->blob(7),
                            select->blob(8),
                            select->blob(9),
                            select->blob(10),
                            select->integer(11) != 0,
                            {1, select->integer(12), select->integer(13)}};
        auto update = opened->prepare("UPDATE resource SET checksum = ? WHERE address = ?");
        ASSERT_TRUE(update->run({checksum_of(row), address}).ok());
    }
};

TEST_F(ForgeryTest, WhatWasNotTouchedIsRead) {
    const auto snapshot = open(OpenMode::Read)->read().value();
    EXPECT_EQ(*snapshot.find("mine")->inputs.find("password")->as_string(), "hunter3");
    EXPECT_EQ(snapshot.next_generation("gone"), 2u);
    EXPECT_EQ(snapshot.open.size(), 1u);
}

TEST_F(ForgeryTest, DamageAndForgeryAreToldApart) {
    forge("UPDATE resource SET key = '/etc/passwd' WHERE address = 'other'");
    EXPECT_NE(refusal().find("is damaged: its checksum does not fit"), std::string::npos);
    fit_checksum("other");
    EXPECT_NE(refusal().find("somebody else has put it there"), std::string::npos) << refusal();
}

TEST_F(ForgeryTest, EachThatAPlanRestsOnIsRefusedWhenItIsNotOurs) {
    const std::string whole = base::read_file(base::join_path(directory_, "state.db")).value();
    for (const char* sql : {
             // A sealed value, carried to another row, field or environment.
             "UPDATE resource SET inputs = (SELECT inputs FROM resource WHERE address = 'other') "
             "WHERE address = 'mine' AND scope = 1",
             "UPDATE resource SET outputs = inputs WHERE address = 'mine' AND scope = 1",
             "UPDATE resource SET (inputs, outputs, checksum, mac, run, sequence, connection) = "
             "(SELECT inputs, outputs, checksum, mac, run, sequence, connection FROM resource "
             "WHERE address = 'mine' AND scope = 2) WHERE address = 'mine' AND scope = 1",
             "UPDATE intent SET prior = inputs",
             // An old row of the same address, whole.
             "UPDATE resource SET (inputs, outputs, checksum, mac, run, sequence) = "
             "(SELECT inputs, outputs, checksum, mac, run, sequence FROM resource_history "
             "WHERE address = 'mine' AND scope = 1) WHERE address = 'mine' AND scope = 1",
             // Parts that no value holds.
             "UPDATE resource SET type = type + 1",
             "UPDATE resource SET connection = connection + 1 WHERE address = 'other'",
             "UPDATE type SET name = 'local.Command' WHERE id = 1",
             "UPDATE connection SET settings = X'00FF' WHERE id = 1",
             "UPDATE connection SET identity = 'elsewhere'",
             "UPDATE resource SET key = '/etc/passwd' WHERE address = 'other'",
             "UPDATE intent SET action = 2",
             "UPDATE intent SET generation = 7",
             "UPDATE intent SET type = 1",
             "UPDATE intent SET call_deadline_ms = 0",
             "UPDATE intent SET effect_lag_ms = 1",
             "UPDATE intent SET flags = 7",
             "UPDATE intent SET phase = 'sent', handle = '1'",
             "UPDATE intent SET opened = 0",
             "UPDATE intent SET run = 1",
             // Rows that are there or not.
             "DELETE FROM resource WHERE address = 'other'",
             "DELETE FROM resource WHERE scope = 1",
             "UPDATE resource SET scope = 1 WHERE address = 'theirs'",
             "INSERT INTO resource SELECT scope, address, 9, type, connection, key, token, inputs, "
             "outputs, lifecycle, dependencies, complete, run, sequence, checksum, mac "
             "FROM resource WHERE address = 'other'",
             "DELETE FROM intent",
             "UPDATE intent SET closed = 1, outcome = 2",
             "DELETE FROM past_generation",
             "UPDATE past_generation SET generation = 0",
             // The whole.
             "UPDATE scope SET totals = (SELECT totals FROM scope WHERE id = 2) WHERE id = 1",
             "UPDATE scope SET totals = NULL",
             "UPDATE scope SET environment = 'other' WHERE id = 1",
             "DELETE FROM scope WHERE id = 1",
             "INSERT INTO meta VALUES ('stale', 1)",
             "UPDATE epoch SET epoch = 2",
             "DELETE FROM meta WHERE name = 'workspace'",
             "DELETE FROM meta WHERE name = 'mac'",
         }) {
        SCOPED_TRACE(sql);
        ASSERT_NO_FATAL_FAILURE(forge(sql));
        EXPECT_NE(refusal(), "");
        for (const char* side : {"-wal", "-shm"}) {
            ASSERT_TRUE(base::remove_tree(base::join_path(directory_, "state.db") + side).ok());
        }
        ASSERT_TRUE(base::write_file_atomic(base::join_path(directory_, "state.db"), whole,
                                            {.mode = 0600, .sync = false})
                        .ok());
    }
    EXPECT_EQ(refusal(), "");
}

}
}
