#pragma once

#include "net/client/curl_transport.hpp"
#include "providers/local/supervisor/control.hpp"
#include "providers/local/supervisor/health.hpp"
#include "providers/local/supervisor/log_file.hpp"
#include "providers/local/supervisor/restart_budget.hpp"
#include "providers/local/supervisor/supervised.hpp"

#include <memory>
#include <string>

namespace providers::local {

// One process under supervision: a state machine over child, health checks, clock and requests.
class Supervisor {
public:
    // In the process's folder, with the process's signals and standard descriptors to itself.
    base::Result<void> open();
    // Until it is over; the exit code.
    int run();

private:
    using State = Status::State;
    using Clock = std::chrono::steady_clock;
    static constexpr Clock::time_point kNever = Clock::time_point::max();

    void begin();
    void handle_end(int status);
    void schedule_restart(const std::string& what);
    enum class After { Stop, Start, Restart, Fail };
    void begin_stop(After after);
    void finish_stop();
    void end(State state, std::string reason);

    void check_health();
    void judge(bool is_healthy, const std::string& reason);
    void check_timers();
    Clock::time_point next_timer() const;
    void reap();
    void read_signals();
    void take_output();
    void reload(int document);
    std::string last_lines_of_output() const;
    void set_state(State state);
    void save();

    Spec spec_;
    Status status_;
    Supervised process_;
    LogFile log_;
    ControlServer control_;
    net::CurlTransport transport_;   // of health checks; loads nothing before the first
    std::unique_ptr<Probe> probe_;
    base::FileDescriptor signals_;

    bool is_first_start_ = true;   // of this specification: a failure is final
    After after_stop_ = After::Stop;
    int failures_ = 0;          // health checks in a row
    std::string last_reason_;   // of a health check
    std::string output_;        // the end of it
    RestartBudget restarts_;
    Clock::time_point next_check_ = kNever;
    Clock::time_point start_deadline_ = kNever;
    Clock::time_point kill_at_ = kNever;
    Clock::time_point restart_at_ = kNever;
};

}
