#include "base/parallel.hpp"

#include "base/threads.hpp"
#include "base/worker_pool.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

namespace base {

Error error_of(const std::exception& failure) {
    return internal(std::string("unexpected: ") + failure.what());
}

void run_lanes(WorkerPool& workers, std::size_t count, const ParallelOptions& options,
               const std::function<void(std::size_t)>& task) {
    // Progress is for people; more often than they look is waste.
    constexpr std::chrono::milliseconds kTick{100};
    const std::size_t lanes = std::min(std::max<std::size_t>(options.lanes, 1), count);
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> ended{0};
    std::mutex mutex;
    Condition lane_ended;
    std::size_t running = lanes;
    // The pool's own stop token is not asked: who destroys the pool cannot be waiting here.
    const auto lane = [&](const std::stop_token&) {
        while (!options.stop.stop_requested()) {
            // Tasks are taken one by one and not dealt out before: one that takes long does not
            // hold up others behind it.
            const std::size_t i = next++;
            if (i >= count) break;
            task(i);
            ++ended;
        }
        // Under the lock, or the waiting thread could leave, and take the condition along, before
        // it is told.
        const std::lock_guard lock(mutex);
        --running;
        lane_ended.notify_one();
    };
    for (std::size_t i = 0; i < lanes; ++i) {
        // The queue is full: this thread does the lane's work. It would only wait otherwise.
        if (!workers.submit(lane).ok()) lane({});
    }
    std::unique_lock lock(mutex);
    while (!lane_ended.wait_for(lock, kTick, [&] { return running == 0; })) {
        if (!options.progress) continue;
        lock.unlock();
        options.progress(ended);
        lock.lock();
    }
}

}
