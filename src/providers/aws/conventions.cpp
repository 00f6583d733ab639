#include "providers/aws/conventions.hpp"

#include "net/http/url.hpp"
#include "providers/aws/protocol/protocol.hpp"

#include <fmt/core.h>

namespace providers::aws {
namespace {

using base::Code;
using base::Next;
using rest::ApiError;

struct Known {
    std::string_view code;   // one that ends in `*` stands for all that begin so
    Code kind;
    std::string_view help = "";
    std::optional<Next> next = std::nullopt;
};

// First those that are told alike by many services (the vendor's "Common errors"), then those of
// EC2.
constexpr Known kKnown[] = {
    {"AuthFailure", Code::Unauthenticated,
     "the access key is unknown or its secret is another one; a key of one partition is unknown in "
     "the others"},
    {"InvalidClientTokenId", Code::Unauthenticated, "the access key is unknown: it may be deleted"},
    {"UnrecognizedClientException", Code::Unauthenticated, "the access key is unknown"},
    {"SignatureDoesNotMatch", Code::Unauthenticated,
     "the secret key is another one, or this machine's clock is wrong"},
    {"IncompleteSignature", Code::Unauthenticated, "the access key's id has what no id has"},
    {"ExpiredToken*", Code::Unauthenticated, "the session has expired: get a new one"},
    {"RequestExpired", Code::Unauthenticated, "this machine's clock is wrong"},
    {"OptInRequired", Code::PermissionDenied, "the account has not been opened for this service"},
    {"AccessDenied*", Code::PermissionDenied, "a policy does not permit it"},
    {"UnauthorizedOperation", Code::PermissionDenied, "a policy of the account does not permit it"},
    {"NotAuthorized", Code::PermissionDenied, "a policy does not permit it"},
    {"Throttling*", Code::Busy, "the account's rate of requests is used up", Next::ApplyLater},
    {"RequestLimitExceeded", Code::Busy, "the account's rate of requests is used up",
     Next::ApplyLater},
    {"TooManyRequestsException", Code::Busy, "", Next::ApplyLater},
    {"RequestThrottled*", Code::Busy, "", Next::ApplyLater},
    {"SlowDown", Code::Busy, "", Next::ApplyLater},
    {"PriorRequestNotComplete", Code::Busy, "", Next::ApplyLater},
    {"IdempotentParameterMismatch", Code::Conflict, ""},
    {"DependencyViolation", Code::FailedPrecondition,
     "something still uses it; what refers to it has to go first"},
    {"Insufficient*", Code::Exhausted,
     "there is no room for it there now: take another zone or type, or wait", Next::ApplyLater},
    {"*LimitExceeded", Code::Exhausted,
     "the account's quota is reached: delete what is not needed, or ask for more in Service "
     "Quotas"},
    {"*.Duplicate", Code::AlreadyExists, "something else has that already", Next::ImportResource},
    {"*AlreadyExists*", Code::AlreadyExists, "something else has that already",
     Next::ImportResource},
    {"InvalidSubnet.Conflict", Code::InvalidArgument, "ranges of subnets may not overlap"},
    {"IncorrectState", Code::FailedPrecondition, "it is in a state that does not permit it"},
    {"IncorrectInstanceState", Code::FailedPrecondition,
     "the instance is in a state that does not permit it"},
    {"VolumeInUse", Code::FailedPrecondition, "the volume is attached to an instance"},
    {"OperationNotPermitted", Code::FailedPrecondition, ""},
    {"*InUse", Code::FailedPrecondition, "something still uses it"},
};

bool fits(std::string_view pattern, std::string_view code) {
    const bool begins_open = pattern.starts_with('*');
    const bool ends_open = pattern.ends_with('*');
    if (begins_open) pattern.remove_prefix(1);
    if (ends_open) pattern.remove_suffix(1);
    if (begins_open && ends_open) return code.find(pattern) != std::string_view::npos;
    if (begins_open) return code.ends_with(pattern);
    return ends_open ? code.starts_with(pattern) : code == pattern;
}

const Known* known(std::string_view code) {
    for (const Known& one : kKnown) {
        if (fits(one.code, code)) return &one;
    }
    return nullptr;
}

bool may_repeat(const ApiError& refusal) {
    const Known* one = known(refusal.code);
    return one != nullptr && one->kind == Code::Busy;
}

Code code_of(const ApiError& refusal) {
    if (const Known* one = known(refusal.code)) return one->kind;
    switch (refusal.status) {
        case 400: return Code::InvalidArgument;
        case 401: return Code::Unauthenticated;
        case 403: return Code::PermissionDenied;
        case 404: return Code::NotFound;
        case 409: return Code::Conflict;
        case 412: return Code::FailedPrecondition;
        case 429: return Code::Busy;
        default: break;
    }
    // A status that is new to us is sorted by its class, so that a 5xx never counts as "certainly
    // refused".
    return refusal.status >= 500 ? Code::Unavailable : Code::FailedPrecondition;
}

rest::Remedy remedy_for(const ApiError& refusal) {
    if (const Known* one = known(refusal.code)) {
        rest::Remedy out{.help = std::string(one->help), .advice = {}};
        if (one->next) out.advice = {.next = *one->next};
        return out;
    }
    if (refusal.code.empty() && refusal.status >= 500) {
        return {.help = "its answer was lost on the way", .advice = {}};
    }
    return {};
}

std::string tag_query(std::string_view tag, std::string_view value) {
    return fmt::format("tag={}&is={}", net::percent_encode(tag), net::percent_encode(value));
}

}

const rest::ErrorMapping& error_mapping() {
    static constexpr rest::ErrorMapping kErrorMapping{.service = "AWS",
                                                      .read_error = read_error,
                                                      .may_repeat = may_repeat,
                                                      .code_of = code_of,
                                                      .remedy_for = remedy_for};
    return kErrorMapping;
}

const rest::ApiConventions& conventions() {
    static constexpr rest::ApiConventions kConventions{.paging = {.by = rest::Paging::By::Token,
                                                                  .parameter = "page",
                                                                  .size_parameter = "",
                                                                  .size = 0,
                                                                  .next_at = "next",
                                                                  .last_at = ""},
                                                       .tag_query = tag_query,
                                                       .name_query = nullptr,
                                                       .operations = {}};
    return kConventions;
}

}
