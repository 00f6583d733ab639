#include "base/log.hpp"

#include "base/fs.hpp"

#include <gtest/gtest.h>

namespace base {

TEST(Log, WritesJsonLinesFromItsLevelOn) {
    const std::string folder = make_temporary_directory("log_test").value();
    const std::string file = join_path(folder, "log");
    ASSERT_TRUE(log::configure({.level = log::Level::Info, .file = file}).ok());
    log::debug("not seen");
    log::info("a \"quoted\"\nline", {{"event.action", "test"}});
    ASSERT_TRUE(log::configure({}).ok());
    log::error("off again");
    const std::string text = read_file(file).value();
    EXPECT_EQ(text.substr(0, 15), "{\"@timestamp\":\"");
    EXPECT_NE(text.find("\"log.level\":\"info\",\"message\":\"a \\\"quoted\\\"\\nline\","
                        "\"event.action\":\"test\"}\n"),
              std::string::npos);
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    EXPECT_TRUE(remove_tree(folder).ok());
}

TEST(Log, KnowsItsLevels) {
    EXPECT_EQ(log::parse_level("debug"), log::Level::Debug);
    EXPECT_EQ(log::parse_level("loud"), std::nullopt);
}

}
