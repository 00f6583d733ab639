#pragma once

#include <cstdint>
#include <string>
#include <vector>

// A sandbox of a suite's own, and what is in it.
namespace suite {

// Runs the program under test and gives what it prints; ends the test when it fails.
std::string must_run(const std::vector<std::string>& words);

class Cloud {
public:
    explicit Cloud(std::string folder);   // starts it
    ~Cloud();                             // stops it
    Cloud(const Cloud&) = delete;
    Cloud& operator=(const Cloud&) = delete;

    const std::string& endpoint() const { return endpoint_; }
    const std::string& token() const { return token_; }
    // Removes all that is there, its faults too.
    void reset() const;
    // `words` as for `sandbox faults add`.
    void add_fault(const std::vector<std::string>& words) const;
    struct Fired {
        std::int64_t requests = 0;   // that came while it was set
        std::int64_t times = 0;      // that it was at work
    };
    // Of each that was added since, in their order.
    std::vector<Fired> end_faults() const;
    std::int64_t requests() const;   // that it has had since it was started
    struct Request {
        std::string method;
        std::string target;   // "/v1/servers/1/actions/poweroff"
        std::int64_t status = 0;
    };
    // The last ones, `count` at most.
    std::vector<Request> last_requests(std::int64_t count) const;
    // All that is there, one thing a line, without what differs from run to run: ids, times and
    // addresses. References are told by the names of what they refer to. `with_addresses`: with
    // what servers have of networks, firewalls and addresses too, for programs that name the
    // private ones.
    std::string world(bool with_addresses = false) const;

private:
    std::string folder_;
    std::string endpoint_;
    std::string token_;
    std::uint16_t port_ = 0;
};

}
