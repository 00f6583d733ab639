#pragma once

#include "net/server/route_table.hpp"
#include "sandbox/kit/actions.hpp"
#include "sandbox/kit/api_call.hpp"
#include "sandbox/kit/body.hpp"
#include "sandbox/kit/rate_limit.hpp"
#include "sandbox/kit/refusal.hpp"

#include <span>
#include <string_view>

namespace sandbox {

// What the kit has to refuse for the vendor.
enum class Reason : unsigned char {
    Unauthenticated,
    ReadOnlyToken,   // it may not write
    NoPath,
    NoMethod,
    BadQuery,   // the words say what is wrong with it
    BadBody,
    RateLimited,   // the words are the limit
    NotFound,      // words and type are those of a family, here and below
    NameTaken,
    OverQuota,
    Busy,   // an action holds it; the type alone
};

struct Subject {
    std::string_view words;
    std::string_view type;
};

// Numbers that the vendor's ids begin with. They grow by steps of up to `step`.
struct IdRanges {
    std::int64_t first = 1000;
    std::int64_t first_action = 1'000'000;
    std::int64_t step = 9;
};

// One vendor's API: what there is to ask for, and how the vendor says what the kit finds out. A
// cloud is this and the handlers of its routes. Any thread; it does not change.
class Api {
public:
    virtual ~Api() = default;

    virtual std::string_view base_path() const = 0;   // "/v1"
    virtual std::span<const std::span<const Route>> routes() const = 0;
    // What an action of this command does; null: nothing.
    virtual const Effect* find_effect(std::string_view /*command*/) const { return nullptr; }
    // The types that a summary counts.
    virtual std::span<const std::string_view> counted_types() const = 0;
    virtual IdRanges ids() const { return {}; }

    // The token that a request carries; empty: none. By default that of `Authorization: Bearer`.
    virtual std::string token_of(const net::Request& request) const;
    // Whether it is of the vendor's form. Each that is belongs to a project of its own.
    virtual bool is_token(std::string_view token) const = 0;

    virtual base::Error refuse(Reason reason, const Subject& subject) const = 0;
    virtual const BodyWords& words() const = 0;
    // What a failure of this status is called.
    virtual std::string_view code_of(int status) const = 0;
    virtual json::Value body_of(const Refusal& refusal) const = 0;
    virtual std::string_view content_type_of(const Refusal& /*refusal*/) const {
        return "application/json";
    }
    // Whether "/servers/" is "/servers".
    virtual bool ignores_last_slash() const { return false; }
    // Headers that every answer has.
    virtual void add_headers(net::Headers& /*headers*/, const Bucket& /*rate*/) const {}
};

// The routes in the order of routes(). A pattern that is none is our own mistake.
net::RouteTable table_of(const Api& api);

}
