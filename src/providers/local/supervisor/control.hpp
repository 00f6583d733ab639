#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct pollfd;

namespace providers::local {

// The supervisor's end of the socket `control`: one packet asks, one answers.
//   status         the status now
//   wait MS        the status once it is no longer starting or stopping, or after so long
//   reload         takes over the specification in the file that comes with it; the status then
//   stop           the status once the process is gone
class ControlServer {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kMaxClients = 64;
    static constexpr std::size_t kMaxRequest = 64;

    // Listens at `control` in the current folder; what is left there of a dead supervisor goes.
    base::Result<void> open();
    void close();

    void add_to(std::vector<pollfd>& waiting) const;
    Clock::time_point next_deadline() const;
    // Accepts and reads what is there; calls back for each whole request but `wait`, with the file
    // that came with it, or -1.
    using Handle = std::function<void(std::string_view request, int attached)>;
    void step(const Handle& handle);
    // Answers those who asked for the status, and those who wait if it is stable or time is up.
    void answer(const std::string& status, bool is_stable, bool is_over);

private:
    struct Client {
        base::FileDescriptor socket;
        enum class Asks { Nothing, Now, WhenStable, WhenOver } asks = Asks::Nothing;
        Clock::time_point deadline = Clock::time_point::max();
    };
    void accept_new();
    bool read_request(Client& client, const Handle& handle);

    base::FileDescriptor listener_;
    std::vector<Client> clients_;
};

}
