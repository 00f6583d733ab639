#pragma once

#include "base/process/spawn.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include <poll.h>

namespace base {

// A program that runs, with the pipes from it: whoever holds it waits for its descriptors, and
// steps it on when there is something at them or its next moment has come. Dropped before its end,
// it is left running. One thread at a time.
class RunningProgram {
public:
    using Steady = std::chrono::steady_clock;
    static constexpr std::size_t kDescriptors = 3;

    // The stop token of the options is not looked at.
    static Result<RunningProgram> start(const RunOptions& options);

    // What to wait for: as many entries as kDescriptors, some of them empty.
    std::array<pollfd, kDescriptors> descriptors() const;
    Steady::time_point next_moment() const;
    // What poll() told of the descriptors; tells whether it is over.
    bool step(std::span<const pollfd, kDescriptors> told);
    // At once, with its children: it has written more than it may.
    void kill_for_writing();
    // Once it is over.
    Ran take_result() { return std::move(ran_); }

private:
    RunningProgram(pid_t pid, FileDescriptor process, FileDescriptor output, FileDescriptor errors,
                   const RunOptions& options);
    void keep_time(Steady::time_point now);
    void reap();

    pid_t pid_;
    FileDescriptor process_;
    FileDescriptor output_;
    FileDescriptor errors_;
    std::size_t max_output_;
    Steady::time_point deadline_;   // when it is terminated, and then when it is killed
    bool is_terminated_ = false;
    std::optional<Steady::time_point> ended_;
    Ran ran_;
};

}
