#include "simulation/disk.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace simulation {
namespace {

class ADisk : public testing::Test {
protected:
    ADisk() : disk([](DiskAct, const std::string&) { return 0; }) {
        std::shared_ptr<Inode> root;
        EXPECT_EQ(disk.make("/", true, 0755, root), 0);
        EXPECT_EQ(disk.make("/file", false, 0644, file), 0);
        disk.sync_names();
    }

    std::shared_ptr<Inode> file;
    Disk disk;
};

TEST_F(ADisk, KeepsWhatWasSynced) {
    file->write(0, "first");
    Disk::sync(*file);
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        base::Random random(seed);
        disk.lose_power(random);
        EXPECT_EQ(file->data, "first");
    }
}

TEST_F(ADisk, LosesWhatWasNotInWholeOrInPart) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed < 200; ++seed) {
        file->truncate(0);
        file->write(0, std::string(1024, 'a'));
        Disk::sync(*file);
        file->write(0, std::string(1024, 'b'));
        base::Random random(seed);
        disk.lose_power(random);
        ASSERT_EQ(file->data.size(), 1024U);
        seen.insert({file->data.front(), file->data.back()});
    }
    // Sectors each for itself.
    EXPECT_EQ(seen, (std::set<std::string>{"aa", "ab", "ba", "bb"}));
}

TEST_F(ADisk, GivesBackWhatWasCutOff) {
    file->write(0, "long text");
    Disk::sync(*file);
    file->truncate(4);
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        base::Random random(seed);
        disk.lose_power(random);
        seen.insert(file->data);
        file->truncate(0);
        file->write(0, "long text");
        Disk::sync(*file);
        file->truncate(4);
    }
    EXPECT_EQ(seen, (std::set<std::string>{"long", "long text"}));
}

TEST_F(ADisk, LosesNamesInTheirOrder) {
    std::set<std::size_t> seen;
    for (std::uint64_t seed = 1; seed < 100; ++seed) {
        std::shared_ptr<Inode> made;
        for (const char* path : {"/a", "/b", "/c"}) EXPECT_EQ(disk.make(path, false, 0, made), 0);
        base::Random random(seed);
        disk.lose_power(random);
        const bool a = disk.find("/a") != nullptr;
        const bool b = disk.find("/b") != nullptr;
        const bool c = disk.find("/c") != nullptr;
        EXPECT_TRUE(a || !b);
        EXPECT_TRUE(b || !c);
        seen.insert(static_cast<std::size_t>(a) + static_cast<std::size_t>(b) +
                    static_cast<std::size_t>(c));
        for (const char* path : {"/a", "/b", "/c"}) {
            if (disk.find(path) != nullptr) EXPECT_EQ(disk.remove(path, false), 0);
        }
        disk.sync_names();
    }
    EXPECT_EQ(seen.size(), 4U);
}

TEST_F(ADisk, ARenamedFileIsUnderOneNameOrTheOther) {
    EXPECT_EQ(disk.rename("/file", "/other"), 0);
    EXPECT_EQ(disk.rename("/file", "/other"), ENOENT);
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        base::Random random(seed);
        disk.lose_power(random);
        EXPECT_NE(disk.find("/file") != nullptr, disk.find("/other") != nullptr);
    }
}

}
}
