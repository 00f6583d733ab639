#include "cli/interrupts.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

namespace cli {

static sigset_t watched_signals() {
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

// Wakes the waiting thread when it is to end; ignored by default, so harmless if it comes late.
static constexpr int kWake = SIGURG;

Interrupts::Interrupts() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        wake_read_ = ends[0];
        wake_write_ = ends[1];
    }
    sigset_t set = watched_signals();
    sigaddset(&set, kWake);
    // In this thread, before others exist; all later ones inherit it.
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::jthread([this](const std::stop_token& stop) { wait(stop); });
}

Interrupts::~Interrupts() {
    thread_.request_stop();
    // sigwait() does not see a stop token.
    ::pthread_kill(thread_.native_handle(), kWake);
    thread_.join();
    const sigset_t set = watched_signals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    if (wake_read_ >= 0) ::close(wake_read_);
    if (wake_write_ >= 0) ::close(wake_write_);
}

void Interrupts::enter(Phase phase, Notice notice) {
    Notice untold;
    doing_.with([&](Doing& doing) {
        doing.phase = phase;
        doing.notice = std::move(notice);
        if (!doing.is_untold || !doing.notice) return;
        untold = doing.notice;
        doing.is_untold = false;
    });
    if (untold) write_notice(untold);
    // What has come already ends what begins now.
    if (phase == Phase::Looking && signal_ != 0) end_now();
}

// _exit(): no destructor may wait for threads that wait for a platform.
void Interrupts::end_now() const {
    restore_echo();
    ::_exit(signal_ == SIGTERM ? kExitTerminated : kExitInterrupted);
}

// write() and not a stream: mostly by another thread than the one that prints.
void Interrupts::write_notice(const Notice& notice) {
    const std::string text = notice();
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

void Interrupts::wait(const std::stop_token& stop) {
    sigset_t set = watched_signals();
    sigaddset(&set, kWake);
    while (!stop.stop_requested()) {
        int received = 0;
        if (::sigwait(&set, &received) != 0 || received == kWake) continue;
        take(received);
    }
}

void Interrupts::take(int received) {
    // What the thread does next depends on what the program is at.
    ++count_;
    const Doing doing = doing_.with([this](Doing& now) {
        if (count_ == 1) {
            // Before the work has begun: what it says is told when it does.
            now.is_untold = !now.notice && now.phase == Phase::Quiet;
        }
        return now;
    });
    if (count_ == 1) {
        signal_ = received;
        if (doing.notice) write_notice(doing.notice);
        if (doing.phase == Phase::Looking) end_now();
        // Wakes a poll() that waits for an answer.
        [[maybe_unused]] const auto woken = ::write(wake_write_, "!", 1);
        first_.request_stop();
        return;
    }
    second_.request_stop();
    // What is durable is so at each step: recovery reads it from the state, however this ends.
    // While applying, the first signal stops beginning, the second stops waiting, the third ends
    // at once; elsewhere there is nothing to wait for, and the second ends.
    const int end_at = doing.phase == Phase::Applying ? 3 : 2;
    if (doing.phase != Phase::Quiet && count_ >= end_at) end_now();
}

}
