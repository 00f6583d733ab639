#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace cli {

// Turns SIGINT and SIGTERM into stop tokens while it lives. Make it before other threads start:
// they inherit the blocked signals.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();

    // After the first signal: begin nothing new, wait for what runs.
    std::stop_token first() const { return first_.get_token(); }
    // After the second SIGINT or SIGTERM: stop waiting.
    std::stop_token second() const { return second_.get_token(); }
    // The first signal's number, or 0.
    int signal() const { return signal_.load(); }

private:
    void wait(const std::stop_token& stop);

    std::stop_source first_;
    std::stop_source second_;
    std::atomic<int> signal_ = 0;
    std::jthread thread_;
};

}
