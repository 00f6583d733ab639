#include "base/parallel.hpp"

#include "base/worker_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <new>
#include <stdexcept>
#include <thread>

namespace base {

TEST(ForEachParallel, AnswersEachInItsPlace) {
    WorkerPool pool(3, 100);
    pool.start();
    const auto answers = for_each_parallel(
        pool, 50, {.lanes = 7}, [](std::size_t i) { return Result<std::size_t>(i * i); });
    ASSERT_EQ(answers.size(), 50U);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(*answers[i], i * i);
}

TEST(ForEachParallel, NothingToDoIsDoneAtOnce) {
    WorkerPool pool(1, 1);   // not started: a job would never run
    EXPECT_TRUE(for_each_parallel(pool, 0, {}, [](std::size_t) { return Result<void>(); }).empty());
}

TEST(ForEachParallel, TheCallerHelpsWhereTheQueueIsFull) {
    WorkerPool pool(1, 0);
    const auto answers = for_each_parallel(pool, 3, {}, [](std::size_t) {
        return Result<std::thread::id>(std::this_thread::get_id());
    });
    for (const auto& answer : answers) EXPECT_EQ(*answer, std::this_thread::get_id());
}

TEST(ForEachParallel, AnExceptionIsAnErrorOfItsTask) {
    WorkerPool pool(2, 10);
    pool.start();
    const auto answers = for_each_parallel(pool, 4, {}, [](std::size_t i) {
        if (i == 1) throw std::runtime_error("of a library");
        if (i == 2) throw std::bad_alloc();
        if (i == 3) throw 7;
        return Result<int>(1);
    });
    EXPECT_EQ(*answers[0], 1);
    EXPECT_EQ(answers[1].error().code(), Code::Internal);
    EXPECT_EQ(answers[1].error().text(), "unexpected: of a library");
    EXPECT_EQ(answers[2].error().code(), Code::Exhausted);
    EXPECT_EQ(answers[3].error().code(), Code::Internal);
}

TEST(ForEachParallel, StoppedItBeginsNothingMore) {
    WorkerPool pool(2, 10);
    pool.start();
    std::stop_source stop;
    std::atomic<int> begun = 0;
    const auto answers =
        for_each_parallel(pool, 100, {.lanes = 2, .stop = stop.get_token()}, [&](std::size_t) {
            ++begun;
            stop.request_stop();
            return Result<void>();
        });
    EXPECT_LE(begun, 2);
    EXPECT_EQ(answers[99].error().code(), Code::Cancelled);
}

TEST(ForEachParallel, TheCallerHearsOfProgress) {
    WorkerPool pool(1, 10);
    pool.start();
    std::latch heard(1);
    bool is_heard = false;
    const auto progress = [&](std::size_t ended) {
        EXPECT_EQ(ended, 1U);
        if (!is_heard) heard.count_down();
        is_heard = true;
    };
    for_each_parallel(pool, 2, {.lanes = 1, .progress = progress}, [&](std::size_t i) {
        if (i == 1) heard.wait();   // ends when the caller was told of the first
        return Result<void>();
    });
    EXPECT_TRUE(is_heard);
}

}
