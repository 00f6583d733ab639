#pragma once

#include "base/fs.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace providers::local {

// Serves the files of one folder on the loopback: enough of HTTP/1.1 for a small site and its
// health check. GET and HEAD; `index.html` for a folder; nothing hidden, nothing outside, no links
// out. One thread; a client that is slow or silent holds up nobody and is dropped after a while.
class FileServer {
public:
    // Port 0: any that is free.
    static base::Result<FileServer> listen(const std::string& folder, std::uint16_t port);

    std::uint16_t port() const { return port_; }
    // Until a byte can be read from `stop` or it is closed; -1: for ever.
    base::Result<void> run(int stop = -1);

private:
    FileServer() = default;

    base::FileDescriptor folder_;
    base::FileDescriptor listener_;
    std::uint16_t port_ = 0;
};

}
