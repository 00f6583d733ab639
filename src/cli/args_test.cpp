#include "cli/args.hpp"

#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace cli {

class ArgsTest : public testing::Test {
protected:
    ArgsTest() {
        args_.flag("yes,y", yes_, "approve");
        args_.flag("all,a", all_, "everything");
        args_.option("format,f", &format_, "the form").values({"json", "yaml"});
        args_.option("set", &set_, "override");
        args_.option("limit", &limit_, "how many");
        args_.positional("ADDRESS", &address_, "the resource");
        args_.positional("FILE", &files_, "more");
        args_.rest("EXPR", rest_, "customise");
    }

    std::string error_of(const std::vector<std::string>& tokens) {
        const auto parsed = args_.parse(tokens);
        if (parsed.ok()) return "";
        EXPECT_EQ(exit_code_of(parsed.error()), kExitUsage);
        const std::string_view help = parsed.error().help();
        return parsed.error().text() + (help.empty() ? "" : " / ") + std::string(help);
    }

    Args args_;
    bool yes_ = false;
    bool all_ = false;
    std::optional<std::string> format_;
    std::vector<std::string> set_;
    std::uint64_t limit_ = 10;
    std::string address_;
    std::vector<std::string> files_;
    std::vector<std::string> rest_;
};

TEST_F(ArgsTest, TakesEveryForm) {
    EXPECT_EQ(error_of({"-ya", "--set=a=1", "web.1", "--set", "b", "-fyaml", "--limit", "3", "x",
                        "-", "--", "--not-an-option"}),
              "");
    EXPECT_TRUE(yes_ && all_);
    EXPECT_EQ(set_, (std::vector<std::string>{"a=1", "b"}));
    EXPECT_EQ(format_, "yaml");
    EXPECT_EQ(limit_, 3U);
    EXPECT_EQ(address_, "web.1");
    EXPECT_EQ(files_, (std::vector<std::string>{"x", "-"}));
    EXPECT_EQ(rest_, (std::vector<std::string>{"--not-an-option"}));
}

TEST_F(ArgsTest, ExplainsMistakes) {
    EXPECT_EQ(error_of({"--fromat", "json"}),
              "unknown option `--fromat` / did you mean `--format`?");
    EXPECT_EQ(error_of({"a", "--format", "jsn"}),
              "`jsn` is no value of `format` / did you mean `json`?");
    EXPECT_EQ(error_of({"a", "--format", "zzzz"}),
              "`zzzz` is no value of `format` / possible values: json, yaml");
    EXPECT_EQ(error_of({"a", "-x"}), "unknown option `-x`");
    EXPECT_EQ(error_of({"a", "--yes=1"}), "`--yes` takes no value");
    EXPECT_EQ(error_of({"a", "--set"}), "`--set` needs a value / write `--set VALUE`");
    EXPECT_EQ(error_of({"a", "--limit", "-1"}), "`--limit` takes a whole number, not `-1`");
}

TEST_F(ArgsTest, RefusesRepetition) {
    EXPECT_EQ(error_of({"a", "-f", "json", "-f", "yaml"}), "`--format` is given twice");
}

TEST_F(ArgsTest, SaysWhatIsMissing) {
    EXPECT_EQ(error_of({"--yes"}), "ADDRESS is missing / the resource");
}

TEST(Args, RefusesWhatNobodyTakes) {
    Args args;
    EXPECT_EQ(args.parse({"extra"}).error().text(), "unexpected argument `extra`");
    EXPECT_EQ(args.parse({"--", "extra"}).error().text(), "unexpected argument `extra`");
}

}
