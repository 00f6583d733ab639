#include "net/server/answer.hpp"

#include "base/text.hpp"

namespace net {
namespace {

// "name: value" for each line of the value.
void append_field(std::string& out, std::string_view name, std::string_view value) {
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = std::min(value.find_first_of("\r\n", at), value.size());
        out.append(name).append(": ").append(value.substr(at, end - at)).append("\n");
        if (end == value.size()) return;
        at = end + (value.substr(end).starts_with("\r\n") ? 2 : 1);
    }
}

// The HTML standard ends a field at a line break and ignores an id with a null in it.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != '\r' && c != '\n' && c != '\0') out += c;
    }
    return out;
}

}

std::string format_event(const ServerEvent& event) {
    std::string out;
    if (!event.id.empty()) append_field(out, "id", one_line(event.id));
    if (!event.type.empty()) append_field(out, "event", one_line(event.type));
    append_field(out, "data", event.data);
    out += "\n";
    return out;
}

Answer stream_bytes(std::string content_type, StreamFunction stream) {
    Answer answer{Response{
        .status = 200, .headers = {{"Content-Type", std::move(content_type)}}, .body = {}}};
    answer.stream = std::move(stream);
    return answer;
}

Answer stream_events(StreamFunction stream) {
    Answer answer = stream_bytes("text/event-stream", std::move(stream));
    // A cache that keeps an event stream waits for its end.
    answer.response.headers.set("Cache-Control", "no-store");
    return answer;
}

}
