#include "base/clock.hpp"

#include "base/real_system.hpp"
#include "base/system.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <ctime>

namespace base {

namespace {

class SystemClock final : public Clock {
public:
    Time now() const override {
        // Microseconds: what the state's database keeps, so that a time that is read back equals
        // the one that was written.
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    std::chrono::nanoseconds elapsed() const override {
        timespec time{};
        // CLOCK_BOOTTIME goes on while the machine sleeps. A lease of a laptop that was closed for
        // an hour has run out, and the clock must say so.
        ::clock_gettime(CLOCK_BOOTTIME, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }
    void sleep_for(std::chrono::nanoseconds duration) override {
        if (duration <= std::chrono::nanoseconds::zero()) return;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
        timespec rest{.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
        // nanosleep() puts what is left into `rest`, so a signal does not lengthen the sleep.
        while (::nanosleep(&rest, &rest) != 0 && errno == EINTR) {
        }
    }
};

constinit SystemClock the_system_clock;

}

Clock& real_clock() { return the_system_clock; }

Clock& system_clock() { return operating_system().clock(); }

// RFC 3339, always UTC and always as long: such texts sort as the times do.
std::string format_time(Time time, bool milliseconds) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
    std::string out =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (milliseconds) out += fmt::format(".{:03}", clock.subseconds().count());
    return out + "Z";
}

}
