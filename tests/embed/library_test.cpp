#include "base/fs.hpp"
#include "provider/provider.hpp"
#include "provider/registry.hpp"
#include "provider/schema.hpp"
#include "providers/all.hpp"
#include "state/state.hpp"

#include <gtest/gtest.h>

namespace {

// A folder that goes away with what a test has put into it.
class LibraryTest : public testing::Test {
protected:
    void SetUp() override {
        auto made = base::make_temporary_directory("embed");
        ASSERT_TRUE(made.ok()) << made.error().text();
        folder_ = std::move(made).value();
    }
    void TearDown() override { EXPECT_TRUE(base::remove_tree(folder_).ok()); }

    std::string folder_;
};

TEST_F(LibraryTest, OpensAStateAndReadsThatNothingIsThere) {
    auto opened = state::State::open(
        {.directory = folder_, .environment = "default", .mode = state::OpenMode::Write});
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    const auto snapshot = (*opened)->read();
    ASSERT_TRUE(snapshot.ok()) << snapshot.error().text();
    EXPECT_TRUE(snapshot->rows.empty());
    EXPECT_TRUE(snapshot->open.empty());
}

TEST_F(LibraryTest, ConnectsToAShippedProvider) {
    const auto all = providers::all();
    provider::Host host;
    host.workspace_dir = folder_;
    host.state_dir = folder_;
    provider::ProviderRegistry registry({all.begin(), all.end()}, std::move(host));
    const provider::Provider* local = registry.provider_of("local.File");
    ASSERT_NE(local, nullptr);
    EXPECT_EQ(local->schema().provider, "local");
    const auto connected =
        registry.connect(*local, "default", value::Value(value::Value::Record{}));
    EXPECT_TRUE(connected.ok()) << connected.error().text();
    EXPECT_NE(registry.type("hetzner.Server"), nullptr);
}

}
