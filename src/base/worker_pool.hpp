#pragma once

#include "base/result.hpp"
#include "base/threads.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <vector>

namespace base {

// A fixed number of threads over a bounded queue. The destructor asks running jobs to stop (through
// their token), drops those that have not begun, and joins. Jobs must not throw. Any thread.
class WorkerPool {
public:
    using Job = std::move_only_function<void(std::stop_token)>;

    WorkerPool(std::size_t threads, std::size_t max_queued);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void start();
    // Unavailable when the queue is full.
    Result<void> submit(Job job);
    // Until nothing is queued or running. Not from inside a job.
    void wait_until_idle();

private:
    static void run(Job& job, const std::stop_token& stop);
    void work(const std::stop_token& stop);

    const std::size_t thread_count_;
    const std::size_t max_queued_;
    std::mutex mutex_;
    Condition work_arrived_;
    Condition idle_;
    std::deque<Job> queue_;
    std::size_t running_ = 0;
    std::vector<Thread> threads_;
};

}
