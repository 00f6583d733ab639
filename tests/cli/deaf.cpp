#include "deaf.hpp"

#include "base/fs.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

namespace deaf {
namespace {

constexpr unsigned kLongestLife = 120;   // seconds: nobody may be left to end it
constexpr int kEnough = 8;               // connections that fill the shortest queue

// The kernel drops what asks for a connection once the queue is full, as a firewall does.
int fill(const sockaddr_in& address) {
    for (int i = 0; i < kEnough; ++i) {
        const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        // It ends with the process.
        if (client < 0) return 1;
        (void)::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    return 0;
}

}

int run(const std::vector<std::string>& words) {
    const bool is_drop = words.size() == 2 && words[0] == "drop";
    if (!is_drop && (words.size() != 2 || words[0] != "accept")) {
        std::fputs("usage: deaf accept|drop FILE\n", stderr);
        return 64;
    }
    ::alarm(kLongestLife);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ::listen(listener, is_drop ? 0 : 128) != 0 || (is_drop && fill(address) != 0)) {
        std::perror("deaf");
        return 1;
    }
    const std::string port = std::to_string(ntohs(address.sin_port));
    if (!base::write_file_atomic(words[1], port, {}).ok()) return 1;
    // The kernel accepts by itself what fits into the queue; nobody ever reads it.
    ::pause();
    return 0;
}

}
