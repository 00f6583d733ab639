#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http/message.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sandbox {

// What a fault asks of the action that a request begins.
struct ActionFault {
    std::string code = "action_failed";
    std::string message = "the sandbox was told to let this action fail";
    bool happens = false;   // whether what the action does takes place all the same
};

// What can be set while a cloud runs.
struct CloudSettings {
    double speed = 1;                 // how much faster than real actions and lags go
    std::int64_t rate_limit = 3600;   // requests in an hour of the cloud's time; 0: none
    std::map<std::string, std::int64_t, std::less<>> quotas;   // "server": 10; absent: none

    json::Value to_json() const;
    // Members that are absent keep what they are. InvalidArgument names the member.
    base::Result<void> take(const json::Value& from);
};

struct CloudOptions {
    std::string folder;   // where its world lies; empty: in memory only
    std::uint64_t seed = 1;
    std::string token;             // of the first project
    std::string read_only_token;   // of the same
    CloudSettings settings;
    base::Clock* clock = nullptr;   // must outlive the cloud
};

// An imitated cloud: answers to requests. Any thread.
class Cloud {
public:
    virtual ~Cloud() = default;

    // The path includes that of the API ("/v1/servers"). A fault, if not null, is for the first
    // action that the request begins.
    virtual net::Response answer(const net::Request& request, const ActionFault* fault) = 0;
    // An answer of the cloud's own form that says what a fault wants said. An empty code: the one
    // that the vendor has for the status.
    virtual net::Response refuse(const net::Request& request, int status, std::string_view code,
                                 std::string_view message) = 0;

    virtual std::string_view base_path() const = 0;   // "/v1"
    // How many things of each type there are, of each project.
    virtual json::Value summary() const = 0;
    virtual CloudSettings settings() const = 0;
    virtual void set(const CloudSettings& settings) = 0;
    virtual base::Result<void> reset() = 0;
};

struct CloudType {
    std::string_view name;   // "hetzner"
    base::Result<std::unique_ptr<Cloud>> (*make)(CloudOptions);
};

// The clouds that can be imitated; clouds.cpp lists them.
std::span<const CloudType> all_clouds();
// By name; NotFound names those that there are.
base::Result<std::unique_ptr<Cloud>> make_cloud(std::string_view name, CloudOptions options,
                                                std::span<const CloudType> clouds = all_clouds());

}
