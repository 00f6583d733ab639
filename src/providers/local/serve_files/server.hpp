#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"
#include "net/server/server.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace providers::local {

// Serves the files of one folder on the loopback: enough for a small site and its health check. GET
// and HEAD; `index.html` for a folder; nothing hidden, nothing outside, no links out.
class FileServer {
public:
    // Port 0: any that is free.
    static base::Result<FileServer> listen(const std::string& folder, std::uint16_t port);

    std::uint16_t port() const { return server_->port(); }
    // Until a byte can be read from `stop` or it is closed; -1: for ever.
    base::Result<void> run(int stop = -1);

private:
    explicit FileServer(std::unique_ptr<net::Server> server) : server_(std::move(server)) {}

    std::unique_ptr<net::Server> server_;
};

}
