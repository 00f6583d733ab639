#include "base/random.hpp"
#include "state/key.hpp"
#include "state/sqlite/backups.hpp"
#include "state/sqlite/sqlite_fixture.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

// Damaged and emptied databases, backups and restores, a full disk.
namespace state::sqlite {
namespace {

class DamageTest : public SqliteTest {
protected:
    std::string database() const { return base::join_path(directory_, "state.db"); }

    static void expect_damage(const base::Error& error) {
        EXPECT_EQ(error.code(), base::Code::DataLoss) << error.text();
        const base::Advice* advice = error.advice();
        EXPECT_TRUE(advice != nullptr && advice->next == base::Next::RestoreBackup &&
                    advice->subject == "last" && advice->object.starts_with("the backup /"))
            << error.text() << " / " << error.help();
    }
};

bool same(const Snapshot& a, const Snapshot& b) {
    if (a.rows.size() != b.rows.size() || a.open.size() != b.open.size()) return false;
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
        const Row& x = a.rows[i];
        const Row& y = b.rows[i];
        if (x.address != y.address || x.generation != y.generation || x.type != y.type ||
            !x.connection->same_as(*y.connection) || x.key != y.key || !(x.inputs == y.inputs) ||
            !(x.outputs == y.outputs) || x.dependencies != y.dependencies ||
            x.version != y.version || x.complete != y.complete) {
            return false;
        }
    }
    for (std::size_t i = 0; i < a.open.size(); ++i) {
        if (a.open[i].intent.token != b.open[i].intent.token ||
            a.open[i].intent.address != b.open[i].intent.address ||
            !(a.open[i].intent.inputs == b.open[i].intent.inputs)) {
            return false;
        }
    }
    return true;
}

TEST_F(DamageTest, ChangedBytesAreDamageOrMakeNoDifference) {
    fill();
    const std::string whole = base::read_file(database()).value();
    const auto expected = open(OpenMode::Read)->read().value();
    base::Random random(3);
    int found = 0;
    for (int i = 0; i < 1'500; ++i) {
        std::string bytes = whole;
        const std::size_t at = random.below(bytes.size());
        const std::size_t length = 1 + random.below(random.below(2) == 0 ? 1 : 600);
        for (std::size_t j = at; j < std::min(bytes.size(), at + length); ++j) {
            bytes[j] = static_cast<char>(random.next());
        }
        for (const char* side : {"-wal", "-shm"}) ::unlink((database() + side).c_str());
        ASSERT_TRUE(base::write_file_atomic(database(), bytes, {.mode = 0600, .sync = false}).ok());
        SCOPED_TRACE("at " + std::to_string(at) + ", " + std::to_string(length) + " bytes");
        auto state = State::open(options(OpenMode::Read));
        auto snapshot =
            state.ok() ? (*state)->read() : base::Result<Snapshot>(std::move(state).error());
        if (snapshot.ok()) {
            EXPECT_TRUE(same(*snapshot, expected));
            continue;
        }
        ++found;
        // A format from the future and a key that does not open are refused in their own words.
        if (snapshot.error().code() == base::Code::FailedPrecondition ||
            snapshot.error().code() == base::Code::PermissionDenied) {
            continue;
        }
        expect_damage(snapshot.error());
    }
    EXPECT_GT(found, 200);
}

TEST_F(DamageTest, ACutFileIsDamage) {
    fill();
    struct stat info;
    ASSERT_EQ(::stat(database().c_str(), &info), 0);
    for (const off_t size :
         {off_t{0}, off_t{50}, off_t{4096}, info.st_size / 2, info.st_size - 1}) {
        SCOPED_TRACE(size);
        ASSERT_EQ(::truncate(database().c_str(), size), 0);
        for (const OpenMode mode : {OpenMode::Read, OpenMode::Write}) {
            auto state = State::open(options(mode));
            if (!state.ok()) {
                expect_damage(state.error());
                continue;
            }
            const auto snapshot = (*state)->read();
            ASSERT_FALSE(snapshot.ok());
            expect_damage(snapshot.error());
        }
        ASSERT_TRUE(backups()->restore("last").ok());
        EXPECT_EQ(open()->read()->rows.size(), 60u);
    }
}

TEST_F(DamageTest, ADeletedDatabaseBesideBackupsIsDamage) {
    fill();
    ASSERT_EQ(::unlink(database().c_str()), 0);
    for (const OpenMode mode : {OpenMode::Read, OpenMode::Write}) {
        const auto state = State::open(options(mode));
        ASSERT_FALSE(state.ok());
        expect_damage(state.error());
    }
    EXPECT_FALSE(base::file_exists(database()));
}

TEST_F(DamageTest, ADamagedBackupIsNotPutInPlace) {
    fill();
    const auto kept = backups()->list().value();
    ASSERT_EQ(kept.size(), 3u);
    ASSERT_TRUE(base::write_file_atomic(kept[0].path, std::string(9'000, 'z')).ok());
    const auto refused = backups()->restore("last");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), base::Code::DataLoss);
    EXPECT_EQ(open()->read()->rows.size(), 60u);
    EXPECT_TRUE(backups()->restore(kept[1].name).ok());
}

TEST_F(DamageTest, TheLastFiveBackupsAreKept) {
    auto state = open();
    for (int i = 0; i < 8; ++i) {
        apply_rows(*state, {row("a", std::to_string(i))});
        clock_.advance(std::chrono::seconds{1});
    }
    const auto kept = backups()->list().value();
    ASSERT_EQ(kept.size(), kBackupsKept);
    EXPECT_EQ(kept.front().run, 8);
    EXPECT_EQ(kept.back().run, 4);
    EXPECT_EQ(base::list_directory(base::join_path(directory_, "backups"))->size(), kBackupsKept);
    // A run that wrote nothing makes none.
    ASSERT_TRUE(begin(*state, {"a"})->finish(RunStatus::Done, "{}").ok());
    EXPECT_EQ(backups()->list()->front().run, 8);
}

TEST_F(DamageTest, WithoutItsKeyAStateIsRefused) {
    Row with_secret = row("a");
    value::Value secret("hunter2");
    secret.mark_secret();
    with_secret.inputs.set("password", secret);
    apply_rows(*open(), {with_secret});
    const std::string key = base::join_path(directory_, "key");
    const std::string bytes = base::read_file(key).value();
    ASSERT_TRUE(base::rename_file(key, key + ".away").ok());
    for (const OpenMode mode : {OpenMode::Read, OpenMode::Write}) {
        const auto missing = State::open(options(mode));
        ASSERT_FALSE(missing.ok());
        EXPECT_EQ(missing.error().code(), base::Code::PermissionDenied);
        EXPECT_NE(missing.error().text().find("key of this workspace is missing"),
                  std::string::npos);
        EXPECT_NE(missing.error().help().find("put it back"), std::string_view::npos);
    }
    // No new one in its place.
    EXPECT_FALSE(base::file_exists(key));
    ASSERT_TRUE(base::write_file_atomic(key, std::string(32, 'w'), {.mode = 0600}).ok());
    const auto wrong = State::open(options(OpenMode::Read));
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(wrong.error().code(), base::Code::PermissionDenied);
    EXPECT_NE(wrong.error().help().find("key"), std::string_view::npos);
    ASSERT_TRUE(base::write_file_atomic(key, bytes, {.mode = 0644}).ok());
    EXPECT_EQ(State::open(options(OpenMode::Read)).error().code(), base::Code::PermissionDenied);
    ASSERT_TRUE(base::rename_file(key + ".away", key).ok());
    EXPECT_EQ(*open()->read()->rows[0].inputs.find("password")->as_string(), "hunter2");
}

// A log that went before its database would take a run, its rows and its intents with it.
TEST_F(DamageTest, AnEndAtEachStepOfARestoreLeavesTheOldStateOrTheNew) {
    for (const std::string what : {"last", "none"}) {
        int step = 0;
        for (int status = 1; status != 0; ++step) {
            ASSERT_LT(step, 40);
            SCOPED_TRACE(what + ", step " + std::to_string(step));
            place_->clear();
            apply_rows(*open(), {row("a")});
            clock_.advance(std::chrono::seconds{1});
            const pid_t child = ::fork();
            if (child == 0) {
                // In the log alone: the process ends without closing its database.
                auto state = State::open(options());
                auto run = begin(**state, {"b", "web"});
                Batch batch;
                batch.results.push_back(write(row("b")));
                batch.open.push_back(intent("web", run->new_token()));
                ::_exit(run->commit(batch).ok() ? 0 : 1);
            }
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            ASSERT_EQ(status, 0);
            const pid_t restoring = ::fork();
            if (restoring == 0) {
                int left = step;
                auto with_fault = options();
                with_fault.at_durable_step = [&](std::string_view) {
                    if (left-- == 0) ::_exit(9);
                };
                ::_exit(Backups::open(with_fault).value()->restore(what).ok() ? 0 : 1);
            }
            ASSERT_EQ(::waitpid(restoring, &status, 0), restoring);
            ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 1);

            auto state = State::open(options());
            ASSERT_TRUE(state.ok()) << state.error().text();
            const auto snapshot = (*state)->read().value();
            const bool is_old = snapshot.rows.size() == 2 && snapshot.open.size() == 1;
            const std::size_t rows = what == "none" ? 0 : 1;
            const bool is_new = snapshot.rows.size() == rows && snapshot.open.empty() &&
                                snapshot.refresh_required == (what == "last");
            EXPECT_TRUE(is_old || is_new) << snapshot.rows.size() << " rows";
            EXPECT_TRUE(step > 0 || is_old);
            EXPECT_TRUE(status != 0 || is_new);
            // What was there is somewhere.
            if (is_new) {
                const auto aside = base::list_directory(base::join_path(directory_, "set-aside"));
                EXPECT_TRUE(aside.ok() && !aside->empty());
            }
        }
        EXPECT_GT(step, 6);
    }
}

// A small file system of our own; without the right to mount, store/ tests the same with a page
// limit.
class DiskTest : public DamageTest {
protected:
    void SetUp() override {
        DamageTest::SetUp();
        mounted_ = ::mount("tmpfs", workspace_.c_str(), "tmpfs", 0, "size=600k") == 0;
        if (!mounted_) ASSERT_EQ(errno, EPERM);
    }
    void TearDown() override {
        if (mounted_) EXPECT_EQ(::umount2(workspace_.c_str(), MNT_DETACH), 0);
        DamageTest::TearDown();
    }
    bool mounted_ = false;
};

TEST_F(DiskTest, AFullDiskLeavesTheBatchForLater) {
    if (!mounted_) return;
    auto state = open();
    auto run = begin(*state, {"a", "large"});
    Batch opening;
    opening.open.push_back(intent("a", run->new_token()));
    ASSERT_TRUE(run->commit(opening).ok());
    Batch batch;
    batch.results.push_back(write(row("a"), opening.open[0].intent.token));
    batch.results.push_back(write(row("large", std::string(2'000'000, 'x'))));
    for (int i = 0; i < 3; ++i) {
        const auto full = run->commit(batch);
        ASSERT_FALSE(full.ok());
        EXPECT_EQ(full.error().code(), base::Code::CannotWrite) << full.error().text();
    }
    EXPECT_NE(readable(batch).find("\"address\":\"a\""), std::string::npos);
    auto snapshot = state->read().value();
    EXPECT_TRUE(snapshot.rows.empty());
    EXPECT_EQ(snapshot.open.size(), 1u);

    ASSERT_EQ(::mount("tmpfs", workspace_.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
    const auto written = run->commit(batch);
    ASSERT_TRUE(written.ok()) << written.error().text();
    EXPECT_TRUE(run->finish(RunStatus::Done, "{}").ok());
    snapshot = state->read().value();
    EXPECT_EQ(snapshot.rows.size(), 2u);
    EXPECT_TRUE(snapshot.open.empty());
    run.reset();
    state.reset();
}

TEST_F(DiskTest, NoRoomForABackupIsAWarning) {
    if (!mounted_) return;
    auto state = open();
    auto run = begin(*state, {"a"});
    Batch batch;
    batch.results.push_back(write(row("a", std::string(200'000, 'x'))));
    ASSERT_TRUE(run->commit(batch).ok());
    const auto finished = run->finish(RunStatus::Done, "{}");
    ASSERT_TRUE(finished.ok()) << finished.error().text();
    EXPECT_NE(finished->warning, "");
    EXPECT_EQ(state->read()->rows.size(), 1u);
    EXPECT_TRUE(backups()->list()->empty());
    run.reset();
    state.reset();
}

TEST_F(DiskTest, AReadOnlyDiskCanBeReadAndSaysWhyNothingIsWritten) {
    if (!mounted_) return;
    apply_rows(*open(), {row("a")});
    ASSERT_EQ(::mount("tmpfs", workspace_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=600k"),
              0);
    EXPECT_EQ(open(OpenMode::Read)->read()->rows.size(), 1u);
    auto state = State::open(options());
    auto run = state.ok() ? (*state)->begin_run(request({"a"}))
                          : base::Result<std::unique_ptr<state::Run>>(std::move(state).error());
    ASSERT_FALSE(run.ok());
    EXPECT_EQ(run.error().code(), base::Code::CannotWrite) << run.error().text();
}

}
}
