#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <string>

namespace sandbox {

struct LoopbackRequest {
    std::uint16_t port = 0;
    std::string token;
    std::string method;
    std::string target;
    std::string body;   // JSON, or empty
};

// One request to our own server on this machine, over a connection of its own. An answer that is no
// success is an error with what it says.
base::Result<json::Value> ask_loopback(const LoopbackRequest& request);

}
