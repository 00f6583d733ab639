#include "base/worker_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>

namespace base {

TEST(WorkerPool, RunsEveryJob) {
    std::atomic<int> done = 0;
    WorkerPool pool(3, 1000);
    pool.start();
    for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(pool.submit([&](const std::stop_token&) { ++done; }).ok());
    }
    pool.wait_until_idle();
    EXPECT_EQ(done, 500);
}

TEST(WorkerPool, RefusesWhenFull) {
    WorkerPool pool(1, 1);   // not started: nothing is taken from the queue
    ASSERT_TRUE(pool.submit([](const std::stop_token&) {}).ok());
    EXPECT_EQ(pool.submit([](const std::stop_token&) {}).error().code(), Code::Unavailable);
}

TEST(WorkerPool, DestructionStopsWhatRunsAndDropsTheRest) {
    std::atomic<int> begun = 0;
    std::latch first_runs(1);
    {
        WorkerPool pool(1, 10);
        pool.start();
        ASSERT_TRUE(pool.submit([&](const std::stop_token& stop) {
                            ++begun;
                            first_runs.count_down();
                            while (!stop.stop_requested()) std::this_thread::yield();
                        })
                        .ok());
        for (int i = 0; i < 5; ++i) {
            ASSERT_TRUE(pool.submit([&](const std::stop_token&) { ++begun; }).ok());
        }
        first_runs.wait();
    }
    EXPECT_EQ(begun, 1);
}

TEST(WorkerPool, AnExceptionEndsItsJobAlone) {
    std::atomic<int> done = 0;
    WorkerPool pool(1, 10);
    pool.start();
    ASSERT_TRUE(
        pool.submit([](const std::stop_token&) { throw std::runtime_error("of a library"); }).ok());
    ASSERT_TRUE(pool.submit([](const std::stop_token&) { throw 7; }).ok());
    ASSERT_TRUE(pool.submit([&](const std::stop_token&) { ++done; }).ok());
    pool.wait_until_idle();
    EXPECT_EQ(done, 1);
}

}
