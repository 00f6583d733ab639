#include "cli/output.hpp"

#include <gtest/gtest.h>

#include <csignal>

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

TEST(Output, TellsWhenTheDiskIsFull) {
    const int full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    Output output(full);
    output.write("x");
    EXPECT_EQ(output.finish().error().text(), "cannot write the output: No space left on device");
    ::close(full);
}

}
