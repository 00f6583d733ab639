#include "base/hash.hpp"
#include "state/key.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/sqlite_fixture.hpp"
#include "state/sqlite/tables.hpp"
#include "store/database.hpp"

// States as older programs have left them.
namespace state::sqlite {
namespace {

// That sealed tests/state/format_2.sql.
constexpr std::string_view kOldKey =
    "61e8cbd1b7fe2242c953f81c5631255f34181909623a80e6f2da4b999d1d5996";

class MigrationTest : public SqliteTest {
protected:
    std::string path() const { return base::join_path(directory_, "state.db"); }
    std::string key_path() const { return base::join_path(directory_, "key"); }
    std::unique_ptr<store::Database> database() {
        return store::Database::open(path(), {.access = store::Access::Write}).value();
    }
    std::int64_t version() { return store::database_version(*database()).value(); }

    void write_key(std::string bytes) {
        ASSERT_TRUE(base::write_file_atomic(key_path(), bytes, {.mode = 0600}).ok());
    }
    // The workspace of the dump, with its key.
    void write_format_2() {
        ASSERT_TRUE(base::make_directories(directory_, 0700).ok());
        write_key(base::from_hex(kOldKey));
        const std::string sql = base::read_file("tests/state/format_2.sql").value();
        auto old = store::Database::open(path()).value();
        const auto written = old->execute(sql.c_str());
        ASSERT_TRUE(written.ok()) << written.error().text();
    }
    // What the second format added is taken away.
    void write_format_1() {
        write_format_2();
        const auto undone = database()->execute("DROP TABLE epoch; DROP TABLE past_generation;"
                                                "DROP INDEX resource_history_by_run;"
                                                "DROP INDEX intent_run; DROP INDEX run_by_age;"
                                                "ALTER TABLE scope DROP COLUMN records;"
                                                "ALTER TABLE run DROP COLUMN pruned;"
                                                "PRAGMA user_version = 1;");
        ASSERT_TRUE(undone.ok()) << undone.error().text();
    }
    std::string schema_of(const std::string& path) {
        auto database = store::Database::open(path).value();
        auto select = database->prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                                        "AND name NOT LIKE 'sqlite_%' ORDER BY name");
        EXPECT_TRUE(select->query({}).ok());
        std::string all;
        while (select->next().value()) all += std::string(select->text(0)) + "\n";
        return all;
    }
    base::Error refusal() {
        auto state = State::open(options(OpenMode::Read));
        EXPECT_FALSE(state.ok());
        return state.ok() ? base::internal("it was opened") : std::move(state).error();
    }
};

void expect_secret(const value::Value* value) {
    ASSERT_NE(value, nullptr);
    EXPECT_TRUE(value->is_secret());
    ASSERT_NE(value->as_string(), nullptr);
    EXPECT_EQ(*value->as_string(), "hunter2");
}

// Otherwise the tests below would begin with tables that no program has made.
TEST_F(MigrationTest, TheOldFormatsAreAsTheyWereReleased) {
    const std::string fresh = base::join_path(workspace_, "fresh.db");
    write_format_2();
    {
        auto second = store::Database::open(fresh).value();
        ASSERT_TRUE(store::migrate(*second, migrations().first(2)).ok());
    }
    EXPECT_EQ(schema_of(path()), schema_of(fresh));
    ASSERT_TRUE(base::remove_tree(directory_).ok());
    ASSERT_TRUE(base::remove_tree(fresh).ok());
    write_format_1();
    {
        auto first = store::Database::open(fresh).value();
        ASSERT_TRUE(store::migrate(*first, migrations().first(1)).ok());
    }
    EXPECT_EQ(schema_of(path()), schema_of(fresh));
}

TEST_F(MigrationTest, OldFormatsGoOn) {
    for (const bool first : {true, false}) {
        SCOPED_TRACE(first);
        ASSERT_TRUE(base::remove_tree(directory_).ok());
        if (first) {
            write_format_1();
        } else {
            write_format_2();
        }
        // A reader converts as well.
        const auto after = open(OpenMode::Read)->read().value();
        ASSERT_EQ(after.rows.size(), 5u);
        EXPECT_EQ(after.find("item3")->version, (Version{1, 1, 4}));
        expect_secret(after.find("vault")->inputs.find("password"));
        expect_secret(after.find("vault")->outputs.find("token"));
        expect_secret(after.find("vault")->connection->settings.find("token"));
        EXPECT_EQ(after.next_generation("item1"), 2u);
        EXPECT_EQ(after.next_generation("item2"), 3u);
        EXPECT_TRUE(after.refresh_required);
        ASSERT_EQ(after.open.size(), 2u);
        expect_secret(after.find_open("db")->intent.inputs.find("password"));
        expect_secret(after.find_open("db")->intent.prior.find("password"));
        EXPECT_EQ(after.find_open("db")->call_deadline, std::chrono::minutes{1});

        auto state = open();
        apply_rows(*state, {row("item3", "third")});
        EXPECT_GT(state->read()->find("item3")->version.epoch, after.rows[0].version.epoch);
        EXPECT_EQ(state->run("6")->replaced.size(), 2u);
        expect_secret(state->history("vault")->front().row.inputs.find("password"));
        EXPECT_TRUE(Key::load(directory_).value()->authenticates_rows());
        // Six former rows and steps are counted, and pruned when their time has come.
        EXPECT_EQ(database()->number("SELECT records FROM scope").value(), 6);
        clock_.advance(std::chrono::days{1'000});
        auto strict = options();
        strict.history = {.runs = 1, .records = 0};
        apply_rows(*open(strict), {row("item4", "fourth")});
        EXPECT_EQ(database()->number("SELECT count(*) FROM resource_history").value(), 0);
        // The runs of open intents stay.
        EXPECT_EQ(open()->read()->open.size(), 2u);
    }
}

// Else the conversion would be a way to have anything vouched for.
TEST_F(MigrationTest, AnOldFormIsNotTakenWhereRowsAreAuthenticated) {
    write_format_2();
    write_key(base::from_hex(kOldKey) + '\2');
    const base::Error refused = refusal();
    EXPECT_EQ(refused.code(), base::Code::DataLoss);
    EXPECT_NE(refused.text().find("older program"), std::string::npos) << refused.text();
    EXPECT_EQ(version(), 2);
}

TEST_F(MigrationTest, AKeyThatWasNotToldOfTheConversionLearnsOfIt) {
    write_format_2();
    open().reset();
    write_key(base::from_hex(kOldKey));   // as if the process had ended in between
    EXPECT_EQ(open(OpenMode::Read)->read()->rows.size(), 5u);
    EXPECT_TRUE(Key::load(directory_).value()->authenticates_rows());
}

TEST_F(MigrationTest, WithoutItsKeyAnOldStateIsLeftAsItIs) {
    write_format_2();
    ASSERT_TRUE(base::remove_file(key_path()).ok());
    EXPECT_EQ(refusal().code(), base::Code::PermissionDenied);
    EXPECT_FALSE(base::file_exists(key_path()));
    EXPECT_EQ(version(), 2);
}

TEST_F(MigrationTest, WhatWasNeverSealedGetsAKey) {
    write_format_2();
    ASSERT_TRUE(base::remove_file(key_path()).ok());
    ASSERT_TRUE(database()
                    ->execute("DELETE FROM intent; DELETE FROM resource; "
                              "DELETE FROM resource_history; DELETE FROM connection; "
                              "UPDATE scope SET rows = 0, row_sum = 0, intents = 0, "
                              "intent_sum = 0;")
                    .ok());
    apply_rows(*open(), {row("a")});
    EXPECT_TRUE(Key::load(directory_).value()->authenticates_rows());
}

TEST_F(MigrationTest, DamageOfAnOldStateIsNotVouchedFor) {
    for (const char* damage : {"UPDATE resource SET key = 'other' WHERE address = 'item3'",
                               "DELETE FROM resource WHERE address = 'item3'",
                               "UPDATE intent SET key = 'other'", "DELETE FROM intent"}) {
        SCOPED_TRACE(damage);
        ASSERT_TRUE(base::remove_tree(directory_).ok());
        write_format_2();
        ASSERT_TRUE(database()->execute(damage).ok());
        EXPECT_EQ(refusal().code(), base::Code::DataLoss);
        EXPECT_EQ(version(), 2);
    }
}

TEST_F(MigrationTest, AnOldBackupIsRestoredWhenItIsAskedForByName) {
    write_format_2();
    const std::string folder = base::join_path(directory_, "backups");
    ASSERT_TRUE(base::make_directories(folder, 0700).ok());
    const std::string name = "000006-20260102T000001Z.db";
    ASSERT_TRUE(database()->backup_to(base::join_path(folder, name)).ok());
    open().reset();
    ASSERT_TRUE(base::remove_file(path()).ok());
    const auto last = backups()->restore("last");
    ASSERT_FALSE(last.ok());
    EXPECT_NE(last.error().text().find("older program"), std::string::npos);
    EXPECT_TRUE(backups()->restore(name).ok());
    EXPECT_EQ(open()->read()->rows.size(), 5u);
}

}
}
