#include "base/fs.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {

class Fs : public testing::Test {
protected:
    void SetUp() override { folder_ = make_temporary_directory("fs_test").value(); }
    void TearDown() override { EXPECT_TRUE(remove_tree(folder_).ok()); }
    std::string path(std::string_view name) const { return join_path(folder_, name); }

    std::string folder_;
};

TEST_F(Fs, WritesAtomicallyAndReadsBack) {
    const std::string file = path("a.txt");
    ASSERT_TRUE(write_file_atomic(file, "one", {.mode = 0600}).ok());
    ASSERT_TRUE(write_file_atomic(file, std::string(100'000, 'x'), {.mode = 0640}).ok());
    EXPECT_EQ(read_file(file).value(), std::string(100'000, 'x'));
    struct stat facts{};
    ASSERT_EQ(::stat(file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0640U);
    EXPECT_EQ(list_directory(folder_).value(), std::vector<std::string>{"a.txt"});
}

TEST_F(Fs, RefusesToReplaceWhenAskedTo) {
    const std::string file = path("a.txt");
    ASSERT_TRUE(write_file_atomic(file, "one", {.replace = false}).ok());
    const auto again = write_file_atomic(file, "two", {.replace = false});
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code(), Code::AlreadyExists);
    EXPECT_EQ(read_file(file).value(), "one");
    EXPECT_EQ(list_directory(folder_).value().size(), 1U);
}

TEST_F(Fs, ReadHasALimit) {
    ASSERT_TRUE(write_file_atomic(path("a"), "12345").ok());
    EXPECT_EQ(read_file(path("a"), 5).value(), "12345");
    EXPECT_EQ(read_file(path("a"), 4).error().code(), Code::Exhausted);
}

TEST_F(Fs, MissingFileIsNotFoundAndNamesThePath) {
    const auto missing = read_file(path("gone"));
    EXPECT_EQ(missing.error().code(), Code::NotFound);
    EXPECT_NE(missing.error().text().find("gone"), std::string::npos);
    EXPECT_EQ(write_file_atomic(path("no/such/folder"), "x").error().code(), Code::NotFound);
}

TEST_F(Fs, RemoveTreeDoesNotFollowLinks) {
    ASSERT_TRUE(make_directories(path("kept")).ok());
    ASSERT_TRUE(write_file_atomic(path("kept/file"), "x").ok());
    ASSERT_TRUE(make_directories(path("tree/deep/er")).ok());
    ASSERT_EQ(::symlink(path("kept").c_str(), path("tree/deep/link").c_str()), 0);
    ASSERT_TRUE(remove_tree(path("tree")).ok());
    EXPECT_EQ(kind_of(path("tree")), FileKind::Missing);
    EXPECT_TRUE(file_exists(path("kept/file")));
    EXPECT_TRUE(remove_tree(path("tree")).ok());
}

TEST(Paths, AreTakenApartAsText) {
    EXPECT_EQ(parent_path("/a/b/"), "/a");
    EXPECT_EQ(parent_path("/a"), "/");
    EXPECT_EQ(parent_path("a"), ".");
    EXPECT_EQ(file_name("/a/b/"), "b");
    EXPECT_EQ(file_name("/"), "/");
    EXPECT_EQ(join_path("a", "/b"), "/b");
    EXPECT_EQ(join_path("a/", "b"), "a/b");
    EXPECT_EQ(normal_path("a/./b//../c"), "a/c");
    EXPECT_EQ(normal_path("/../a"), "/a");
    EXPECT_EQ(normal_path("../../a"), "../../a");
    EXPECT_EQ(normal_path("a/.."), ".");
}

}
