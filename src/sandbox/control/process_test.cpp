#include "base/fs.hpp"
#include "sandbox/control/loopback.hpp"
#include "sandbox/control/sandbox_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/wait.h>

// The process itself, as `provisioning sandbox start` runs it.
namespace sandbox {
namespace {

class ProcessTest : public testing::Test {
protected:
    void SetUp() override {
        const char* binary = std::getenv("PROVISIONING_BINARY");
        ASSERT_NE(binary, nullptr) << "PROVISIONING_BINARY names the program under test";
        binary_ = binary;
        folder_ = base::make_temporary_directory("sandbox").value();
    }
    void TearDown() override {
        const auto stopped = sandbox().stop();
        EXPECT_TRUE(stopped.ok());
        (void)base::remove_tree(folder_);
    }

    SandboxFolder sandbox() const { return SandboxFolder(folder_); }
    Info start(const std::vector<std::string>& arguments = {"--seed", "5", "--rate-limit", "0"}) {
        auto info = sandbox().start(binary_, arguments);
        EXPECT_TRUE(info.ok()) << (info.ok() ? "" : info.error().text());
        return info.ok() ? *info : Info{};
    }
    // How many networks there are.
    std::size_t count(const Info& info) {
        const auto told = ask_loopback(
            {.port = info.port, .token = info.token, .method = "GET", .target = "/v1/networks"});
        return told.ok() ? static_cast<std::size_t>(
                               told->find("meta", "pagination")->int64_or("total_entries", -1))
                         : 9999;
    }
    bool create(const Info& info, int number) {
        const auto told = ask_loopback(
            {.port = info.port,
             .token = info.token,
             .method = "POST",
             .target = "/v1/networks",
             .body = R"({"name":"n)" + std::to_string(number) + R"(","ip_range":"10.0.0.0/16"})"});
        return told.ok();
    }

    std::string binary_;
    std::string folder_;
};

TEST_F(ProcessTest, KeepsItsWorldTokenAndPortAcrossAStop) {
    const Info first = start();
    EXPECT_TRUE(sandbox().is_running());
    EXPECT_TRUE(create(first, 1));
    EXPECT_EQ(count(first), 1U);
    EXPECT_TRUE(sandbox().stop().value());
    EXPECT_FALSE(sandbox().is_running());
    EXPECT_FALSE(sandbox().stop().value());
    const Info second = start();
    EXPECT_EQ(second.token, first.token);
    EXPECT_EQ(second.endpoint, first.endpoint);
    EXPECT_NE(second.pid, first.pid);
    EXPECT_EQ(count(second), 1U);
}

TEST_F(ProcessTest, LosesNothingThatWasAnsweredWhenItIsKilled) {
    Info info = start();
    std::size_t answered = 0;
    for (int round = 0; round < 5; ++round) {
        std::atomic<std::size_t> answers{0};
        {
            std::jthread client([&](const std::stop_token& stop) {
                for (int i = 0; !stop.stop_requested(); ++i) {
                    if (!create(info, round * 100'000 + i)) return;
                    ++answers;
                }
            });
            while (answers < 20) std::this_thread::yield();
            ASSERT_EQ(::kill(static_cast<pid_t>(info.pid), SIGKILL), 0);
        }
        answered += answers;
        while (sandbox().is_running()) std::this_thread::yield();
        info = start();
        const std::size_t there = count(info);
        EXPECT_GE(there, answered);
        EXPECT_LE(there, answered + 1) << "one may have been made and not answered";
        answered = there;
    }
}

TEST_F(ProcessTest, HasOneProcessForAFolder) {
    std::vector<Info> infos(3);
    {
        std::vector<std::jthread> starters;
        for (Info& info : infos) starters.emplace_back([&] { info = start(); });
    }
    for (const Info& info : infos) EXPECT_EQ(info.pid, infos[0].pid);
}

TEST_F(ProcessTest, EndsWhenItsFolderGoes) {
    const Info info = start();
    ASSERT_TRUE(base::remove_tree(folder_).ok());
    int status = 0;
    EXPECT_EQ(::waitpid(static_cast<pid_t>(info.pid), &status, 0), info.pid);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(ProcessTest, SaysWhyItDoesNotStart) {
    const auto failed = sandbox().start(binary_, {"--cloud", "atlantis"});
    ASSERT_FALSE(failed.ok());
    EXPECT_NE(failed.error().text().find("atlantis"), std::string::npos);
    ASSERT_TRUE(base::make_directories(sandbox().path("world")).ok());
    ASSERT_TRUE(base::write_file_atomic(sandbox().path("world") + "/world.json", "nothing").ok());
    const auto damaged = sandbox().start(binary_, {});
    ASSERT_FALSE(damaged.ok());
    EXPECT_NE(damaged.error().text().find("world.json"), std::string::npos);
}

}
}
