#pragma once

#include "base/result.hpp"
#include "net/http/message.hpp"
#include "sandbox/cloud.hpp"
#include "json/value.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace sandbox {

// What goes wrong with a request that a rule matches.
enum class FaultKind : unsigned char {
    Latency,     // the answer comes later
    Status,      // another answer
    Drop,        // the connection ends without one
    Slow,        // the answer comes in pieces
    Malformed,   // the answer's body is cut off
    Action,      // the action that the request begins ends in error
    Signal,      // a process gets a signal
};

enum class When : unsigned char { Before, After };   // the request has its effect

struct Fault {
    std::int64_t id = 0;
    FaultKind kind = FaultKind::Status;
    // Which requests: all of these must hold.
    std::string method;       // empty: any
    std::string path;         // a regular expression, somewhere in path and query
    std::int64_t nth = 0;     // from this one of those that match on; 0: the first
    std::int64_t times = 1;   // at most so often; 0: always
    double probability = 1;
    std::uint64_t seed = 1;   // of the probability

    When when = When::Before;             // Status, Drop, Signal
    std::chrono::milliseconds delay{0};   // Latency, Slow
    int status = 503;                     // Status
    std::string code;                     // Status: of the error; Action
    std::string message;                  // Status, Action
    std::optional<std::string> body;      // Status: instead of the cloud's own form
    bool happens = false;                 // Action
    int signal = 9;                       // Signal
    std::int64_t pid = 0;                 // Signal

    std::int64_t matched = 0;   // requests so far
    std::int64_t fired = 0;

    // InvalidArgument names the member that is wrong.
    static base::Result<Fault> from_json(const json::Value& from);
    json::Value to_json() const;
};

// The rules, in the order they were added. Not for several threads.
class Faults {
public:
    Faults();
    ~Faults();

    base::Result<std::int64_t> add(Fault fault);
    bool remove(std::int64_t id);
    void clear();
    // Counts the request and gives what is to happen to it.
    std::vector<Fault> match(const net::Request& request);
    json::Value to_json() const;

private:
    struct Rule;
    std::vector<Rule> rules_;
    std::int64_t last_id_ = 0;
};

std::string_view name_of(FaultKind kind);

}
