#pragma once

#include "base/last_catch.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace base {

class WorkerPool;

struct ParallelOptions {
    std::size_t lanes = 16;   // at most so many tasks at once
    std::stop_token stop;     // what was not begun is not begun any more
    // Called a few times a second by the thread that waits, with how many tasks have ended.
    std::function<void(std::size_t ended)> progress;
};

// Calls `task(i)` for each i below count, on the pool, and waits until all that began have ended.
// The calling thread helps where the pool's queue is full. Tasks must not throw: use
// `for_each_parallel`.
void run_lanes(WorkerPool& workers, std::size_t count, const ParallelOptions& options,
               const std::function<void(std::size_t)>& task);

// The answers of `work(i)`, which is a Result, for each i below count. An exception is an error of
// its task alone; a task that was not begun because of the stop token is Cancelled.
template <typename Work>
auto for_each_parallel(WorkerPool& workers, std::size_t count, const ParallelOptions& options,
                       const Work& work) {
    using Answer = decltype(work(std::size_t{}));
    std::vector<std::optional<Answer>> answers(count);
    run_lanes(workers, count, options,
              [&](std::size_t i) { answers[i].emplace(last_catch([&] { return work(i); })); });
    std::vector<Answer> out;
    out.reserve(count);
    for (std::optional<Answer>& answer : answers) {
        out.push_back(answer ? std::move(*answer)
                             : Answer(Error(Code::Cancelled, "stopped before it began")));
    }
    return out;
}

}
