#pragma once

#include "base/guarded.hpp"
#include "net/server/server.hpp"
#include "sandbox/control/faults.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace sandbox {

// What stands between the server and the cloud: faults, the log of requests, and the sandbox's own
// API under /_sandbox/. Any thread.
class FaultMiddleware {
public:
    // The token is what /_sandbox/ asks for. `stop` is called when it is asked to stop.
    FaultMiddleware(Cloud& cloud, std::string token, std::function<void()> stop)
        : cloud_(cloud), token_(std::move(token)), stop_(std::move(stop)) {}

    net::Answer answer(const net::Request& request);
    base::Result<std::int64_t> add_fault(const Fault& fault);

private:
    struct Logged {
        std::int64_t number = 0;
        std::string time;
        std::string method;
        std::string target;
        int status = 0;       // 0: none was sent
        std::string faults;   // kinds that were at work
    };
    struct State {
        std::unique_ptr<Faults> faults = std::make_unique<Faults>();
        std::deque<Logged> requests;
        std::int64_t count = 0;
    };

    net::Answer through_faults(const net::Request& request, const std::vector<Fault>& faults);
    net::Answer control(const net::Request& request);
    base::Result<json::Value> command(const net::Request& request);
    json::Value requests(std::int64_t last) const;

    Cloud& cloud_;
    std::string token_;
    std::function<void()> stop_;
    base::Guarded<State> state_;
};

}
