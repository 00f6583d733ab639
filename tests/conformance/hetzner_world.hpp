#pragma once

#include "net/client/curl_transport.hpp"
#include "suite.hpp"
#include "json/value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace conformance {

// One project of a sandbox that behaves like the Hetzner Cloud, empty at first. All share one
// process; it goes with the last of them.
class HetznerWorld {
public:
    HetznerWorld();

    // A request past the provider. The answer's document, or null.
    json::Value ask(std::string method, const std::string& path,
                    const json::Value& body = {}) const;
    // The same, until nothing goes on that the answer has begun.
    json::Value make(const std::string& path, const json::Value& body) const;
    void wait_for(const json::Value& answer) const;
    int count(std::string_view plural) const;
    std::string id_of_first(std::string_view plural) const;
    void fault(const json::Value& fault) const;

    Connect connect() const;
    Connect connect_as(std::string token, std::string project) const;
    void lose(Loss loss, std::string path);
    void deliver();
    void add_unknown_field();

    struct Wire;   // between the provider and the sandbox

private:
    class Process;

    std::shared_ptr<Process> process_;
    std::string token_;
    std::shared_ptr<Wire> wire_;
};
using SharedHetzner = std::shared_ptr<HetznerWorld>;

}
