#include "engine/workspace/workspace.hpp"

#include "base/fs.hpp"
#include "engine/workspace/registry.hpp"

#include <gtest/gtest.h>

namespace engine {
namespace {

class WorkspaceTest : public testing::Test {
protected:
    WorkspaceTest() : folder_(*base::make_temporary_directory("workspace_test")) {}
    ~WorkspaceTest() override { static_cast<void>(base::remove_tree(folder_)); }

    std::string folder_;
};

TEST_F(WorkspaceTest, NewOneHasAMainAndIsKeptOutOfGit) {
    auto made = Workspace::create(folder_ + "/shop");
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_TRUE(base::file_exists(folder_ + "/shop/main.ncl"));
    EXPECT_EQ(*base::read_file(folder_ + "/shop/.gitignore"), ".provisioning/\n");
    auto again = Workspace::create(folder_ + "/shop");
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code(), base::Code::AlreadyExists);
}

TEST_F(WorkspaceTest, GitIgnoreIsAddedToOnce) {
    ASSERT_TRUE(base::write_file_atomic(folder_ + "/.gitignore", "build").ok());
    Workspace workspace(folder_);
    ASSERT_TRUE(workspace.keep_out_of_git().ok());
    ASSERT_TRUE(workspace.keep_out_of_git().ok());
    EXPECT_EQ(*base::read_file(folder_ + "/.gitignore"), "build\n.provisioning/\n");
}

TEST_F(WorkspaceTest, EnvironmentsAreFiles) {
    Workspace workspace(folder_);
    ASSERT_TRUE(base::make_directories(folder_ + "/environments").ok());
    ASSERT_TRUE(base::write_file_atomic(folder_ + "/environments/prod.ncl", "{}").ok());
    ASSERT_TRUE(base::write_file_atomic(folder_ + "/environments/notes.txt", "").ok());
    EXPECT_EQ(*workspace.environments(), (std::vector<std::string>{"default", "prod"}));
    EXPECT_EQ(*workspace.main_path("default"), folder_ + "/main.ncl");
    EXPECT_EQ(*workspace.main_path("prod"), folder_ + "/environments/prod.ncl");
    auto missing = workspace.main_path("prd");
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code(), base::Code::NotFound);
    EXPECT_NE(missing.error().help().find("prod"), std::string_view::npos);
    EXPECT_FALSE(workspace.main_path("../main").ok());
}

TEST_F(WorkspaceTest, RegistryKeepsNamesApart) {
    Registry registry = *Registry::load(folder_);
    EXPECT_TRUE(registry.entries().empty());
    EXPECT_EQ(registry.add("/srv/a/shop")->name, "shop");
    EXPECT_EQ(registry.add("/srv/b/shop")->name, "shop-2");
    EXPECT_EQ(registry.add("/srv/a/shop")->name, "shop");
    EXPECT_FALSE(registry.add("/srv/c", "shop").ok());
    EXPECT_EQ(registry.current(), nullptr);
    ASSERT_TRUE(registry.use("shop-2").ok());

    Registry again = *Registry::load(folder_);
    ASSERT_NE(again.current(), nullptr);
    EXPECT_EQ(again.current()->folder, "/srv/b/shop");
    ASSERT_TRUE(again.remove("shop-2").ok());
    EXPECT_EQ(again.current(), nullptr);
    auto missing = again.require("shp");
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().help().find("shop"), std::string_view::npos);
}

TEST_F(WorkspaceTest, DamagedRegistryIsToldAndKept) {
    ASSERT_TRUE(base::write_file_atomic(folder_ + "/workspaces.json", "{").ok());
    auto loaded = Registry::load(folder_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code(), base::Code::DataLoss);
}

}
}
