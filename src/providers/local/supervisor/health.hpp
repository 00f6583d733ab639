#pragma once

#include "base/fs.hpp"
#include "providers/local/supervisor/spec.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

namespace providers::local {

// One health check under way, as a small state machine for the supervisor's loop: it never waits.
class Probe {
public:
    using Clock = std::chrono::steady_clock;

    Probe(const Health& health, const Spec& spec);
    ~Probe();
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    // To wait on; -1 when only time or the end of a child can change anything.
    int fd() const { return socket_.get(); }
    short events() const;
    Clock::time_point deadline() const { return deadline_; }

    // Healthy or not, once it is known; call when fd() is ready or the deadline has come.
    std::optional<bool> step();
    const std::string& reason() const { return reason_; }
    // The exit of a child that may be this check's.
    bool takes_exit(pid_t pid, int status);

private:
    void connect();
    void start_command(const Spec& spec);
    std::optional<bool> fail(std::string reason);
    std::optional<bool> read_answer();

    Health health_;
    Clock::time_point deadline_;
    base::FileDescriptor socket_;
    bool is_connected_ = false;
    pid_t child_ = 0;
    std::string answer_;
    std::optional<bool> result_;
    std::string reason_;
};

// Whether the first line of an answer is an HTTP status of 200 to 399; nothing: not all of it here.
std::optional<bool> judge_http_answer(std::string_view answer);

}
