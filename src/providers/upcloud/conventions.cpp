#include "providers/upcloud/conventions.hpp"

#include "net/http/url.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/api_conventions.hpp"

#include <fmt/core.h>

namespace providers::upcloud {
namespace {

using rest::ApiError;

// The most that the newer services give in one page.
constexpr std::size_t kPageSize = 100;
constexpr json::Limits kErrorLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 20};
constexpr std::string_view kErrorMark = "#ERROR_";

// {"error": {"error_code", "error_message"}}.
void read_old(const json::Value& error, ApiError& out) {
    out.code = error.string_or("error_code", "");
    out.message = error.string_or("error_message", "");
}

// A problem document (RFC 9457), whose type ends in the code.
void read_problem(const json::Value& problem, ApiError& out) {
    const std::string_view type = problem.string_or("type", "");
    const std::size_t mark = type.find(kErrorMark);
    if (mark != std::string_view::npos) out.code = type.substr(mark + kErrorMark.size());
    out.message = problem.string_or("title", "");
    out.correlation = problem.string_or("correlation_id", "");
    const json::Value* wrong = problem.find("invalid_params");
    if (wrong == nullptr || !wrong->is_array()) return;
    for (const json::Value& one : *wrong->as_array()) {
        std::string_view name = one.string_or("name", "");
        std::string reason(one.string_or("reason", ""));
        out.fields.push_back({.name = std::string(name), .messages = {std::move(reason)}});
    }
}

ApiError read_error(const net::Response& response) {
    ApiError out;
    out.status = response.status;
    const auto document = json::parse(response.body, kErrorLimits);
    if (document.ok() && document->find("error") != nullptr) {
        read_old(*document->find("error"), out);
    } else if (document.ok() && document->is_object() && document->find("type") != nullptr) {
        read_problem(*document, out);
    } else {
        // A gateway in front of the API speaks neither.
        out.message = net::reason_of(response.status);
    }
    return out;
}

// For some seconds after a detachment or a backup a storage takes no change, and shows itself as
// if it did.
bool may_repeat(const ApiError& refusal) {
    return refusal.code == "STORAGE_STATE_ILLEGAL" || refusal.status == 429;
}

base::Code code_of(const ApiError& refusal) {
    const std::string& code = refusal.code;
    if (code.ends_with("_EXISTS") || code == "DUPLICATE_RESOURCE") {
        return base::Code::AlreadyExists;
    }
    if (code.find("LIMIT_REACHED") != std::string::npos || code == "INSUFFICIENT_CREDITS" ||
        code.ends_with("RESOURCES_UNAVAILABLE")) {
        return base::Code::Exhausted;
    }
    switch (refusal.status) {
        case 400:
        case 422: return base::Code::InvalidArgument;
        case 401: return base::Code::Unauthenticated;
        case 402: return base::Code::Exhausted;
        case 403:
            // Of the account; the rest is about what was asked for.
            return code.starts_with("ACTION_") || code.starts_with("ACCOUNT_") || code.empty()
                       ? base::Code::PermissionDenied
                       : base::Code::FailedPrecondition;
        case 404: return base::Code::NotFound;
        case 405:
        case 406: return base::Code::Unimplemented;
        case 429: return base::Code::Busy;
        case 502:
        case 503:
        case 504: return base::Code::Unavailable;
        default: break;
    }
    return refusal.status >= 500 ? base::Code::Unavailable : base::Code::FailedPrecondition;
}

struct Known {
    std::string_view code;
    std::string_view help;
    std::optional<base::Next> next = std::nullopt;
};

using base::Next;

constexpr Known kKnown[] = {
    {"AUTHENTICATION_FAILED",
     "the token or the user is unknown: it may have expired, or may not use the API. Tokens are "
     "made in the Hub, Account, API tokens"},
    {"ACTION_FORBIDDEN", "the sub-account has no right to that; the main account gives it"},
    {"INSUFFICIENT_CREDITS", "the account has no credits left"},
    {"TRIAL_PLAN", "a trial account cannot do that"},
    {"SERVER_STATE_ILLEGAL", "the server is not in a state for that just now", Next::ApplyAgain},
    {"STORAGE_STATE_ILLEGAL", "the storage is not in a state for that just now", Next::ApplyAgain},
    {"SERVER_RESOURCES_UNAVAILABLE",
     "there is no room for it there now: take another zone or plan, or wait", Next::ApplyLater},
    {"STORAGE_RESOURCES_UNAVAILABLE",
     "there is no room for it there now: take another zone or tier, or wait", Next::ApplyLater},
    {"HOT_RESIZE_UNAVAILABLE", "its host has no room for it: set `hot_resize = false`, and it is "
                               "stopped for the change"},
    {"NETWORK_NOT_EMPTY", "something still uses it; what refers to it has to go first"},
    {"ROUTER_ATTACHED", "networks are still attached to it; what refers to it has to go first"},
    {"STORAGE_ATTACHED", "a server still has it"},
    {"BACKUP_RULE_CONFLICT",
     "a storage cannot have a `backup_rule` while its server has `simple_backup`"},
    {"RESOURCE_ALREADY_EXISTS", "something else has that already: choose another, or take it over",
     Next::ImportResource},
    {"METADATA_DISABLED_ON_CLOUD-INIT", "templates with cloud-init need `metadata = true`"},
};

rest::Remedy remedy_for(const ApiError& refusal) {
    for (const Known& known : kKnown) {
        if (known.code != refusal.code) continue;
        rest::Remedy out{.help = std::string(known.help), .advice = {}};
        if (known.next) out.advice = {.next = *known.next};
        return out;
    }
    if (refusal.code.empty() && refusal.status >= 500) {
        return {.help = "its answer was lost on the way", .advice = {}};
    }
    return {};
}

std::string tag_query(std::string_view tag, std::string_view value) {
    return "label=" + net::percent_encode(fmt::format("{}={}", tag, value));
}

}

const rest::ErrorMapping& error_mapping() {
    static constexpr rest::ErrorMapping kErrorMapping{.service = "UpCloud",
                                                      .read_error = read_error,
                                                      .may_repeat = may_repeat,
                                                      .code_of = code_of,
                                                      .remedy_for = remedy_for};
    return kErrorMapping;
}

const rest::Paging& by_offset() {
    static constexpr rest::Paging kPaging{.by = rest::Paging::By::Offset,
                                          .parameter = "offset",
                                          .size_parameter = "limit",
                                          .size = kPageSize};
    return kPaging;
}

const rest::ApiConventions& conventions() {
    static constexpr rest::ApiConventions kConventions{.tag_query = tag_query};
    return kConventions;
}

}
