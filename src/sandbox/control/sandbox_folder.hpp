#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

// What a client needs of a sandbox: written into its folder as sandbox.json, readable by its owner.
struct Info {
    std::string cloud;
    std::string endpoint;   // "http://127.0.0.1:40001/v1"
    std::uint16_t port = 0;
    std::int64_t pid = 0;
    std::string token;             // of the first project, and of /_sandbox/
    std::string read_only_token;   // of the same project

    json::Value to_json() const;
};

// The folder of a sandbox: its world, sandbox.json, a lock that the process holds, and its log.
class SandboxFolder {
public:
    explicit SandboxFolder(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }
    std::string path(std::string_view name) const;

    bool is_running() const;
    // NotFound when none was ever started here.
    base::Result<Info> info() const;
    base::Result<void> write_info(const Info& info) const;
    // Starts a process in a session of its own and waits until it answers. `executable` is this
    // program; the arguments follow `internal sandbox --dir FOLDER`.
    base::Result<Info> start(const std::string& executable,
                             const std::vector<std::string>& arguments) const;
    // Of one that runs but may have begun just now: waits until it answers.
    base::Result<Info> await_ready() const;
    // Asks it to stop, and ends it when it does not. False when none ran.
    base::Result<bool> stop() const;
    // One request to /_sandbox/. Unavailable when nothing answers.
    base::Result<json::Value> ask(std::string_view method, std::string_view what,
                                  const json::Value& body = {}) const;

private:
    bool wait_until_ended(std::chrono::milliseconds patience) const;

    std::string folder_;
};

}
