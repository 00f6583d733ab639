#include "base/worker_pool.hpp"

#include "base/last_catch.hpp"
#include "base/log.hpp"

namespace base {

WorkerPool::WorkerPool(std::size_t threads, std::size_t max_queued)
    : thread_count_(threads), max_queued_(max_queued) {
    CHECK(threads > 0);
}

WorkerPool::~WorkerPool() {
    // All are asked before the first is joined, so that they wind down together.
    for (Thread& thread : threads_) thread.request_stop();
    threads_.clear();
}

void WorkerPool::start() {
    // Not in the constructor: a thread may start before the object around the pool is built.
    CHECK(threads_.empty());
    threads_.reserve(thread_count_);
    for (std::size_t i = 0; i < thread_count_; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
}

Result<void> WorkerPool::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        // Refused rather than waited for: who submits may hold what the queued jobs need.
        if (queue_.size() >= max_queued_) {
            return Error(Code::Unavailable, "too much work is waiting already");
        }
        queue_.push_back(std::move(job));
    }
    work_arrived_.notify_one();
    return {};
}

// `running_` goes up under the same lock under which a job leaves the queue, so there is no gap in
// which both look empty.
void WorkerPool::wait_until_idle() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return queue_.empty() && running_ == 0; });
}

// The last catch: an exception ends the job, neither the thread nor the process.
void WorkerPool::run(Job& job, const std::stop_token& stop) {
    const Result<void> done = last_catch([&] { job(stop); });
    if (!done.ok()) log::error("a job ended early", {{"error.message", done.error().text()}});
}

void WorkerPool::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (work_arrived_.wait(lock, stop, [this] { return !queue_.empty(); })) {
        // What is still queued is dropped; the header says so.
        if (stop.stop_requested()) return;
        Job job = std::move(queue_.front());
        queue_.pop_front();
        ++running_;
        lock.unlock();
        run(job, stop);
        // Destroyed without the lock: what it holds may have a destructor that takes time, or
        // submits.
        job = {};
        lock.lock();
        if (--running_ == 0 && queue_.empty()) idle_.notify_all();
    }
}

}
