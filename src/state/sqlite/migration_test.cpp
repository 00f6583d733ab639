#include "state/sqlite/sqlite_fixture.hpp"
#include "state/sqlite/tables.hpp"
#include "store/database.hpp"

#include <array>

// States as older programs have left them.
namespace state::sqlite {
namespace {

class MigrationTest : public SqliteTest {
protected:
    // Today's database with the tables of the first format: what the later ones added is taken
    // away.
    void take_back_to_first_format() {
        auto database = store::Database::open(base::join_path(directory_, "state.db")).value();
        const auto undone = database->execute("DROP TABLE epoch; DROP TABLE past_generation;"
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
};

// Otherwise the tests below would begin with tables that no program has made.
TEST_F(MigrationTest, TheFirstFormatIsAsItWasReleased) {
    open().reset();
    take_back_to_first_format();
    const std::string path = base::join_path(workspace_, "first.db");
    {
        auto first = store::Database::open(path).value();
        ASSERT_TRUE(store::migrate(*first, migrations().first(1)).ok());
    }
    EXPECT_EQ(schema_of(base::join_path(directory_, "state.db")), schema_of(path));
}

TEST_F(MigrationTest, AStateOfTheFirstFormatGoesOn) {
    fill();
    {
        auto state = open();
        auto run = begin(*state, {"item1", "item2"});
        Batch batch;
        batch.results.push_back(remove("item1"));
        batch.results.push_back(write(row("item2", "second", 2)));
        batch.results.push_back(remove("item2", 1));
        batch.steps.push_back({.address = "item1",
                               .action = provider::Action::Delete,
                               .message = "slow",
                               .started = clock_.now(),
                               .ended = clock_.now()});
        ASSERT_TRUE(run->commit(batch).ok());
        ASSERT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    }
    ASSERT_TRUE(backups()->restore("last").ok());   // a second epoch, with no run of its own
    const auto before = open()->read().value();
    take_back_to_first_format();

    const auto after = open(OpenMode::Read)->read().value();
    ASSERT_EQ(after.rows.size(), before.rows.size());
    for (std::size_t i = 0; i < after.rows.size(); ++i) {
        EXPECT_EQ(after.rows[i].version, before.rows[i].version);
    }
    EXPECT_EQ(after.past_generations, before.past_generations);
    EXPECT_EQ(after.next_generation("item1"), 2u);
    EXPECT_EQ(after.next_generation("item2"), 3u);
    EXPECT_EQ(after.open.size(), 1u);

    auto state = open();
    apply_rows(*state, {row("item3", "third")});
    EXPECT_GT(state->read()->find("item3")->version.epoch, before.rows[0].version.epoch);
    EXPECT_EQ(state->run("4")->replaced.size(), 2u);
    auto database = store::Database::open(base::join_path(directory_, "state.db")).value();
    // Four former rows and a step are counted, and pruned when their time has come.
    EXPECT_EQ(database->number("SELECT records FROM scope").value(), 5);
    clock_.advance(std::chrono::days{1'000});
    auto strict = options();
    strict.history = {.runs = 1, .records = 0};
    apply_rows(*open(strict), {row("item4", "fourth")});
    EXPECT_EQ(database->number("SELECT records FROM scope").value(), 1);
    EXPECT_EQ(database->number("SELECT count(*) FROM resource_history").value(), 1);
    EXPECT_EQ(database->number("SELECT count(*) FROM step").value(), 0);
    // The run of the open intent stays.
    EXPECT_EQ(database->number("SELECT count(*) FROM run").value(), 2);
    EXPECT_EQ(open()->read()->open.size(), 1u);
}

TEST_F(MigrationTest, AnEmptyStateOfTheFirstFormatGoesOn) {
    open().reset();
    take_back_to_first_format();
    auto state = open();
    apply_rows(*state, {row("a")});
    EXPECT_EQ(open()->read()->find("a")->version, (Version{1, 1, 1}));
}

}
}
