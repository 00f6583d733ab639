#pragma once

#include "base/process/running_program.hpp"

#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace base {

// Waits for any number of programs on one thread of its own, which exists from the first on. Any
// thread may call.
class ProgramWatch {
public:
    // Called on the watch's thread; has to be short.
    using Ended = std::move_only_function<void(Ran)>;

    ProgramWatch() = default;
    // What still runs is left running, and its end is told to nobody.
    ~ProgramWatch();
    ProgramWatch(const ProgramWatch&) = delete;
    ProgramWatch& operator=(const ProgramWatch&) = delete;

    // Starts the program; `ended` is called once, unless this fails.
    Result<void> run(const RunOptions& options, Ended ended);

private:
    struct Watched {
        RunningProgram program;
        Ended ended;
    };

    Result<void> start_thread();
    void work(const std::stop_token& stop);
    void take_new(std::vector<Watched>& running);
    void wake() const;

    FileDescriptor woken_;   // an eventfd: there is something new
    std::mutex mutex_;
    std::vector<Watched> new_;
    std::jthread thread_;
};

}
