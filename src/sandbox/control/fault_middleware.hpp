#pragma once

#include "base/guarded.hpp"
#include "net/server/router.hpp"
#include "sandbox/control/faults.hpp"
#include "sandbox/control/faulty_answer.hpp"

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
    FaultMiddleware(Cloud& cloud, std::string token, std::function<void()> stop);

    FaultyAnswer answer(const net::Request& request, const net::RequestContext& context);
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
    // What is asked of /_sandbox/: the body, and what the path and the query have.
    struct Command {
        const json::Value& body;
        const net::Parameters& parameters;
        std::string_view query;
    };
    using Run = base::Result<json::Value> (FaultMiddleware::*)(const Command&);

    FaultyAnswer through_faults(const net::Request& request, const std::vector<Fault>& faults);
    net::Response control(const net::Request& request, const net::RequestContext& context);
    net::Response run(Run run, const net::Request& request, const net::RequestContext& context);

    base::Result<json::Value> show_status(const Command& command);
    base::Result<json::Value> list_requests(const Command& command);
    base::Result<json::Value> change_settings(const Command& command);
    base::Result<json::Value> list_faults(const Command& command);
    base::Result<json::Value> post_fault(const Command& command);
    base::Result<json::Value> remove_faults(const Command& command);
    base::Result<json::Value> remove_fault(const Command& command);
    base::Result<json::Value> reset(const Command& command);
    base::Result<json::Value> stop(const Command& command);

    Cloud& cloud_;
    std::string token_;
    std::function<void()> stop_;
    net::Router router_;
    base::Guarded<State> state_;
};

}
