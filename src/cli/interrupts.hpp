#pragma once

#include "base/guarded.hpp"

#include <atomic>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace cli {

// Turns SIGINT and SIGTERM into stop tokens while it lives. Make it before other threads start:
// they inherit the blocked signals.
class Interrupts {
public:
    // What is being done decides what a signal does, beside setting the tokens.
    enum class Phase : unsigned char {
        Quiet,      // nothing more
        Looking,    // nothing is to be begun: the first ends the process
        Planning,   // nothing was begun yet: the second ends the process
        Asking,     // the same; who asks hears of the first by `wake_fd`
        Applying,   // the second stops waiting; the third ends the process
    };

    Interrupts();
    ~Interrupts();

    // What `notice` says is written to standard error by the first signal, even when the thread
    // that works is stuck: a read of a pipe, an evaluation without end. At once, if it has come and
    // was not told. It may be asked by another thread.
    using Notice = std::function<std::string()>;
    void enter(Phase phase, Notice notice = nullptr);

    // After the first signal: begin nothing new, wait for what runs.
    std::stop_token first() const { return first_.get_token(); }
    // After the second SIGINT or SIGTERM: stop waiting.
    std::stop_token second() const { return second_.get_token(); }
    // The first signal's number, or 0.
    int signal() const { return signal_.load(); }
    // Readable from the first signal on.
    int wake_fd() const { return wake_read_; }

private:
    struct Doing {
        Phase phase = Phase::Quiet;
        Notice notice;
        bool is_untold = false;   // the first signal came, and nothing was written
    };
    static void write_notice(const Notice& notice);
    void wait(const std::stop_token& stop);
    void take(int received);
    [[noreturn]] void end_now() const;

    std::stop_source first_;
    std::stop_source second_;
    std::atomic<int> signal_ = 0;
    int count_ = 0;   // the waiting thread's
    base::Guarded<Doing> doing_;
    int wake_read_ = -1;
    int wake_write_ = -1;
    std::jthread thread_;
};

}
