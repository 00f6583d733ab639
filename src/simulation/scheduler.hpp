#pragma once

#include "base/random.hpp"
#include "base/threads.hpp"
#include "simulation/process.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <thread>
#include <vector>

#include <semaphore.h>

namespace simulation {

// Real threads of which one runs at a time: whoever waits hands on to another, which the seed
// chooses. When all wait, time goes on to the next moment at which something happens. The thread
// that makes it is the first.
class Scheduler final : public base::Threads {
public:
    explicit Scheduler(std::uint64_t seed);
    ~Scheduler() override;
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    std::unique_ptr<Running> begin(std::move_only_function<void()> work) override;
    bool wait(base::Condition& condition, std::unique_lock<std::mutex>& lock,
              const std::stop_token& stop, std::optional<Duration> longest,
              const Holds& holds) override;
    void notify(base::Condition& condition, bool all) override;

    // Since the beginning. In a process that is dead, with what it has waited since.
    Duration elapsed() const { return now_; }
    void sleep_for(Duration duration, const std::stop_token& stop = {});
    // Lets others go first, if the seed says so.
    void yield();
    // Called at that time, by no process.
    void at(Duration moment, std::function<void()> work);

    bool is_in_moment() const { return is_in_moment_; }
    // The process of the thread that runs; null: none.
    Process* process() const;
    // Begins a thread of that process. A thread that begins another has it in its own.
    std::unique_ptr<Running> begin_in(Process& process, std::move_only_function<void()> work);
    // Nothing else runs until its threads have ended; then `after` is called, at the time at which
    // it was killed.
    void let_end(Process& process, std::function<void()> after);

    std::uint64_t switches() const { return switches_; }
    // Called when all wait and nothing will happen, or there were too many switches; does not
    // return.
    std::function<void(const char* why)> on_stuck;
    std::uint64_t most_switches = 20'000'000;

private:
    // What a thread waits for until it is its turn. POSIX's own: that of C++ first yields to
    // others for a while, of which none can run.
    class Turn {
    public:
        Turn() { ::sem_init(&semaphore_, 0, 0); }
        ~Turn() { ::sem_destroy(&semaphore_); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        void release() { ::sem_post(&semaphore_); }
        void acquire() {
            while (::sem_wait(&semaphore_) != 0) {
            }
        }

    private:
        sem_t semaphore_;
    };

    struct Task {
        std::uint64_t number = 0;
        Process* process = nullptr;
        bool is_waiting = false;
        bool has_ended = false;
        bool is_joined = false;
        const base::Condition* condition = nullptr;
        std::optional<Duration> until;
        Turn turn;
        std::thread thread;   // NOLINT: joined by Handle, whatever happens
    };
    class Handle;

    Task& current() const;
    void wait_in_turn(Task& task);
    void end(Task& task);
    void join(Task& task);
    Task& next();
    bool may_run(const Task& task) const;
    bool advance();
    void run_due();
    void finish_dead();

    base::Random random_;
    Duration now_{0};
    std::list<Task> tasks_;   // in the order of their beginning
    std::uint64_t numbered_ = 0;
    std::multimap<Duration, std::function<void()>> moments_;
    std::uint64_t switches_ = 0;
    Process* ending_ = nullptr;
    Duration killed_at_{0};
    bool is_asked_to_end_ = false;
    std::function<void()> after_end_;
    bool is_in_moment_ = false;
};

}
