#include "store/database.hpp"

#include "base/fs.hpp"
#include "store/migrate.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace store {
namespace {

class DatabaseTest : public testing::Test {
protected:
    void SetUp() override { folder_ = base::make_temporary_directory("store").value(); }
    void TearDown() override { EXPECT_TRUE(base::remove_tree(folder_).ok()); }

    std::string path() const { return base::join_path(folder_, "test.db"); }
    std::unique_ptr<Database> open(DatabaseOptions options = {}) {
        auto opened = Database::open(path(), options);
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().text());
        return std::move(opened).value();
    }
    std::unique_ptr<Database> open_with_table() {
        auto database = open();
        EXPECT_TRUE(
            database->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v ANY) STRICT").ok());
        return database;
    }
    static std::int64_t count(Database& database) {
        return database.number("SELECT count(*) FROM t").value();
    }
    static base::Result<std::int64_t> insert(Database& database, const Param& value) {
        auto statement = TRY(database.prepare("INSERT INTO t (v) VALUES (?)"));
        return statement.run({value});
    }

    std::string folder_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWere) {
    auto database = open_with_table();
    const std::string bytes("a\0b\xff", 4);
    ASSERT_TRUE(insert(*database, nullptr).ok());
    ASSERT_TRUE(insert(*database, INT64_MIN).ok());
    ASSERT_TRUE(insert(*database, "text").ok());
    ASSERT_TRUE(insert(*database, Blob{bytes}).ok());
    ASSERT_TRUE(insert(*database, Blob{{}}).ok());
    ASSERT_TRUE(insert(*database, std::string_view{}).ok());

    auto statement = database->prepare("SELECT v FROM t ORDER BY id").value();
    ASSERT_TRUE(statement.query({}).ok());
    ASSERT_TRUE(statement.next().value());
    EXPECT_TRUE(statement.is_null(0));
    ASSERT_TRUE(statement.next().value());
    EXPECT_EQ(statement.integer(0), INT64_MIN);
    ASSERT_TRUE(statement.next().value());
    EXPECT_EQ(statement.text(0), "text");
    ASSERT_TRUE(statement.next().value());
    EXPECT_EQ(statement.blob(0), bytes);
    ASSERT_TRUE(statement.next().value());
    EXPECT_FALSE(statement.is_null(0));
    ASSERT_TRUE(statement.next().value());
    EXPECT_FALSE(statement.is_null(0));
    EXPECT_FALSE(statement.next().value());
}

TEST_F(DatabaseTest, AStatementIsUsableAgainAfterItFailed) {
    auto database = open_with_table();
    auto statement = database->prepare("INSERT INTO t (id, v) VALUES (?, ?)").value();
    ASSERT_TRUE(statement.run({1, "a"}).ok());
    const auto again = statement.run({1, "b"});
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code(), base::Code::AlreadyExists);
    EXPECT_EQ(statement.run({2, "b"}).value(), 1);
}

TEST_F(DatabaseTest, SettingsAreTheDurableOnes) {
    auto database = open();
    EXPECT_EQ(database->number("PRAGMA synchronous").value(), 2);
    auto statement = database->prepare("PRAGMA journal_mode").value();
    ASSERT_TRUE(statement.query({}).ok());
    ASSERT_TRUE(statement.next().value());
    EXPECT_EQ(statement.text(0), "wal");
    struct stat info;
    ASSERT_EQ(::stat(path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
    auto database = open_with_table();
    {
        auto transaction = Transaction::begin(*database, Transaction::Kind::Write).value();
        ASSERT_TRUE(insert(*database, 1).ok());
    }
    EXPECT_EQ(count(*database), 0);
    auto transaction = Transaction::begin(*database, Transaction::Kind::Write).value();
    ASSERT_TRUE(insert(*database, 1).ok());
    ASSERT_TRUE(transaction.commit().ok());
    EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, AReaderKeepsItsMomentWhileAWriterGoesOn) {
    auto writer = open_with_table();
    auto reader = open({.access = Access::Read});
    auto moment = Transaction::begin(*reader, Transaction::Kind::Read).value();
    EXPECT_EQ(count(*reader), 0);
    ASSERT_TRUE(insert(*writer, 1).ok());
    EXPECT_EQ(count(*reader), 0);
    ASSERT_TRUE(moment.commit().ok());
    EXPECT_EQ(count(*reader), 1);
}

TEST_F(DatabaseTest, ABusyDatabaseAsksToTryAgain) {
    auto first = open_with_table();
    auto second = open({.busy_timeout = std::chrono::milliseconds{1}});
    auto held = Transaction::begin(*first, Transaction::Kind::Write).value();
    const auto refused = Transaction::begin(*second, Transaction::Kind::Write);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
    EXPECT_EQ(refused.error().code(), base::Code::Busy);
}

TEST_F(DatabaseTest, AMissingDatabaseIsNotFound) {
    const auto opened = Database::open(path(), {.access = Access::Write});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), base::Code::NotFound);
    EXPECT_FALSE(base::file_exists(path()));
}

TEST_F(DatabaseTest, AReadOnlyConnectionCannotWrite) {
    open_with_table();
    auto reader = open({.access = Access::Read});
    const auto refused = insert(*reader, 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::CannotWrite);
}

// Fills until there is no room, and then: the error is 73, what was committed is there, and once
// there is room again the same connection writes on.
template <typename MakeRoom>
void fill_up(Database& database, MakeRoom make_room) {
    const std::string large(20'000, 'x');
    std::int64_t written = 0;
    base::Error last = base::internal("");
    for (; written < 2'000; ++written) {
        auto statement = database.prepare("INSERT INTO t (v) VALUES (?)").value();
        auto result = statement.run({large});
        if (!result.ok()) {
            last = std::move(result).error();
            break;
        }
    }
    EXPECT_EQ(last.code(), base::Code::CannotWrite) << last.text();
    EXPECT_EQ(last.code(), base::Code::CannotWrite);
    EXPECT_EQ(database.number("SELECT count(*) FROM t").value(), written);
    make_room();
    auto statement = database.prepare("INSERT INTO t (v) VALUES (?)").value();
    const auto after = statement.run({large});
    EXPECT_TRUE(after.ok()) << after.error().text();
    EXPECT_EQ(database.number("SELECT count(*) FROM t").value(), written + 1);
}

TEST_F(DatabaseTest, APageLimitActsAsAFullDisk) {
    auto database = open_with_table();
    ASSERT_TRUE(database->execute("PRAGMA max_page_count = 50").ok());
    fill_up(*database,
            [&] { ASSERT_TRUE(database->execute("PRAGMA max_page_count = 5000").ok()); });
}

TEST_F(DatabaseTest, AFullDiskLosesNothing) {
    if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") != 0) {
        // Without the right to mount, the page limit above stands for it.
        ASSERT_EQ(errno, EPERM);
        return;
    }
    {
        auto database = open_with_table();
        fill_up(*database, [&] {
            ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
        });
        EXPECT_TRUE(database->check_quickly().ok());
    }
    EXPECT_EQ(::umount(folder_.c_str()), 0);
}

void overwrite(const std::string& path, off_t offset, const std::string& bytes) {
    base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(file);
    ASSERT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), offset),
              static_cast<ssize_t>(bytes.size()));
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsDamaged) {
    open_with_table();
    overwrite(path(), 0, std::string(100, 'z'));
    const auto opened = Database::open(path());
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), base::Code::DataLoss);
    EXPECT_EQ(opened.error().code(), base::Code::DataLoss);
}

TEST_F(DatabaseTest, DamagedPagesAreFound) {
    {
        auto database = open_with_table();
        auto transaction = Transaction::begin(*database, Transaction::Kind::Write).value();
        for (int i = 0; i < 2'000; ++i) {
            ASSERT_TRUE(insert(*database, "some text to fill pages").ok());
        }
        ASSERT_TRUE(transaction.commit().ok());
    }
    {
        auto database = open();
        EXPECT_TRUE(database->check_quickly().ok());
    }
    overwrite(path(), 4 * 4096, std::string(4096, '\x5a'));
    auto database = open();
    const auto checked = database->check_quickly();
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().code(), base::Code::DataLoss);
    EXPECT_EQ(checked.error().code(), base::Code::DataLoss);
}

TEST_F(DatabaseTest, ABackupIsAWholeDatabaseOfItsMoment) {
    auto database = open_with_table();
    ASSERT_TRUE(insert(*database, "kept").ok());
    const auto copy = base::join_path(folder_, "copy.db");
    ASSERT_TRUE(database->backup_to(copy).ok());
    ASSERT_TRUE(insert(*database, "later").ok());

    auto restored = Database::open(copy).value();
    EXPECT_TRUE(restored->check_quickly().ok());
    EXPECT_EQ(count(*restored), 1);
    EXPECT_EQ(database->backup_to(copy).error().code(), base::Code::AlreadyExists);
}

TEST_F(DatabaseTest, ABackupThatFailsLeavesNoFile) {
    auto database = open_with_table();
    const auto nowhere = base::join_path(folder_, "missing/copy.db");
    EXPECT_FALSE(database->backup_to(nowhere).ok());
    EXPECT_FALSE(base::file_exists(nowhere));
}

TEST_F(DatabaseTest, ACheckpointEmptiesTheLog) {
    auto database = open_with_table();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(insert(*database, "text").ok());
    EXPECT_TRUE(database->checkpoint().value());
    struct stat info;
    ASSERT_EQ(::stat((path() + "-wal").c_str(), &info), 0);
    EXPECT_EQ(info.st_size, 0);
}

TEST_F(DatabaseTest, WhatWasCommittedSurvivesASuddenEnd) {
    open_with_table();
    const pid_t child = ::fork();
    if (child == 0) {
        auto opened = Database::open(path());
        if (!opened.ok() || !insert(*opened.value(), "kept").ok()) ::_exit(1);
        auto transaction = Transaction::begin(*opened.value(), Transaction::Kind::Write);
        if (!transaction.ok() || !insert(*opened.value(), "lost").ok()) ::_exit(1);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(count(*open()), 1);
}

constexpr Migration kMigrations[] = {
    {1, "CREATE TABLE a (x INTEGER) STRICT"},
    {2, "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES (1, 'b')"},
};

TEST_F(DatabaseTest, MigrationsRunOnceAndInOrder) {
    auto database = open();
    ASSERT_TRUE(migrate(*database, std::span(kMigrations, 1)).ok());
    EXPECT_EQ(database_version(*database).value(), 1);
    ASSERT_TRUE(migrate(*database, kMigrations).ok());
    ASSERT_TRUE(migrate(*database, kMigrations).ok());
    EXPECT_EQ(database_version(*database).value(), 2);
    EXPECT_EQ(database->number("SELECT count(*) FROM a").value(), 1);
}

TEST_F(DatabaseTest, AMigrationThatFailsChangesNothing) {
    auto database = open();
    constexpr Migration broken[] = {{1, "CREATE TABLE b (x INTEGER) STRICT; CREATE NONSENSE"}};
    EXPECT_FALSE(migrate(*database, broken).ok());
    EXPECT_EQ(database_version(*database).value(), 0);
    EXPECT_EQ(database->number("SELECT count(*) FROM sqlite_schema").value(), 0);
}

TEST_F(DatabaseTest, ANewerFormatIsRefused) {
    auto database = open();
    ASSERT_TRUE(migrate(*database, kMigrations).ok());
    const auto refused = migrate(*database, std::span(kMigrations, 1));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::FailedPrecondition);
}

}
}
