#pragma once

#include "base/fs.hpp"
#include "providers/local/supervisor/spec.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace net {
class Transport;
}

namespace providers::local {

// One health check under way, as a small state machine for the supervisor's loop: it never waits.
class Probe {
public:
    using Clock = std::chrono::steady_clock;

    // Of http only it needs the transport, which outlives it.
    Probe(const Health& health, const Spec& spec, net::Transport& transport);
    ~Probe();
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

    // To wait on; -1 when only time or the end of a child can change anything.
    int fd() const;
    short events() const;
    Clock::time_point deadline() const { return deadline_; }

    // Healthy or not, once it is known; call when fd() is ready or the deadline has come.
    std::optional<bool> step();
    const std::string& reason() const { return reason_; }
    // The exit of a child that may be this check's.
    bool takes_exit(pid_t pid, int status);

private:
    class HttpCheck;

    void ask_http(net::Transport& transport);
    std::optional<bool> judge(const base::Result<int>& status);
    void connect();
    void start_command(const Spec& spec);
    std::optional<bool> finish_connect();
    std::optional<bool> fail(std::string reason);

    Health health_;
    Clock::time_point deadline_;
    base::FileDescriptor socket_;   // of tcp
    std::unique_ptr<HttpCheck> http_;
    pid_t child_ = 0;
    std::optional<bool> result_;
    std::string reason_;
};

}
