#include "cli/output.hpp"
#include "cli/terminal.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace cli {

TEST(Output, SwallowsWhatFollowsWhenTheReaderHasGone) {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ::close(ends[0]);
    Output output(ends[1], 16);
    for (int i = 0; i < 100; ++i) output.line("line {}", i);
    EXPECT_TRUE(output.reader_gone());
    EXPECT_TRUE(output.finish().ok());
    ::close(ends[1]);
}

static std::string written(const std::function<void(Output&)>& write) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    {
        Output output(ends[1]);
        write(output);
    }
    ::close(ends[1]);
    char bytes[4096];
    const ssize_t size = ::read(ends[0], bytes, sizeof(bytes));
    ::close(ends[0]);
    return std::string(bytes, size > 0 ? static_cast<std::size_t>(size) : 0);
}

// Whatever way a view takes, nothing but our own styles reaches a terminal.
TEST(Output, ShowsNoControlCharacterOfAnybodyElse) {
    const Terminal terminal{.is_terminal = true, .color = true};
    const std::string foreign = "a\x1b[2J\u009b\u202e\x7f\r\u2028b";
    const std::string shown = "a\\u{1b}[2J\\u{9b}\\u{202e}\\u{7f}\\u{d}\\u{2028}b";
    EXPECT_EQ(written([&](Output& out) { out.write(foreign); }), shown);
    EXPECT_EQ(written([&](Output& out) { out.line("{}", foreign); }), shown + "\n");
    EXPECT_EQ(written([&](Output& out) { out.print("{}", terminal.paint(Color::Red, foreign)); }),
              "\x1b[31m" + shown + "\x1b[0m");
    EXPECT_EQ(written([&](Output& out) {
                  out.write(terminal.paint(Color::Red, "x") + "\x1b[31mforged\x1b[0m");
              }),
              "\x1b[31mx\x1b[0m\\u{1b}[31mforged\\u{1b}[0m");
    EXPECT_EQ(written([&](Output& out) { out.raw(foreign); }), foreign);
    EXPECT_EQ(written([&](Output& out) {
                  out.set_for_programs();
                  out.write(foreign);
              }),
              foreign);
}

TEST(Output, JsonOnATerminalIsTheSameValue) {
    const std::string text = "{\"a\":\"\u009b\u202eé😀\U000e0041\xff\x7f\"}\n";
    const auto shown = [&](bool is_terminal) {
        return written([&](Output& out) {
            if (is_terminal) out.set_terminal();
            out.set_for_programs();
            out.line("{}", text.substr(0, text.size() - 1));
        });
    };
    EXPECT_EQ(shown(true), "{\"a\":\"\\u009b\\u202eé😀\\udb40\\udc41\ufffd\\u007f\"}\n");
    EXPECT_EQ(shown(false), text);
}

TEST(Output, TellsWhenTheDiskIsFull) {
    const int full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    Output output(full);
    output.write("x");
    EXPECT_EQ(output.finish().error().text(), "cannot write the output: No space left on device");
    ::close(full);
}

}
