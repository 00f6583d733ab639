#include "cli/interrupts.hpp"

#include <csignal>
#include <ctime>

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
    sigset_t set = watched_signals();
    sigaddset(&set, kWake);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::jthread([this](const std::stop_token& stop) { wait(stop); });
}

Interrupts::~Interrupts() {
    thread_.request_stop();
    ::pthread_kill(thread_.native_handle(), kWake);
    thread_.join();
    const sigset_t set = watched_signals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Interrupts::wait(const std::stop_token& stop) {
    sigset_t set = watched_signals();
    sigaddset(&set, kWake);
    while (!stop.stop_requested()) {
        int received = 0;
        if (::sigwait(&set, &received) != 0 || received == kWake) continue;
        if (signal_ == 0) {
            signal_ = received;
            first_.request_stop();
        } else {
            second_.request_stop();
        }
    }
}

}
