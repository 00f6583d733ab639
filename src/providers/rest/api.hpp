#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/redact.hpp"
#include "base/result.hpp"
#include "net/client/client.hpp"
#include "provider/provider.hpp"
#include "providers/rest/access.hpp"
#include "providers/rest/signing.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace providers::rest {

// One request, below an API's endpoint.
struct Call {
    std::string
        name;   // what it does, a word without spaces: "change_type"; a phase is named by it
    std::string method = "GET";
    std::string path;             // "/servers?page=2"; or a whole URL that the service named
    net::Headers headers;         // beside those that every request has
    json::Value body;             // null: none
    bool is_idempotent = false;   // doing it twice is the same as doing it once
    bool has_secrets = false;     // in its body or in its answer
    // An attempt: the object is given so long to show it. If it does not, or if the call fails,
    // that is no failure, and the next call is asked for.
    std::chrono::milliseconds grace{0};
    // Answered before its effect shows: the object is given so long to show it. If it does not,
    // that is a failure.
    std::chrono::milliseconds shows_within{0};
    std::string what;   // for people: `creating the server "web"`
};

struct Answer {
    int status = 200;
    net::Headers headers;
    json::Value body;   // null: none
    std::string url;    // that was asked

    // A target that this answer names, as a whole URL: paths in headers begin at the host.
    std::string resolve(std::string_view target) const;
};

// What the requests of one call of a connection have in common. Of one thread.
struct CallScope : provider::CallContext {
    // Null: a request waits for its budget. Otherwise of start() or poll(), which can be begun
    // again as long as nothing was sent that may have had an effect: while it is true, a request
    // without a budget fails with net::is_budget_spent, and the first that may have had an effect
    // sets it to false.
    bool* may_begin_again = nullptr;
    bool is_last_attempt = false;   // what is refused is not repeated
    unsigned attempts_before = 0;   // when it comes again after a pause
};

// The time of one call, for the several requests that it takes.
class CallTime {
public:
    CallTime(const base::Clock& clock, CallScope scope)
        : clock_(clock), scope_(std::move(scope)), end_(clock.elapsed() + scope_.timeout) {}

    CallScope left() const {
        CallScope out = scope_;
        const auto time =
            std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clock_.elapsed());
        out.timeout = std::max(time, std::chrono::milliseconds(0));
        return out;
    }

private:
    const base::Clock& clock_;
    CallScope scope_;
    std::chrono::nanoseconds end_;
};

// What a service answered instead of doing what it was asked. Hangs on errors as their detail.
struct ApiError final : provider::CallFailure {
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
// Nothing was sent.
base::Error without_effect(base::Error error);
// As a service says that there is no such thing.
base::Error absent(std::string code, std::string message);
// What is wrong with this input of a resource.
base::Error about(std::string_view input, base::Error error);
// Null for an error of another kind.
const ApiError* api_error_of(const base::Error& error);

// What to do about a refusal, as far as its code tells.
struct Remedy {
    std::string help;   // "" when there is nothing to say; without names of commands
    std::optional<base::Advice> advice;
};

base::Error with_remedy(base::Error error, Remedy remedy);

// How one vendor's API says no.
struct ErrorMapping {
    std::string_view service;   // "Hetzner Cloud"
    // Its status may be another one than the answer's: of a service that says "not there" with 400.
    ApiError (*read_error)(const net::Response& response);
    // Whether the service says that it did nothing and will do it a moment later.
    bool (*may_repeat)(const ApiError& refusal);
    // What kind of failure it is, as our own codes have it. PermissionDenied and Busy are taken to
    // be about the account: what the platform says of one thing is FailedPrecondition or Conflict.
    base::Code (*code_of)(const ApiError& refusal);
    Remedy (*remedy_for)(const ApiError& refusal);
};

// What an API that is no JSON over REST is told by: a call becomes the requests that it takes, and
// what they answer one document. Any thread.
class Translation {
public:
    // Sends one request, its target being a whole URL, as `sign` proves it. What is refused or not
    // answered is an error as those of Api::send.
    using Exchange =
        std::function<base::Result<net::Response>(const net::Request& request, const Sign& sign)>;

    virtual ~Translation() = default;
    // Errors that are not of an exchange: without_effect() where nothing was sent.
    virtual base::Result<Answer> send(const Call& call, const Exchange& exchange) const = 0;
};

// An account at an API: sends requests and makes errors of refusals. Any thread, many at once.
class Api {
public:
    struct Options {
        // Where it leads; `sign` is made of its credential.
        Access access;
        Sign sign;   // null: requests need no proof
        // Where types of another base and URLs that answers name may lead too, beside the
        // endpoint's host: "https://ec2.eu.example.com". Nothing else is given our credentials.
        std::vector<std::string> other_origins;
        net::RateKey rate_key;
        std::optional<net::Rate> assumed_rate;
        std::shared_ptr<const Translation> translation;   // null: JSON over REST
    };
    // The error mapping is static.
    Api(std::shared_ptr<net::Client> client, const ErrorMapping& error_mapping, Options options);

    // The answer to a request that was done. Errors:
    // - provider::is_without_effect: it was certainly not done, whatever the code;
    // - Unavailable, DeadlineExceeded or Cancelled: it may have been done, or not. Also for an
    //   answer that cannot be read, and for one that a gateway gave;
    // - otherwise an ApiError: the service answered, and did not do it.
    base::Result<Answer> send(const Call& call, const CallScope& context) const;

    const ErrorMapping& error_mapping() const { return error_mapping_; }
    const std::string& endpoint() const { return options_.access.endpoint(); }

private:
    base::Result<std::string> url_of(const Call& call) const;
    net::CallOptions options_of(const Call& call, const CallScope& context) const;
    base::Result<net::Response> exchange(const Call& call, const CallScope& context,
                                         const net::Request& request, const Sign& sign) const;
    ApiError read_refusal(const net::Response& response) const;
    base::Error refused(const Call& call, const net::Response& response) const;
    base::Error unanswered(const Call& call, base::Error error) const;

    const std::shared_ptr<net::Client> client_;
    const ErrorMapping& error_mapping_;
    const Options options_;
    const base::Redactor redactor_;   // of our credential, which a service may repeat
};

// Whether the service says that there is no such thing.
bool is_absent(const base::Error& error);
// Whether it says that what was to be changed is not any more as it was read (If-Match).
bool is_outdated(const base::Error& error);

}
