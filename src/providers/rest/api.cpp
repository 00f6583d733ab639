#include "providers/rest/api.hpp"

#include "base/text.hpp"
#include "net/client/transport.hpp"
#include "net/http/url.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace providers::rest {
namespace {

// Pauses between attempts grow: ten of them outlast the short troubles of a service.
constexpr unsigned kAttempts = 10;
constexpr std::chrono::seconds kAttemptTime{30};
constexpr std::size_t kShownBody = 200;
// Lists of a thousand objects are some megabytes. A document without end must not fill the memory.
constexpr json::Limits kAnswerLimits{.max_bytes = std::size_t{64} << 20, .max_depth = 100};

// After these a request that changes may or may not have been carried out (RFC 9110, 15.6): a
// gateway gave up, or something broke on the way. 503 says that nothing was begun, and goes by the
// mapping.
bool is_outcome_unknown(const Call& call, int status) {
    return call.method != "GET" && (status == 500 || status == 502 || status == 504);
}

// The token's rights, the account's budget of requests.
bool is_about_account(base::Code code) {
    return code == base::Code::PermissionDenied || code == base::Code::Busy;
}

std::string reason_in(const ApiError& told) {
    std::string out = told.message.empty() ? "no reason was given" : told.message;
    for (const ApiError::Field& field : told.fields) {
        // Often the message names the field already; to say it twice is no help.
        if (field.messages.empty() && out.find(field.name) != std::string::npos) continue;
        out += fmt::format("; `{}`", field.name);
        for (std::size_t i = 0; i < field.messages.size(); ++i) {
            out += (i == 0 ? " " : ", ") + field.messages[i];
        }
    }
    if (told.code.empty()) return out + fmt::format(" (HTTP {})", told.status);
    return out + fmt::format(" ({}, HTTP {})", told.code, told.status);
}

}

std::string Answer::resolve(std::string_view target) const {
    // RFC 9110, 10.2.2: a target may be relative. Of the relative forms only a path from the root
    // occurs.
    const auto asked = net::parse_url(url);
    if (!target.starts_with('/') || !asked.ok()) return std::string(target);
    return fmt::format("{}://{}{}", asked->scheme, asked->authority(), target);
}

std::string ApiError::json() const {
    json::Array shown;
    for (const Field& field : fields) {
        json::Array texts;
        for (const std::string& text : field.messages) texts.emplace_back(text);
        shown.push_back(json::Object{{"name", field.name}, {"messages", std::move(texts)}});
    }
    json::Object out{{"status", status}, {"code", code}, {"message", message}};
    if (!shown.empty()) out.set("fields", std::move(shown));
    if (!correlation.empty()) out.set("correlation_id", correlation);
    return json::to_text(out);
}

const ApiError* api_error_of(const base::Error& error) {
    return dynamic_cast<const ApiError*>(error.detail());
}

bool is_absent(const base::Error& error) {
    const ApiError* told = api_error_of(error);
    return told != nullptr && told->status == 404;
}

bool is_outdated(const base::Error& error) {
    const ApiError* told = api_error_of(error);
    return told != nullptr && told->status == 412;
}

base::Error about(std::string_view input, base::Error error) {
    auto failure = std::make_shared<provider::CallFailure>();
    failure->input = input;
    return std::move(error).with_detail(std::move(failure));
}

base::Error with_remedy(base::Error error, Remedy remedy) {
    if (!remedy.help.empty()) error = std::move(error).with_help(std::move(remedy.help));
    if (remedy.advice) error = std::move(error).with_advice(std::move(*remedy.advice));
    return error;
}

// A refusal in a later call says nothing about the first, which had its effect: without this the
// engine would take the whole intent for not done, and what was made would be forgotten.
base::Error after_effect(base::Error error) {
    if (!provider::is_without_effect(error)) return error;
    if (const ApiError* told = api_error_of(error)) {
        auto kept = std::make_shared<ApiError>(*told);
        kept->is_without_effect = false;
        return std::move(error).with_detail(std::move(kept));
    }
    return std::move(error).with_detail(std::make_shared<provider::CallFailure>());
}

base::Error without_effect(base::Error error) {
    auto failure = std::make_shared<provider::CallFailure>();
    failure->is_without_effect = true;
    return std::move(error).with_detail(std::move(failure));
}

base::Error absent(std::string code, std::string message) {
    constexpr int kNotFound = 404;
    auto told = std::make_shared<ApiError>();
    told->status = kNotFound;
    told->code = std::move(code);
    told->message = message;
    told->is_without_effect = true;
    return base::not_found(std::move(message)).with_detail(std::move(told));
}

static base::Redactor redactor_of(const Credential& credential) {
    std::vector<std::string> secrets;
    for (const base::SecretText& part : credential) secrets.push_back(part.reveal());
    return base::Redactor(secrets);
}

Api::Api(std::shared_ptr<net::Client> client, const ErrorMapping& error_mapping, Options options)
    : client_(std::move(client)), error_mapping_(error_mapping), options_(std::move(options)),
      redactor_(redactor_of(options_.access.credential())) {}

// A service, or what stands before it, may repeat what it was sent: its headers, too.
ApiError Api::read_refusal(const net::Response& response) const {
    ApiError out = error_mapping_.read_error(response);
    for (std::string* text : {&out.code, &out.message}) *text = redactor_.hide(*text);
    for (ApiError::Field& field : out.fields) {
        for (std::string& text : field.messages) text = redactor_.hide(text);
    }
    return out;
}

base::Error Api::refused(const Call& call, const net::Response& response) const {
    auto told = std::make_shared<ApiError>(read_refusal(response));
    if (told->status == 0) told->status = response.status;
    if (const auto id = response.headers.find("X-Correlation-Id")) told->correlation = *id;
    std::string message =
        // Words of a service go to terminals, so control characters are made visible.
        fmt::format("{} says: {}", error_mapping_.service, base::escape_controls(reason_in(*told)));
    const bool is_unknown = is_outcome_unknown(call, response.status);
    // 4xx: it was looked at and turned down. 5xx of a service in trouble proves nothing.
    told->is_without_effect = call.method == "GET" || response.status < 500;
    if (!told->fields.empty()) {
        const std::string& field = told->fields.front().name;
        // Of "labels.app" or "rules[2]" the input is what stands before: that is where it is
        // written.
        told->input = field.substr(0, field.find_first_of(".["));
    }
    base::Error error(is_unknown ? base::Code::Unavailable : error_mapping_.code_of(*told),
                      std::move(message));
    told->is_about_account = is_about_account(error.code());
    Remedy remedy = error_mapping_.remedy_for(*told);
    if (remedy.help.empty() && !remedy.advice && !told->correlation.empty()) {
        remedy.help = fmt::format("if it stays, the support of {} finds the request by its id {}",
                                  error_mapping_.service, base::escape_controls(told->correlation));
    }
    // Of a look nothing can have come, and any command may have made it: it is simply made again.
    if (call.method == "GET") remedy.advice.reset();
    if (!told->is_without_effect) remedy.advice = {.next = base::Next::FindOut};
    return with_remedy(std::move(error), std::move(remedy)).with_detail(std::move(told));
}

base::Error Api::unanswered(const Call& call, base::Error error) const {
    const bool is_sent = net::delivery_of(error) != net::Delivery::NotSent;
    auto failure = std::make_shared<provider::CallFailure>();
    // A read has no effect, whatever became of it.
    // What was not sent was not done: the engine does not wait for it, whatever the code.
    failure->is_without_effect = call.method == "GET" || !is_sent;
    failure->is_about_account = is_about_account(error.code());
    if (!is_sent && error.help().empty()) {
        error = std::move(error).with_help(
            fmt::format("nothing was asked of {}; is {} reachable from here?",
                        error_mapping_.service, endpoint()));
    }
    return std::move(error).with_detail(std::move(failure));
}

// A URL that an answer names is followed where our credentials belong, and nowhere else.
// The credentials of an account are worth more than any answer: a service that was broken into, or
// an answer that somebody has changed, could otherwise send them where they like.
base::Result<std::string> Api::url_of(const Call& call) const {
    if (call.path.starts_with('/')) return endpoint() + call.path;
    const net::Url wanted = TRY(net::parse_url(call.path));
    const auto is_there = [&](const std::string& origin) {
        return net::have_same_origin(origin, call.path);
    };
    // Of the endpoint its `Access` says that it is fit for credentials; of the others nobody does.
    if (is_there(endpoint()) ||
        (net::is_confidential(wanted) && std::ranges::any_of(options_.other_origins, is_there))) {
        return call.path;
    }
    return base::Error(base::Code::FailedPrecondition,
                       fmt::format("{} leads to {}, where it does not belong",
                                   error_mapping_.service, wanted.authority()));
}

net::CallOptions Api::options_of(const Call& call, const CallScope& context) const {
    net::CallOptions options;
    options.timeout = context.timeout;
    options.attempt_timeout = kAttemptTime;
    options.stop = context.stop;
    // A request under the last attempt is not repeated by the client either: what is said to it
    // counts.
    options.max_attempts = context.is_last_attempt ? 1 : kAttempts;
    options.attempts_before = context.attempts_before;
    // A look may be a POST on the wire.
    options.is_idempotent = call.is_idempotent || call.method == "GET";
    options.sign = options_.sign;
    options.may_repeat = [this](const net::Response& response) {
        return response.status >= 400 &&
               // Only services themselves know which refusals are passing ("locked", "rate
               // limit"), so the mapping says.
               error_mapping_.may_repeat(error_mapping_.read_error(response));
    };
    options.rate_key = options_.rate_key;
    options.assumed_rate = options_.assumed_rate;
    // Once something had an effect, the looks that follow wait for their budget: to give the
    // thread back there would mean to begin the call again.
    options.waits_for_budget = context.may_begin_again == nullptr || !*context.may_begin_again;
    options.secret_body = call.has_secrets;
    options.patience = context.patience;
    options.who = context.who;
    return options;
}

base::Result<net::Response> Api::exchange(const Call& call, const CallScope& context,
                                          const net::Request& request, const Sign& sign) const {
    net::CallOptions options = options_of(call, context);
    options.sign = sign;
    auto sent = client_->send(request, options);
    const bool is_nothing_sent =
        !sent.ok() && net::delivery_of(sent.error()) == net::Delivery::NotSent;
    const bool may_have_effect = call.method != "GET" && !is_nothing_sent &&
                                 !(sent.ok() && sent->status >= 400 && sent->status < 500);
    // 4xx had none, which is what lets a refused step begin again. Set whether or not the answer
    // helps.
    if (may_have_effect && context.may_begin_again != nullptr) *context.may_begin_again = false;
    if (!sent.ok()) {
        // Not an error of the call: the caller is told to come again, so it gets the error as it
        // is.
        if (net::is_budget_spent(sent.error())) return std::move(sent).error();
        return unanswered(call, std::move(sent).error()).with_context(call.what);
    }
    if (sent->status >= 300) return refused(call, *sent).with_context(call.what);
    return sent;
}

base::Result<Answer> Api::send(const Call& call, const CallScope& context) const {
    if (options_.translation) {
        return options_.translation->send(call, [&](const net::Request& request, const Sign& sign) {
            return exchange(call, context, request, sign);
        });
    }
    auto url = url_of(call);
    if (!url.ok()) return std::move(url).error().with_context(call.what);
    net::Request request{
        .method = call.method, .target = std::move(*url), .headers = call.headers, .body = {}};
    request.headers.add("Accept", "application/json");
    if (!call.body.is_null()) {
        if (!request.headers.find("Content-Type")) {
            request.headers.add("Content-Type", "application/json");
        }
        // The body is rendered once, for all attempts; signatures are made for each attempt.
        request.body = json::to_text(call.body);
    }
    const net::Response response = TRY(exchange(call, context, request, options_.sign));
    Answer answer{.status = response.status,
                  .headers = response.headers,
                  .body = {},
                  .url = std::move(request.target)};
    if (base::trim(response.body).empty()) return answer;
    // From here something has answered 2xx, so it was done; what it did cannot be read. That is
    // "unknown", and `find` looks.
    auto document = json::parse(response.body, kAnswerLimits);
    if (document.ok()) {
        answer.body = std::move(*document);
        return answer;
    }
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} answered what is no JSON: {}", error_mapping_.service,
                                   base::escape_controls(
                                       redactor_.hide(response.body.substr(0, kShownBody)))))
        .with_context(call.what);
}

}
