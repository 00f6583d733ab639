#include "cli/settings.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace cli {

class SettingsTest : public testing::Test {
protected:
    void SetUp() override { folder_ = base::make_temporary_directory("settings_test").value(); }
    void TearDown() override { EXPECT_TRUE(base::remove_tree(folder_).ok()); }

    std::string write(std::string_view text) const {
        const std::string path = base::join_path(folder_, "settings.toml");
        EXPECT_TRUE(base::write_file_atomic(path, text, {.sync = false}).ok());
        return path;
    }
    std::string error_of(std::string_view text) const {
        const auto read = Settings().read_file(write(text));
        return read.ok() ? "" : base::replace_all(read.error().text(), folder_ + "/", "");
    }

    std::string folder_;
};

TEST_F(SettingsTest, KnowsWhereAValueComesFrom) {
    Settings settings;
    EXPECT_EQ(settings.find("log.level").origin, "default");
    const std::string path =
        write("# mine\n[log]\nlevel = \"info\" # loud\n[apply]\nparallelism = 8\n");
    ASSERT_TRUE(settings.read_file(path).ok());
    EXPECT_EQ(settings.text("log.level"), "info");
    EXPECT_EQ(settings.find("log.level").origin, path + ":3");
    EXPECT_EQ(settings.number("apply.parallelism"), 8U);
    ASSERT_TRUE(settings.set("log.level", "debug", "--log-level").ok());
    EXPECT_EQ(settings.find("log.level").origin, "--log-level");
}

TEST_F(SettingsTest, RefusesBadFilesWithTheLine) {
    EXPECT_EQ(error_of("[log]\nlevle = \"info\"\n"),
              "settings.toml:2: unknown setting `log.levle`");
    EXPECT_EQ(
        error_of("[log]\nlevel = \"loud\"\n"),
        "settings.toml:2: setting `log.level`: `loud` is not one of off, error, warn, info, debug");
    EXPECT_EQ(error_of("[log]\nlevel = info\n"), "settings.toml:2: invalid value");
    EXPECT_EQ(error_of("[log]\nlevel = \"info\n"), "settings.toml:2: expected a closing quote");
    EXPECT_EQ(error_of("level = 1\n"),
              "settings.toml:1: a setting is written as key = value, below a [section]");
    EXPECT_EQ(error_of("[log]\nlevel = [\n1]\n"),
              "settings.toml:2: a value is a text in double quotes, a whole number, true or false");
    EXPECT_EQ(error_of("[log.level]\na = 1\n"),
              "settings.toml:1: a value is a text in double quotes, a whole number, true or false");
    EXPECT_EQ(error_of("[lo g]\n"), "settings.toml:1: expected a closing bracket");
    EXPECT_EQ(error_of("[log]\nlevel = \"info\"\nlevel = \"info\"\n"),
              "settings.toml:3: the key 'level' is defined twice, first in line 2");
    EXPECT_EQ(error_of("[apply]\nparallelism = 99999999999999999999\n"),
              "settings.toml:2: setting `apply.parallelism`: 99999999999999999999 does not fit in "
              "64 bits");
    EXPECT_EQ(error_of("[apply]\nparallelism = 1.5\n"),
              "settings.toml:2: setting `apply.parallelism`: `1.5` is not a whole number");
}

TEST_F(SettingsTest, AWorkspaceIsOnlyStricter) {
    constexpr auto kWorkspace = Settings::Author::Workspace;
    Settings settings;
    ASSERT_TRUE(settings.set("limits.depth", "400", "mine").ok());
    ASSERT_TRUE(settings.set("limits.import_roots", folder_, "mine").ok());
    ASSERT_TRUE(base::make_directories(folder_ + "/in").ok());
    ASSERT_TRUE(settings
                    .read_text("[limits]\ndepth = 500\nmemory_mib = 64\nsteps = 0\n"
                               "import_roots = \"in:/etc:..\"\n[state]\nhistory = \"3d\"\n",
                               folder_ + "/settings.toml", kWorkspace)
                    .ok());
    EXPECT_EQ(settings.number("limits.depth"), 400U);
    EXPECT_EQ(settings.find("limits.depth").origin, "mine");
    EXPECT_EQ(settings.number("limits.memory_mib"), 64U);
    EXPECT_EQ(settings.number("limits.steps"), 20000000000U);
    EXPECT_EQ(settings.text("limits.import_roots"), base::real_path(folder_ + "/in").value());
    EXPECT_EQ(settings.text("state.history"), "3d");
    EXPECT_EQ(settings.without_effect().size(), 2U);
    for (const SettingSpec& spec : setting_specs()) {
        const auto set = Settings().set_by_workspace(spec.name, spec.fallback, "x:1", folder_);
        EXPECT_EQ(set.ok(), spec.workspace != WorkspaceMay::SetNothing) << spec.name;
    }
}

TEST_F(SettingsTest, AMissingFileIsFine) {
    Settings settings;
    EXPECT_TRUE(settings.read_file(folder_ + "/none.toml").ok());
}

TEST(Settings, HaveVariables) { EXPECT_EQ(variable_of("log.level"), "PROVISIONING_LOG_LEVEL"); }

TEST(Settings, DefaultsAreValid) {
    Settings settings;
    for (const SettingSpec& spec : setting_specs()) {
        EXPECT_TRUE(settings.set(spec.name, spec.fallback, "test").ok()) << spec.name;
        EXPECT_FALSE(spec.help.empty()) << spec.name;
    }
}

}
