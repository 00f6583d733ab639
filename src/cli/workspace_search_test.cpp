#include "cli/workspace_search.hpp"

#include "base/fs.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace cli {

class WorkspaceSearchTest : public testing::Test {
protected:
    void SetUp() override {
        root_ = base::real_path(base::make_temporary_directory("search_test").value()).value();
        ASSERT_TRUE(base::make_directories(root_ + "/site/deep/er").ok());
        ASSERT_TRUE(base::write_file_atomic(root_ + "/site/main.ncl", "{}", {.sync = false}).ok());
    }
    void TearDown() override { EXPECT_TRUE(base::remove_tree(root_).ok()); }

    std::string found(const SearchOptions& options) const {
        auto folder = search_workspace(root_ + "/site/deep/er", options);
        return folder.ok() ? std::move(folder).value() : std::string(folder.error().message());
    }

    std::string root_;
    const SearchOptions me_{.person = {.user = ::geteuid(), .before_sudo = {}},
                            .trusted_folders = {}};
    // For whom all that the test makes belongs to somebody else.
    const SearchOptions other_{.person = {.user = ::geteuid() + 1, .before_sudo = {}},
                               .trusted_folders = {}};
};

TEST_F(WorkspaceSearchTest, FindsOnesOwnUpward) { EXPECT_EQ(found(me_), root_ + "/site"); }

TEST_F(WorkspaceSearchTest, TakesNoneOfAnotherUser) {
    auto folder = search_workspace(root_ + "/site", other_);
    ASSERT_FALSE(folder.ok());
    EXPECT_EQ(folder.error().code(), base::Code::PermissionDenied);
    EXPECT_EQ(folder.error().message(), "the workspace in " + root_ +
                                            "/site is not used: the folder belongs to " +
                                            base::name_of_user(::geteuid()));
    // Below it the search does not even come there.
    EXPECT_TRUE(found(other_).starts_with("no main.ncl in " + root_ + "/site/deep/er"));
}

TEST_F(WorkspaceSearchTest, TakesOneOfWhoeverCalledSudo) {
    SearchOptions root = other_;
    root.person.before_sudo = ::geteuid();
    EXPECT_EQ(found(root), root_ + "/site");
}

TEST_F(WorkspaceSearchTest, TakesOneWhereThatIsTrusted) {
    SearchOptions trusting = other_;
    trusting.trusted_folders = {root_};
    EXPECT_EQ(found(trusting), root_ + "/site");
    trusting.trusted_folders = {root_ + "/site/de"};
    EXPECT_NE(found(trusting), root_ + "/site");
    trusting.trusted_folders = {"*"};
    EXPECT_EQ(found(trusting), root_ + "/site");
}

TEST_F(WorkspaceSearchTest, EndsWhereEverybodyCanWrite) {
    ASSERT_EQ(::chmod((root_ + "/site/deep").c_str(), 0777), 0);
    EXPECT_TRUE(found(me_).starts_with("no main.ncl in "));
    ASSERT_EQ(::chmod((root_ + "/site/deep").c_str(), 0755), 0);
    ASSERT_EQ(::chmod((root_ + "/site").c_str(), 01777), 0);
    EXPECT_EQ(found(me_), "the workspace in " + root_ +
                              "/site is not used: everybody can write to that folder");
}

TEST_F(WorkspaceSearchTest, EndsWhereAnotherFileSystemBegins) {
    // /proc is one wherever Linux runs, and nothing in it is a workspace.
    auto folder = search_workspace("/proc/self", me_);
    ASSERT_FALSE(folder.ok());
    EXPECT_EQ(folder.error().message(),
              ::geteuid() == 0 ? "no main.ncl in /proc/self or a folder above it; the search "
                                 "ended, as / is on another file system"
                               : "no main.ncl in /proc/self or a folder above it");
}

}
