#pragma once

#include "net/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net {

// What goes onto the wire for an answer: each part after its pause, which holds no thread.
struct Transmission {
    struct Part {
        std::string bytes;
        std::chrono::milliseconds pause{0};
    };
    std::vector<Part> parts;
    bool keeps_open = true;   // the connection afterwards, if the request allows it
};

// Decides what goes out for an answer whose head and body these are. Without one it is both, at
// once. This is for servers that have to misbehave. Runs on the server's thread.
using AnswerFilter = std::function<Transmission(std::string head, std::string body)>;

// A server-sent event (the HTML standard, 9.2).
struct ServerEvent {
    std::string data;   // of any number of lines
    std::string type;   // empty: "message"
    std::string id;     // by which the client says where it was; empty: none
};
// Line breaks in type and id, which would end them, are left out.
std::string format_event(const ServerEvent& event);

// The open end of an answer that streams.
class StreamWriter {
public:
    virtual ~StreamWriter() = default;
    // Waits while the peer takes no more. False when it has gone or the server stops: nothing
    // further will be sent, and the writing function is to return.
    virtual bool write(std::string_view bytes) = 0;
    virtual std::stop_token stop() const = 0;

    bool send(const ServerEvent& event) { return write(format_event(event)); }
};

// Writes the body of an answer, on a thread of its own. The connection is closed after it: who
// writes less than the length that was told, or throws, leaves an answer that is seen to be cut.
using StreamFunction = std::function<void(StreamWriter&)>;

// What a handler gives back. A Response turns into an Answer by itself.
struct Answer {
    Answer(Response whole) : response(std::move(whole)) {}

    Response response;
    AnswerFilter filter;     // null: it goes out as it is; of no effect on a stream
    StreamFunction stream;   // not null: this, after the head, instead of the response's body
    std::optional<std::uint64_t> stream_length;   // how much it writes, where that is known
};

// Server-sent events, or any bytes of a media type.
Answer stream_events(StreamFunction stream);
Answer stream_bytes(std::string content_type, StreamFunction stream);

}
