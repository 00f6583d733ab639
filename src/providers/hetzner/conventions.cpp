#include "providers/hetzner/conventions.hpp"

#include "net/http/url.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/api_conventions.hpp"
#include "providers/rest/operation_poller.hpp"
#include "providers/rest/rest_type.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <charconv>

namespace providers::hetzner {
namespace {

using rest::ApiError;

// The most that the API gives in one page.
constexpr int kPageSize = 50;
// An error is small. A gateway's page of HTML, or something hostile, is not parsed at length only
// to say 502.
constexpr json::Limits kErrorLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 20};

ApiError read_error(const net::Response& response) {
    ApiError out;
    out.status = response.status;
    const auto document = json::parse(response.body, kErrorLimits);
    const json::Value* error = document.ok() ? document->find("error") : nullptr;
    if (error == nullptr) {
        // A gateway in front of the API does not speak JSON.
        out.message = net::reason_of(response.status);
        return out;
    }
    out.code = error->string_or("code", "");
    out.message = error->string_or("message", "");
    const json::Value* fields = error->find("details", "fields");
    if (fields == nullptr || !fields->is_array()) return out;
    for (const json::Value& field : *fields->as_array()) {
        ApiError::Field shown{.name = std::string(field.string_or("name", "")), .messages = {}};
        const json::Value* messages = field.find("messages");
        if (messages != nullptr && messages->is_array()) {
            for (const json::Value& message : *messages->as_array()) {
                if (const std::string* text = message.as_string()) shown.messages.push_back(*text);
            }
        }
        out.fields.push_back(std::move(shown));
    }
    return out;
}

// It certainly did nothing, and will take the same request in a update.
// `conflict` is the answer to two changes of one object at once, `locked` that an action still
// runs at it; both are decided before anything is done. `unavailable`, `timeout` and all 5xx are
// not here: they leave open what happened, and only a look may decide.
bool may_repeat(const ApiError& refusal) {
    return refusal.code == "locked" || refusal.code == "conflict" ||
           refusal.code == "rate_limit_exceeded" || refusal.code == "robot_unavailable";
}

// Codes first where they say more than the status: the read-only token comes as 403, a limit too,
// and an advice to check the rights would mislead for the latter.
base::Code code_of(const ApiError& refusal) {
    const std::string& code = refusal.code;
    if (code == "token_readonly") return base::Code::PermissionDenied;
    if (code == "uniqueness_error") return base::Code::AlreadyExists;
    if (code == "resource_limit_exceeded") return base::Code::Exhausted;
    switch (refusal.status) {
        case 400: return base::Code::InvalidArgument;
        case 401: return base::Code::Unauthenticated;
        case 403:
            return code == "maintenance" ? base::Code::Unavailable : base::Code::PermissionDenied;
        case 404: return base::Code::NotFound;
        case 405:
        case 410: return base::Code::Unimplemented;
        case 409: return base::Code::Conflict;
        case 412: return base::Code::Exhausted;
        case 429: return base::Code::Busy;
        case 502:
        case 503:
        case 504: return base::Code::Unavailable;
        default: break;
    }
    if (code == "invalid_input" || code == "json_error") return base::Code::InvalidArgument;
    // A status that is new to us is sorted by its class, so that a 5xx never counts as "certainly
    // refused".
    return refusal.status >= 500 ? base::Code::Unavailable : base::Code::FailedPrecondition;
}

struct Known {
    std::string_view code;
    std::string_view help;
    std::optional<base::Next> next = std::nullopt;
};

using base::Next;

// Where it may have been done, what to do next is the same for all codes and told by the kit.
constexpr Known kKnown[] = {
    {"unauthorized",
     "the token is unknown: it may be of another service, revoked, or cut off. Make one in the "
     "project's page, Security, API tokens"},
    {"token_readonly", "the token may only read. That is enough to plan; to apply, take one with "
                       "read and write rights"},
    {"invalid_input", "correct what it names"},
    {"json_error", "this is a mistake of ours: please report it"},
    {"not_found", "it went away meanwhile, and will be made anew", Next::PlanAgain},
    {"unavailable", "the API is out of order"},
    {"server_error", "the API failed"},
    {"bad_gateway", "the API was not reached, or its answer was lost"},
    {"timeout", "the API took too long"},
    {"uniqueness_error", "something else has that already: choose another, or take it over",
     Next::ImportResource},
    {"forbidden", "the token's project does not permit it"},
    {"maintenance", "the API is under maintenance", Next::ApplyLater},
    {"resource_limit_exceeded",
     "the project's limit is reached: delete what is not needed, or ask for a higher limit in the "
     "console, Limits"},
    {"resource_unavailable",
     "there is no room for it there now: take another location or server type, or wait",
     Next::ApplyLater},
    {"placement_error", "no host was free: take another location or type, or wait",
     Next::ApplyLater},
    {"locked", "something else changes it just now; wait until that is done", Next::ApplyAgain},
    {"conflict", "it was changed meanwhile", Next::ApplyAgain},
    {"protected",
     "it is protected at the platform: apply `delete_protection = false` first, then delete it"},
    {"rate_limit_exceeded", "the project's requests of this hour are used up", Next::ApplyLater},
    {"resource_in_use", "something still uses it; what refers to it has to go first"},
    {"must_be_unassigned", "it is still assigned; unassign it first"},
    {"invalid_server_type",
     "the server's disk or architecture does not fit that type: take another type, or replace the "
     "server"},
    {"server_not_stopped", "the server has to be off for this"},
    {"no_subnet_available", "the network has no subnet for the server's location: add a "
                            "hetzner.Subnet, and let the server "
                            "refer to it"},
    {"ip_not_available", "the address is taken or in no subnet of the network"},
    {"networks_overlap", "ranges of subnets and routes may not overlap"},
    {"resource_locked", "the account is locked; ask the vendor's support"},
};

rest::Remedy remedy_for(const ApiError& refusal) {
    for (const Known& known : kKnown) {
        if (known.code != refusal.code) continue;
        rest::Remedy out{.help = std::string(known.help), .advice = {}};
        if (known.next) out.advice = {.next = *known.next};
        return out;
    }
    // A gateway in front of the API knows no codes.
    if (refusal.code.empty() && refusal.status >= 500) {
        return {.help = "its answer was lost on the way", .advice = {}};
    }
    return {};
}

std::string tag_query(std::string_view tag, std::string_view value) {
    // `==` is equality in the API's label selectors; the value is escaped for the URL only.
    return "label_selector=" + net::percent_encode(fmt::format("{}=={}", tag, value));
}

std::string name_query(std::string_view name) { return "name=" + net::percent_encode(name); }

void add_begun(const json::Value* action, std::vector<std::string>& out) {
    if (action == nullptr || !action->is_object()) return;
    // An action that has ended well needs no waiting. One that has failed is kept: its error is
    // what the poller has to tell.
    if (action->string_or("status", "") == "success") return;
    if (std::string id = rest::id_text(action->find("id")); !id.empty())
        out.push_back(std::move(id));
}

std::vector<std::string> begun(const rest::Answer& told) {
    const json::Value& answer = told.body;
    std::vector<std::string> out;
    add_begun(answer.find("action"), out);
    // `actions` come with changes of firewalls, one for each server; `next_actions` with a new
    // server: what was started and what follows it. All must end before the thing counts as made.
    for (const std::string_view list : {"actions", "next_actions"}) {
        const json::Value* actions = answer.find(list);
        if (actions == nullptr || !actions->is_array()) continue;
        for (const json::Value& action : *actions->as_array()) add_begun(&action, out);
    }
    return out;
}

base::Result<std::vector<std::string>> running_at(const rest::Api& api, const rest::RestType& type,
                                                  std::string_view id,
                                                  const rest::CallScope& context) {
    rest::Call call;
    call.path = fmt::format("{}/actions?status=running&per_page={}", type.path_of(id), kPageSize);
    call.what = fmt::format("asking what goes on at the {} {}", type.noun, id);
    auto answer = api.send(call, context);
    if (answer.ok()) return begun(*answer);
    // It may have gone meanwhile.
    // Asked by recovery, of an object that a list has just shown: a delete of somebody else may
    // come between.
    if (rest::is_absent(answer.error())) return std::vector<std::string>();
    return std::move(answer).error();
}

base::Result<std::map<std::string, rest::Progress>> progress_of(const rest::Api& api,
                                                                std::span<const std::string> ids,
                                                                const rest::CallScope& context) {
    rest::Call call;
    call.path = "/actions";
    // One request for all that goes on, instead of one each: 16 changes at once would use up the
    // hour's requests by waiting alone.
    for (std::size_t i = 0; i < ids.size(); ++i) {
        call.path += (i == 0 ? "?id=" : "&id=") + net::percent_encode(ids[i]);
    }
    call.path += fmt::format("&per_page={}", kPageSize);
    call.what = "asking how far it is";
    const rest::Answer told = TRY(api.send(call, context));
    const json::Value& answer = told.body;
    std::map<std::string, rest::Progress> out;
    const json::Value* actions = answer.find("actions");
    // Not "none of them": that would say that each action has vanished.
    if (actions == nullptr || !actions->is_array()) {
        return base::Error(base::Code::Unavailable, "Hetzner Cloud answered without `actions`")
            .with_context(call.what);
    }
    for (const json::Value& action : *actions->as_array()) {
        // Running unless said otherwise; a status that we do not know is waited for.
        rest::Progress progress;
        const std::string_view status = action.string_or("status", "");
        if (status == "success") progress.kind = rest::Progress::Kind::Done;
        if (status == "error") {
            progress.kind = rest::Progress::Kind::Failed;
            if (const json::Value* error = action.find("error")) {
                progress.code = error->string_or("code", "action_failed");
                progress.message = error->string_or("message", "");
            }
        }
        // Ids that are not in the answer are not in the map; the poller decides what a vanished
        // action means.
        out[rest::id_text(action.find("id"))] = std::move(progress);
    }
    return out;
}

}

const rest::ErrorMapping& error_mapping() {
    static constexpr rest::ErrorMapping kErrorMapping{.service = "Hetzner Cloud",
                                                      .read_error = read_error,
                                                      .may_repeat = may_repeat,
                                                      .code_of = code_of,
                                                      .remedy_for = remedy_for};
    return kErrorMapping;
}

const rest::ApiConventions& conventions() {
    static constexpr rest::ApiConventions kConventions{
        .paging = {.by = rest::Paging::By::Page,
                   .parameter = "page",
                   .size_parameter = "per_page",
                   .size = kPageSize,
                   .next_at = "meta.pagination.next_page",
                   .last_at = "meta.pagination.last_page"},
        .tag_query = tag_query,
        .name_query = name_query,
        .operations = {.begun = begun, .running_at = running_at, .progress_of = progress_of}};
    return kConventions;
}

}
