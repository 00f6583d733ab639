#pragma once

#include "net/server/answer.hpp"

#include <chrono>

namespace sandbox {

// An answer and what goes wrong with it on its way.
struct FaultyAnswer {
    net::Response response;
    bool is_dropped = false;               // the connection ends without a byte of it
    std::chrono::milliseconds delay{0};    // before the first byte
    std::chrono::milliseconds spread{0};   // the body goes out in pieces that take this long

    net::Answer to_answer() &&;
};

}
