#include "cli/interrupts.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include <unistd.h>

namespace cli {

static bool comes_true(const std::stop_token& token) {
    for (int i = 0; i < 5000 && !token.stop_requested(); ++i) ::usleep(1000);
    return token.stop_requested();
}

TEST(Interrupts, TheFirstSignalAsksTheSecondInsists) {
    Interrupts interrupts;
    EXPECT_EQ(interrupts.signal(), 0);
    ::kill(::getpid(), SIGTERM);
    EXPECT_TRUE(comes_true(interrupts.first()));
    EXPECT_FALSE(interrupts.second().stop_requested());
    ::kill(::getpid(), SIGINT);
    EXPECT_TRUE(comes_true(interrupts.second()));
    EXPECT_EQ(interrupts.signal(), SIGTERM);
}

TEST(Interrupts, OfBeforeTheWorkAreToldWhenItBegins) {
    Interrupts interrupts;
    ::testing::internal::CaptureStderr();
    ::kill(::getpid(), SIGINT);
    EXPECT_TRUE(comes_true(interrupts.first()));
    interrupts.enter(Interrupts::Phase::Planning, [] { return std::string("told"); });
    interrupts.enter(Interrupts::Phase::Planning, [] { return std::string("told again"); });
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "told");
}

TEST(Interrupts, EndQuietlyWithoutASignal) {
    const Interrupts interrupts;
    EXPECT_FALSE(interrupts.first().stop_requested());
}

}
