#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace base {

class Condition;

// How threads begin and wait for each other, beneath Thread and Condition. Any thread.
class Threads {
public:
    using Duration = std::chrono::nanoseconds;
    using Holds = std::function<bool()>;

    // A thread that has begun; joined on destruction.
    class Running {
    public:
        virtual ~Running() = default;
    };

    virtual ~Threads() = default;
    virtual std::unique_ptr<Running> begin(std::move_only_function<void()> work) = 0;
    // Until `holds`, which is asked under the lock, the stop is requested or the time is over.
    // Whether it holds.
    virtual bool wait(Condition& condition, std::unique_lock<std::mutex>& lock,
                      const std::stop_token& stop, std::optional<Duration> longest,
                      const Holds& holds) = 0;
    virtual void notify(Condition& condition, bool all) = 0;
};

// Of the operating system in use.
Threads& threads();

// A thread that is asked to stop and joined on destruction.
class Thread {
public:
    explicit Thread(std::move_only_function<void(const std::stop_token&)> work)
        : running_(threads().begin(
              [work = std::move(work), stop = stop_.get_token()]() mutable { work(stop); })) {}
    ~Thread() { request_stop(); }
    Thread(Thread&&) noexcept = default;
    Thread& operator=(Thread&&) = delete;

    void request_stop() { stop_.request_stop(); }

private:
    std::stop_source stop_;
    std::unique_ptr<Threads::Running> running_;
};

// A condition variable. It is notified with or without the lock; whoever destroys it knows that
// nobody waits.
class Condition {
public:
    using Lock = std::unique_lock<std::mutex>;
    using Duration = Threads::Duration;

    void notify_one() { threads().notify(*this, false); }
    void notify_all() { threads().notify(*this, true); }

    template <typename Holds>
    void wait(Lock& lock, Holds&& holds) {
        threads().wait(*this, lock, {}, std::nullopt, std::ref(holds));
    }
    template <typename Holds>
    bool wait(Lock& lock, const std::stop_token& stop, Holds&& holds) {
        return threads().wait(*this, lock, stop, std::nullopt, std::ref(holds));
    }
    template <typename Holds>
    bool wait_for(Lock& lock, Duration longest, Holds&& holds) {
        return threads().wait(*this, lock, {}, longest, std::ref(holds));
    }
    template <typename Holds>
    bool wait_for(Lock& lock, const std::stop_token& stop, Duration longest, Holds&& holds) {
        return threads().wait(*this, lock, stop, longest, std::ref(holds));
    }

    // For Threads of the real system.
    std::condition_variable_any real;
};

}
