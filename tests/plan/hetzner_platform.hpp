#pragma once

#include "base/clock.hpp"
#include "provider/provider.hpp"
#include "sandbox/cloud.hpp"
#include "json/value.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scenario {

// The shipped provider of the Hetzner Cloud, over a sandbox in this process: a minute passes with
// each request, so that nothing is waited for. One call at a time, so that their order is told.
class HetznerPlatform final : public provider::Provider {
public:
    // What happens to the first request by which a call changes something: it is refused; it is
    // lost on its way; it acts, and its answer is lost; it acts, and the next one is refused.
    enum class Trouble : unsigned char { Refused, Lost, AnswerLost, HalfDone };

    HetznerPlatform();

    // Where tokens are: HCLOUD_TOKEN is that of the first project, any `…_TOKEN` one of another.
    static std::optional<std::string> environment(const std::string& name);

    const provider::Schema& schema() const override;
    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value& settings, const provider::Host& host) const override;

    // A request past the provider; the document that answers it, or null. Any thread.
    json::Value ask(std::string method, std::string path, const json::Value& body = {}) const;
    // Of the thing of a type with this name; "" where there is none.
    std::string path_of(std::string_view type, std::string_view name) const;

    base::Result<void> reset();   // all that is there is gone

    // To the next such call, "create hetzner.Server web": what is done, the type, the address.
    void trouble(std::string call, Trouble kind);

    void note(std::string call) const;
    // "create hetzner.Server web", in order; of the last apply.
    std::vector<std::string> take_calls();

private:
    mutable std::mutex mutex_;
    mutable base::FakeClock clock_;
    mutable std::vector<std::string> calls_;
    mutable std::map<std::string, Trouble> troubles_;
    mutable std::string under_way_;   // the call whose requests come now
    std::unique_ptr<sandbox::Cloud> cloud_;

    net::Response answer(const net::Request& request) const;
    base::Result<net::Response> exchange(const net::Request& request) const;
    class Transport;
    class UnderWay;
    class NotingConnection;
};

}
