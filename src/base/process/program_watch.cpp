#include "base/process/program_watch.hpp"

#include "base/last_catch.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace base {

using Steady = RunningProgram::Steady;
using std::chrono::milliseconds;

ProgramWatch::~ProgramWatch() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    wake();
    thread_.join();
}

void ProgramWatch::wake() const {
    const std::uint64_t one = 1;
    // It only fails where the counter is full, and then it is awake.
    (void)!::write(woken_.get(), &one, sizeof one);
}

Result<void> ProgramWatch::start_thread() {
    if (thread_.joinable()) return {};
    woken_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!woken_) return system_error("making an event", errno);
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
    return {};
}

Result<void> ProgramWatch::run(const RunOptions& options, Ended ended) {
    {
        const std::lock_guard lock(mutex_);
        TRY(start_thread());
    }
    RunningProgram program = TRY(RunningProgram::start(options));
    const std::lock_guard lock(mutex_);
    new_.push_back({std::move(program), std::move(ended)});
    wake();
    return {};
}

void ProgramWatch::take_new(std::vector<Watched>& running) {
    std::uint64_t count = 0;
    (void)!::read(woken_.get(), &count, sizeof count);
    const std::lock_guard lock(mutex_);
    for (Watched& watched : new_) running.push_back(std::move(watched));
    new_.clear();
}

void ProgramWatch::work(const std::stop_token& stop) {
    constexpr std::size_t kEach = RunningProgram::kDescriptors;
    constexpr milliseconds kLongest{std::chrono::hours{1}};
    std::vector<Watched> running;
    std::vector<pollfd> waiting;
    while (!stop.stop_requested()) {
        waiting.assign(1, {.fd = woken_.get(), .events = POLLIN, .revents = 0});
        const Steady::time_point now = Steady::now();
        Steady::time_point next = now + kLongest;
        for (const Watched& watched : running) {
            const auto more = watched.program.descriptors();
            waiting.insert(waiting.end(), more.begin(), more.end());
            next = std::min(next, watched.program.next_moment());
        }
        const auto wait = std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds(0));
        ::poll(waiting.data(), waiting.size(), static_cast<int>(wait.count()));
        std::size_t at = 1;
        std::erase_if(running, [&](Watched& watched) {
            const std::span<const pollfd, kEach> told(waiting.data() + at, kEach);
            at += kEach;
            if (!watched.program.step(told)) return false;
            const Result<void> heard =
                last_catch([&] { watched.ended(watched.program.take_result()); });
            if (!heard.ok()) {
                log::error("the end of a program went unheard",
                           {{"error.message", heard.error().text()}});
            }
            return true;
        });
        if (waiting[0].revents != 0) take_new(running);
    }
}

}
