#pragma once

#include <chrono>
#include <string>

namespace base {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

// Where time comes from; tests use FakeClock. Any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    // Since some fixed moment; never jumps, and runs on while the machine sleeps (for leases).
    virtual std::chrono::nanoseconds elapsed() const = 0;
    virtual void sleep_for(std::chrono::nanoseconds duration) = 0;
};

Clock& system_clock();

// Stands still until told; sleep_for advances it at once. Not for several threads.
class FakeClock final : public Clock {
public:
    Time now() const override { return now_; }
    std::chrono::nanoseconds elapsed() const override { return elapsed_; }
    void sleep_for(std::chrono::nanoseconds duration) override { advance(duration); }

    void advance(std::chrono::nanoseconds duration) {
        elapsed_ += duration;
        now_ += std::chrono::duration_cast<std::chrono::microseconds>(duration);
    }
    void set_now(Time now) { now_ = now; }

private:
    Time now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}};
    std::chrono::nanoseconds elapsed_{0};
};

// RFC 3339 in UTC, "2026-01-02T03:04:05Z", with milliseconds when asked.
std::string format_time(Time time, bool milliseconds = false);

}
