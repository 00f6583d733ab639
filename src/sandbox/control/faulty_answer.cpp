#include "sandbox/control/faulty_answer.hpp"

#include <algorithm>

namespace sandbox {
namespace {

using std::chrono::milliseconds;

// Enough for a client to see that it goes on; each piece is a packet of its own.
constexpr std::size_t kPieces = 20;   // of a body that is spread over time

net::Transmission transmit(std::string head, const std::string& body, milliseconds delay,
                           milliseconds spread) {
    net::Transmission out;
    if (spread.count() == 0 || body.empty()) {
        // One part, so that head and body go out together, as they do without any fault.
        out.parts.push_back({.bytes = std::move(head) + body, .pause = delay});
        return out;
    }
    out.parts.push_back({.bytes = std::move(head), .pause = delay});
    const std::size_t size = std::max<std::size_t>(1, (body.size() + kPieces - 1) / kPieces);
    const auto pieces = static_cast<milliseconds::rep>((body.size() + size - 1) / size);
    for (std::size_t at = 0; at < body.size(); at += size) {
        out.parts.push_back({.bytes = body.substr(at, size), .pause = spread / pieces});
    }
    return out;
}

}

net::Answer FaultyAnswer::to_answer() && {
    net::Answer answer(std::move(response));
    if (is_dropped) {
        // No part and no open connection: the client sees it closed after its request, as when a
        // machine dies.
        answer.filter = [](std::string, std::string) {
            return net::Transmission{.parts = {}, .keeps_open = false};
        };
    } else if (delay.count() > 0 || spread.count() > 0) {
        answer.filter = [delay = delay, spread = spread](std::string head,
                                                         const std::string& body) {
            return transmit(std::move(head), body, delay, spread);
        };
    }
    return answer;
}

}
