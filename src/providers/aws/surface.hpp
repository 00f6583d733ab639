#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "providers/aws/endpoints.hpp"
#include "providers/aws/service_model.hpp"
#include "providers/aws/service_object.hpp"
#include "providers/aws/sigv4.hpp"
#include "providers/rest/api.hpp"

#include <map>
#include <set>
#include <span>

namespace providers::aws {

// AWS as if it were an API of JSON over REST: calls to the paths of ServiceObject, and of single
// operations, `GET /operation/sts/GetCallerIdentity`, are sent as what the services understand.
class Surface final : public rest::Translation {
public:
    // The objects are static, as the clock.
    Surface(Endpoints endpoints, Keys keys, std::span<const ServiceObject* const> objects,
            const base::Clock& clock);

    base::Result<rest::Answer> send(const rest::Call& call,
                                    const Exchange& exchange) const override;

private:
    // A call, taken apart.
    struct Target {
        const ServiceObject* object = nullptr;
        std::string key;
        std::string action;
        std::map<std::string, std::string, std::less<>> query;
    };

    base::Result<Target> target_of(std::string_view path) const;
    base::Result<json::Value> invoke(std::string_view service, std::string_view operation,
                                     json::Object parameters, const Exchange& exchange) const;
    base::Result<rest::Answer> dispatch(const rest::Call& call, const Exchange& exchange) const;
    base::Result<rest::Answer> by_own_calls(const rest::Call& call, const Target& target,
                                            const Exchange& exchange) const;
    base::Result<json::Value> get(const Target& target, const Exchange& exchange) const;
    base::Result<json::Value> list(const Target& target, const Exchange& exchange) const;
    base::Result<rest::Answer> create(const Target& target, const json::Value& body,
                                      const Exchange& exchange) const;
    base::Result<json::Value> tag(const Target& target, const json::Value& body,
                                  const Exchange& exchange) const;
    base::Result<json::Value> act(const Target& target, const std::string& operation,
                                  json::Object parameters, const Exchange& exchange) const;
    base::Result<void> look_further(const ServiceObject& object, json::Value& shown,
                                    const Exchange& exchange) const;
    void made(const std::string& key) const;
    void seen_or_gone(const std::string& key) const;
    bool is_fresh(const std::string& key) const;
    const net::Sign& signer(const ServiceModel& model, const std::string& region) const;

    const Endpoints endpoints_;
    const Keys keys_;
    const std::span<const ServiceObject* const> objects_;
    const base::Clock& clock_;
    mutable base::Guarded<std::map<std::string, net::Sign>> signers_;   // by service and region
    // Until when what was made may not be shown yet.
    mutable base::Guarded<std::map<std::string, std::chrono::nanoseconds>> fresh_;
};

}
