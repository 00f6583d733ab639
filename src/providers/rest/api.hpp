#pragma once

#include "base/error.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/client/client.hpp"
#include "provider/provider.hpp"
#include "json/value.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

// One request, below an API's endpoint.
struct Call {
    std::string
        name;   // what it does, a word without spaces: "change_type"; a phase is named by it
    std::string method = "GET";
    std::string path;             // "/servers?page=2"
    json::Value body;             // null: none
    bool is_idempotent = false;   // doing it twice is the same as doing it once
    bool has_secrets = false;     // in its body or in its answer
    // An attempt: the object is given so long to show it. If it does not, or if the call fails,
    // that is no failure, and the next call is asked for.
    std::chrono::milliseconds patience{0};
    std::string what;   // for people: `creating the server "web"`
};

// What a service answered instead of doing what it was asked. Hangs on errors as their detail.
struct Refusal final : provider::CallFailure {
    struct Field {
        std::string name;
        std::vector<std::string> messages;
    };
    int status = 0;
    std::string code;      // the service's own: "uniqueness_error"; empty if it has none
    std::string message;   // the service's own words
    std::vector<Field> fields;
    std::string correlation;   // by which its support finds the request

    std::string json() const override;
};
// For the errors of what follows a call that had an effect: whatever they are, it stands.
base::Error after_effect(base::Error error);
// What is wrong with this input of a resource.
base::Error about(std::string_view input, base::Error error);
// Null for an error that is no refusal.
const Refusal* refusal_of(const base::Error& error);

// How one vendor's API says no.
struct ErrorMapping {
    std::string_view service;   // "Hetzner Cloud"
    Refusal (*read_refusal)(const net::Response& response);
    // Whether the service says that it did nothing and will do it a moment later.
    bool (*may_repeat)(const Refusal& refusal);
    // What kind of failure it is, and what to do about it ("" when there is nothing to say).
    base::Code (*code_of)(const Refusal& refusal);
    std::string (*help_for)(const Refusal& refusal);
    int (*exit_code_of)(const Refusal& refusal);   // 0: by the code
};

// An account at an API: sends requests and makes errors of refusals. Any thread, many at once.
class Api {
public:
    struct Options {
        std::string endpoint;   // without a slash at the end
        base::SecretText token;
        net::RateKey rate_key;
        std::optional<net::Rate> assumed_rate;
    };
    // The client is borrowed and must outlive it; the dialect is static.
    Api(net::Client& client, const ErrorMapping& error_mapping, Options options)
        : client_(client), error_mapping_(error_mapping), options_(std::move(options)) {}

    // The answer's document; null for an answer without one. Errors:
    // - a Refusal: the service answered, and did not do it;
    // - Unavailable, DeadlineExceeded or Cancelled: it may have been done, or not. Also for an
    //   answer that cannot be read, and for one that a gateway gave;
    // - otherwise: it was certainly not done.
    base::Result<json::Value> send(const Call& call, const provider::CallContext& context) const;

    const ErrorMapping& error_mapping() const { return error_mapping_; }
    const std::string& endpoint() const { return options_.endpoint; }

private:
    base::Error refused(const Call& call, const net::Response& response) const;
    base::Error unanswered(const Call& call, base::Error error) const;

    net::Client& client_;
    const ErrorMapping& error_mapping_;
    const Options options_;
};

// Whether a refusal says that there is no such thing.
bool is_absent(const base::Error& error);

}
