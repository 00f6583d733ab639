#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace base {

// How long those that are asked may give no sign of life, all calls of a command taken together,
// and what is known while they are waited for. A peer is "host:port". Any thread.
class Patience {
public:
    using Duration = std::chrono::nanoseconds;

    // What is waited for, and what has come of it.
    struct Wait {
        std::string who;   // on whose behalf: "connections.hz (hetzner)"
        std::string peer;
        std::string reason;             // why the last attempt failed; empty: none has ended yet
        Duration silent{0};             // since it was last heard, or first asked
        std::optional<Duration> next;   // until the next attempt; none: one is under way
        std::optional<Duration> left;   // until it is given up; none: not because of its silence
    };

    // Without a limit nothing is given up, and only told.
    explicit Patience(Clock& clock, std::optional<Duration> limit = std::nullopt)
        : clock_(clock), limit_(limit) {}

    // An attempt begins. From then until leave(), also in the pause before another, it is waited
    // for the peer; what passes outside of that (a wait for a rate limit) is nobody's silence.
    void begin(const std::string& peer, const std::string& who);
    // It ended: with a sign of life, or without one, and why.
    void heard(const std::string& peer);
    void failed(const std::string& peer, std::string reason);
    // The next one follows after this pause.
    void pause(const std::string& peer, Duration pause);
    void leave(const std::string& peer);

    // What was before does not count any more.
    void begin_anew();

    // Nothing: without end. Zero or less: it is given up.
    std::optional<Duration> left(const std::string& peer) const;
    std::optional<Duration> limit() const { return limit_; }
    // Why the last attempt at it failed; empty: none has.
    std::string reason(const std::string& peer) const;
    // Of those that are being waited for, the one that has been silent for the longest.
    std::optional<Wait> longest() const;

private:
    struct Peer {
        std::size_t waiting = 0;   // calls
        std::size_t trying = 0;    // those of them that are not in a pause
        Duration waiting_since{0};
        Duration silent{0};   // before that
        std::string who;
        std::string reason;
        Duration next_at{0};
    };
    static Duration silence(const Peer& peer, Duration now);

    Clock& clock_;
    const std::optional<Duration> limit_;
    Guarded<std::map<std::string, Peer>> peers_;
};

}
