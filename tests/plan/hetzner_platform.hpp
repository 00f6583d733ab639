#pragma once

#include "base/clock.hpp"
#include "provider/provider.hpp"
#include "sandbox/cloud.hpp"
#include "json/value.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace scenario {

// The shipped provider of the Hetzner Cloud, over a sandbox in this process: a minute passes with
// each request, so that nothing is waited for. One call at a time, so that their order is told.
class HetznerPlatform final : public provider::Provider {
public:
    HetznerPlatform();

    const provider::Schema& schema() const override;
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override;

    // A request past the provider; the document that answers it, or null. Any thread.
    json::Value ask(std::string method, std::string path, const json::Value& body = {}) const;
    // Of the thing of a type with this name; "" where there is none.
    std::string path_of(std::string_view type, std::string_view name) const;

    base::Result<void> reset();   // all that is there is gone

    void note(std::string call) const;
    // "create hetzner.Server web", in order; of the last apply.
    std::vector<std::string> take_calls();

private:
    mutable std::mutex mutex_;
    mutable base::FakeClock clock_;
    mutable std::vector<std::string> calls_;
    std::unique_ptr<sandbox::Cloud> cloud_;

    net::Response answer(const net::Request& request) const;
    class Transport;
};

}
