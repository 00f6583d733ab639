#include "base/process/program_watch.hpp"

#include <gtest/gtest.h>

#include <future>

namespace base {
namespace {

RunOptions shell(const char* text) {
    RunOptions out;
    out.spawn.program = "/bin/sh";
    out.spawn.arguments = {"/bin/sh", "-c", text};
    out.spawn.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
    return out;
}

std::future<Ran> run_in(ProgramWatch& watch, const RunOptions& options) {
    auto told = std::make_shared<std::promise<Ran>>();
    auto future = told->get_future();
    const auto begun = watch.run(options, [told](Ran ran) { told->set_value(std::move(ran)); });
    EXPECT_TRUE(begun.ok()) << begun.error().text();
    return future;
}

TEST(ProgramWatch, TellsTheEndOfEachAndKeepsItsPipesEmpty) {
    ProgramWatch watch;
    std::vector<std::future<Ran>> all;
    for (int i = 0; i < 20; ++i) {
        // More than a pipe holds.
        all.push_back(run_in(watch, shell("head -c 300000 /dev/zero; echo end >&2; exit 3")));
    }
    for (std::future<Ran>& one : all) {
        const Ran ran = one.get();
        EXPECT_EQ(ran.end, Ran::End::Exited);
        EXPECT_EQ(ran.code, 3);
        EXPECT_EQ(ran.output.size(), std::size_t{64} << 10);
        EXPECT_EQ(ran.errors, "end\n");
    }
}

TEST(ProgramWatch, EndsWhatTakesTooLong) {
    ProgramWatch watch;
    RunOptions slow = shell("sleep 60");
    slow.timeout = std::chrono::milliseconds(50);
    auto late = run_in(watch, slow);
    auto other = run_in(watch, shell("kill -9 $$"));
    EXPECT_EQ(other.get().end, Ran::End::Signalled);
    EXPECT_EQ(late.get().end, Ran::End::TimedOut);
}

TEST(ProgramWatch, LeavesWhatRunsWhenItGoes) {
    bool is_told = false;
    {
        ProgramWatch watch;
        ASSERT_TRUE(watch.run(shell("sleep 0.3"), [&](Ran) { is_told = true; }).ok());
    }
    EXPECT_FALSE(is_told);
}

TEST(ProgramWatch, SaysWhatCannotBeStarted) {
    ProgramWatch watch;
    RunOptions missing = shell("");
    missing.spawn.program = "/no/such/program";
    EXPECT_FALSE(watch.run(missing, [](Ran) { FAIL(); }).ok());
}

}
}
