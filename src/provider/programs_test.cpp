#include "provider/programs.hpp"

#include "base/fs.hpp"
#include "provider/provider.hpp"

#include <gtest/gtest.h>

namespace provider {
namespace {

class ProgramIdentity : public testing::Test {
protected:
    ProgramIdentity() {
        root_ = base::real_path(base::make_temporary_directory("programs").value()).value();
        write("check.sh", "true\n");
        write("data", "1\n");
        write("tool", "#!/bin/sh\n", 0755);
    }
    ~ProgramIdentity() override { EXPECT_TRUE(base::remove_tree(root_).ok()); }

    void write(const std::string& name, std::string_view text, unsigned mode = 0644) const {
        EXPECT_TRUE(
            base::write_file_atomic(root_ + "/" + name, text, {.mode = mode, .sync = false}).ok());
    }
    std::string identity(std::vector<std::string> arguments) const {
        return identity_of({.kind = "test",
                            .file = "/bin/sh",
                            .arguments = std::move(arguments),
                            .directory = root_,
                            .environment = {},
                            .passed = {}},
                           root_);
    }
    // Whether a program becomes another one when this file of the workspace changes.
    bool depends_on(const std::string& name, const std::vector<std::string>& arguments) const {
        const std::string before = identity(arguments);
        const std::string path = root_ + "/" + name;
        const std::string text = base::read_file(path).value();
        const bool is_program = name == "tool";
        write(name, text + "# more\n", is_program ? 0755 : 0644);
        return identity(arguments) != before;
    }

    std::string root_;
};

TEST_F(ProgramIdentity, HasWhatIsRunAndNotWhatIsRead) {
    EXPECT_TRUE(depends_on("tool", {"./tool"}));
    EXPECT_TRUE(depends_on("tool", {"sh", "-c", "cd . && exec ./tool data"}));
    EXPECT_TRUE(depends_on("check.sh", {"/usr/bin/python3.12", "-u", "check.sh", "data"}));
    EXPECT_TRUE(depends_on("check.sh", {"sh", "-c", "test -e data && sh ./check.sh"}));
    EXPECT_TRUE(depends_on("check.sh", {"sh", "-c", ". ./check.sh; true"}));
    EXPECT_FALSE(depends_on("data", {"sh", "-c", "sh ./check.sh data"}));
    EXPECT_FALSE(depends_on("data", {"sh", "-c", "grep -q 1 data"}));
    EXPECT_FALSE(depends_on("check.sh", {"sh", "-c", "cat check.sh"}));
}

TEST_F(ProgramIdentity, HasEverythingThatItIsStartedWith) {
    const ProgramStart start{.kind = "test",
                             .file = "/bin/sh",
                             .arguments = {"sh", "ab", "c"},
                             .directory = root_,
                             .environment = {},
                             .passed = {}};
    const std::string same = identity_of(start, root_);
    const auto differs = [&](const auto& change) {
        ProgramStart other = start;
        change(other);
        return identity_of(other, root_) != same;
    };
    EXPECT_FALSE(differs([](ProgramStart&) {}));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.kind = "x"; }));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.file = "/usr/bin/sh"; }));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.arguments = {"sh", "a", "bc"}; }));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.directory = "/"; }));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.environment["LD_PRELOAD"] = "x.so"; }));
    EXPECT_TRUE(differs([](ProgramStart& s) { s.passed.emplace_back("HCLOUD_TOKEN"); }));
}

TEST(Programs, AHostWithoutConsentStartsWhatItIsAsked) {
    EXPECT_TRUE(may_start(Host{}, Program{}).ok());
    EXPECT_TRUE(require(Host{}, {}).ok());
}

TEST(Programs, AreShownWholeAndHarmless) {
    EXPECT_EQ(shown_command({"/bin/sh", "-c", "a b\033[2K"}), "/bin/sh -c 'a b\\u{1b}[2K'");
}

}
}
