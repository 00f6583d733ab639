#include "net/server/answer_head.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace net {
namespace {

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return std::string(text.data(), size);
}

// Values may come from what a client sent: a line break in one would begin a field of its choice.
bool is_one_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

}

bool has_body(int status) { return status != 204 && status != 304 && status >= 200; }

std::string head_of(const Response& response, bool keep_alive, Framing framing) {
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
    if (!response.headers.find("Date")) out += "Date: " + http_date() + "\r\n";
    for (const auto& [name, value] : response.headers.fields()) {
        if (is_one_line(name) && is_one_line(value)) out += name + ": " + value + "\r\n";
    }
    if (framing == Framing::Length && has_body(response.status)) {
        out += fmt::format("Content-Length: {}\r\n", response.body.size());
    }
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

}
