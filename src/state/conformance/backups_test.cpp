#include "state/conformance/suite.hpp"

namespace state {
namespace {

TEST_P(Conformance, RestoreBeginsAnEpochAndAsksForARefresh) {
    fill();
    const auto before = open()->read().value();
    place_->damage();
    EXPECT_EQ(State::open(options()).error().code(), base::Code::DataLoss);

    const auto restored = backups()->restore("last");
    ASSERT_TRUE(restored.ok()) << restored.error().text();
    EXPECT_EQ(restored->backup.run, 3);
    EXPECT_NE(restored->set_aside, "");
    auto state = open();
    const auto after = state->read().value();
    EXPECT_TRUE(after.refresh_required);
    ASSERT_EQ(after.rows.size(), before.rows.size());
    EXPECT_EQ(after.rows[0].version, before.rows[0].version);
    const std::string workspace = state->workspace_id();

    RunRequest stale = request({"item1"});
    stale.refreshed = false;
    ASSERT_TRUE(state->begin_run(stale).value()->finish(RunStatus::Done, "{}").ok());
    EXPECT_TRUE(state->read()->refresh_required);
    apply_rows(*state, {row("item1", "third")});
    const auto later = state->read().value();
    EXPECT_FALSE(later.refresh_required);
    EXPECT_GT(later.find("item1")->version.epoch, before.rows[0].version.epoch);

    // An older backup once more: again an epoch of its own.
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(backups()->restore(restored->backup.name).ok());
    auto again = open();
    EXPECT_EQ(again->workspace_id(), workspace);
    apply_rows(*again, {row("item1", "fourth")});
    EXPECT_GT(again->read()->find("item1")->version.epoch, later.find("item1")->version.epoch);
}

TEST_P(Conformance, RestoreOfNothingBeginsAnew) {
    fill();
    const auto restored = backups()->restore("none");
    ASSERT_TRUE(restored.ok()) << restored.error().text();
    EXPECT_NE(restored->set_aside, "");
    auto state = open();
    EXPECT_TRUE(state->read()->rows.empty());
    EXPECT_TRUE(backups()->list()->empty());
}

TEST_P(Conformance, RestoreIsRefusedWhileARunLives) {
    fill();
    auto state = open();
    {
        auto run = begin(*state, {"item1"});
        const auto refused = backups()->restore("last");
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code(), base::Code::Busy);
    }
    EXPECT_TRUE(backups()->restore("last").ok());
    EXPECT_EQ(backups()->restore("no such one").error().code(), base::Code::NotFound);
}

TEST_P(Conformance, RestoreIsRefusedForARunOfAnotherMachineUntilItIsAbandoned) {
    fill();
    auto there = options();
    there.machine = Machine{"far", "boot-f"};
    const auto far = open(there);
    begin(*far, {"item1"}).reset();   // whatever has become of it: its claim is not to be seen here
    const auto refused = backups()->restore("last");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
    ASSERT_NE(refused.error().advice(), nullptr);
    EXPECT_EQ(refused.error().advice()->next, base::Next::AbandonRun);
    EXPECT_EQ(refused.error().advice()->object, "far");
    ASSERT_TRUE(open()->abandon("last").ok());
    EXPECT_TRUE(backups()->restore("last").ok());
}

TEST_P(Conformance, ASmallStateGetsABackupFromEachRun) {
    auto state = open();
    for (int i = 1; i <= 3; ++i) {
        apply_rows(*state, {row("a", std::to_string(i))});
        EXPECT_EQ(backups()->list()->front().run, i);
        clock_.advance(std::chrono::seconds{1});
    }
}

// Of a large state: when the newest is so many runs or so long ago, or lacks much of what there is.
TEST_P(Conformance, ALargeStateGetsABackupNowAndThen) {
    auto large = options();
    large.backups = {.large_bytes = 0, .runs = 4, .age = std::chrono::minutes{10}};
    auto state = open(large);
    const auto newest = [&] { return backups()->list()->front().run; };
    std::vector<Row> rows;
    for (int i = 0; i < 500; ++i) rows.push_back(row("item" + std::to_string(i)));
    apply_rows(*state, rows);
    EXPECT_EQ(newest(), 1);   // the first
    for (const int backup : {1, 1, 1, 5, 5, 5, 5, 9}) {
        clock_.advance(std::chrono::seconds{1});
        apply_rows(*state, {row("item1", std::to_string(backup))});
        EXPECT_EQ(newest(), backup);   // every fourth
    }
    clock_.advance(std::chrono::minutes{10});
    apply_rows(*state, {row("item1", "later")});
    EXPECT_EQ(newest(), 10);
    clock_.advance(std::chrono::seconds{1});
    for (Row& each : rows) each.address = "more." + each.address;
    apply_rows(*state, rows);
    EXPECT_EQ(newest(), 11);   // half of all there is came with this run
    const auto finished = [&] {
        auto run = begin(*state, {"item1"});
        Batch batch;
        batch.results.push_back(write(row("item1", "last")));
        EXPECT_TRUE(run->commit(batch).ok());
        return run->finish(RunStatus::Done, "{}").value();
    }();
    EXPECT_EQ(finished.backup, "");
    EXPECT_EQ(finished.warning, "");
}

}
}
