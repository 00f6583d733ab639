#pragma once

#include "net/client/curl_transport.hpp"
#include "suite.hpp"
#include "json/value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace conformance {

// A cloud that the sandbox imitates, and the provider that is held against it.
struct SandboxedCloud {
    const char* name;   // of `sandbox start --cloud`
    std::string (*new_token)();
    base::Result<std::unique_ptr<provider::Connection>> (*connect)(
        std::unique_ptr<net::Transport> transport, const value::Value& settings,
        const provider::Host& host);
    // Gives an answer a field that nobody knows.
    void (*extend)(json::Value& answer);
};

// One project of a sandbox, empty at first. All of a cloud share one process; it goes with the last
// of them.
class SandboxWorld {
public:
    explicit SandboxWorld(const SandboxedCloud& cloud);   // static

    // A request past the provider. The answer's document, or null.
    json::Value ask(std::string method, const std::string& path,
                    const json::Value& body = {}) const;
    void fault(const json::Value& fault) const;

    Connect connect() const;
    Connect connect_as(std::string token, std::string account) const;
    // Of the next request to such a path.
    void lose(Loss loss, std::string path, std::string method = "POST");
    void deliver();
    void add_unknown_field();

    struct Wire;   // between the provider and the sandbox

private:
    class Process;

    const SandboxedCloud& cloud_;
    std::shared_ptr<Process> process_;
    std::string token_;
    std::shared_ptr<Wire> wire_;
};

// So many random hexadecimal digits.
std::string random_digits(std::size_t count);

}
