#include "state/key_transfer.hpp"
#include "state/sqlite/sqlite_fixture.hpp"

#include <thread>

// Several processes at one folder, and what one leaves behind that is killed.
namespace state::sqlite {
namespace {

TEST_F(SqliteTest, ManyMayMakeTheStateAtOnce) {
    constexpr int kAtOnce = 6;
    for (int round = 0; round < 15; ++round) {
        ASSERT_TRUE(base::remove_tree(directory_).ok());
        std::vector<std::string> ids(kAtOnce);
        std::vector<std::string> errors(kAtOnce);
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kAtOnce; ++i) {
                threads.emplace_back([&, i, opening = options()] {
                    auto state = State::open(opening);
                    const auto at = static_cast<std::size_t>(i);
                    if (state.ok()) {
                        ids[at] = (*state)->workspace_id();
                    } else {
                        errors[at] = state.error().text();
                    }
                });
            }
        }
        for (const std::string& error : errors) ASSERT_EQ(error, "");
        for (const std::string& id : ids) ASSERT_EQ(id, ids.front());
    }
}

TEST_F(SqliteTest, AClaimWithoutARunIsSweptAway) {
    const std::string runs = base::join_path(directory_, "runs");
    apply_rows(*open(), {row("a")});
    // Of a process that was killed between the two.
    ASSERT_TRUE(base::write_file_atomic(base::join_path(runs, "9-killed.lock"), "").ok());
    auto state = open();
    auto living = begin(*state, {"b"});
    EXPECT_EQ(base::list_directory(runs)->size(), 1u);   // its own
    // One that lives is left alone by those that begin beside it.
    apply_rows(*open(), {row("c")});
    EXPECT_EQ(base::list_directory(runs)->size(), 1u);
    EXPECT_TRUE(living->finish(RunStatus::Done, "{}").ok());
}

TEST_F(SqliteTest, ADamagedKeyIsReplacedByAnExportedOne) {
    apply_rows(*open(), {row("a")});
    const std::string key = base::join_path(directory_, "key");
    const base::SecretText exported = export_key(options()).value();
    for (const char* damage : {"short", "thirty-two bytes of another key!"}) {
        ASSERT_TRUE(base::write_file_atomic(key, damage, {.mode = 0600}).ok());
        const auto refused = State::open(options());
        ASSERT_FALSE(refused.ok());
        // No backup opens without it.
        EXPECT_EQ(refused.error().code(), base::Code::PermissionDenied);
        EXPECT_FALSE(refused.error().advice() != nullptr &&
                     refused.error().advice()->next == base::Next::RestoreBackup);
        EXPECT_TRUE(import_key(options(), exported.reveal()).ok());
        EXPECT_EQ(open()->read()->rows.size(), 1u);
    }
}

}
}
