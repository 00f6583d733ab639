#pragma once

#include "base/check.hpp"
#include "base/fs.hpp"

#include <array>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

// HTTP by the byte, for tests of a server.
namespace fakes {

inline base::FileDescriptor connect_to(std::uint16_t port) {
    base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
    return socket;
}

// Sends the bytes and reads until the server closes.
inline std::string converse(std::uint16_t port, std::string_view bytes) {
    const base::FileDescriptor socket = connect_to(port);
    CHECK(base::write_all(socket.get(), bytes).ok());
    auto answer = base::read_all(socket.get(), "the server");
    return answer.ok() ? *answer : "";
}

// GET on a connection of its own.
inline std::string get(std::uint16_t port, std::string_view target, std::string_view headers = {}) {
    std::string request = "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n";
    request.append(headers).append("Connection: close\r\n\r\n");
    return converse(port, request);
}

inline std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
}

// Reads until these bytes have come, or the server closes.
inline std::string read_until(const base::FileDescriptor& socket, std::string_view wanted) {
    std::string out;
    std::array<char, 1> byte;
    while (!out.ends_with(wanted) && ::read(socket.get(), byte.data(), 1) > 0) out += byte[0];
    return out;
}

}
