#pragma once

#include "base/guarded.hpp"
#include "fakes/script_server.hpp"

#include <string>
#include <thread>
#include <vector>

namespace fakes {

// An HTTP proxy that opens tunnels to ports of this machine (CONNECT), whatever host they are asked
// for, and keeps all that it was told in clear.
class TunnelProxy {
public:
    TunnelProxy() : server_([this](ScriptConnection& client) { carry(client); }) {}

    std::string url() const { return server_.url(); }
    // The heads of requests, in their order.
    std::vector<std::string> heard() {
        return heard_.with([](auto& heads) { return heads; });
    }

private:
    void carry(ScriptConnection& client) {
        const auto head = client.read_request();
        if (!head) return;
        heard_.with([&](auto& heads) { heads.push_back(*head); });
        const std::size_t colon = head->find(':');
        if (!head->starts_with("CONNECT ") || colon == std::string::npos) {
            return client.answer(405, "", "tunnels only");
        }
        const base::FileDescriptor target(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(head->substr(colon + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(target.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            return client.answer(502, "", "nobody listens there");
        }
        client.send("HTTP/1.1 200 Connection established\r\n\r\n");
        PlainChannel channel(target.get());
        ScriptConnection upstream(channel);
        const std::jthread back([&] {
            for (std::string bytes = upstream.receive(); !bytes.empty(); bytes = upstream.receive())
                client.send(bytes);
        });
        for (std::string bytes = client.receive(); !bytes.empty(); bytes = client.receive())
            upstream.send(bytes);
        ::shutdown(target.get(), SHUT_RDWR);
    }

    base::Guarded<std::vector<std::string>> heard_;
    ScriptServer server_;
};

}
