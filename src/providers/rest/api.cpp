#include "providers/rest/api.hpp"

#include "base/text.hpp"
#include "net/client/transport.hpp"

#include <fmt/core.h>

namespace providers::rest {
namespace {

constexpr unsigned kAttempts = 10;
constexpr std::chrono::seconds kAttemptTime{30};
constexpr std::size_t kShownBody = 200;
constexpr json::Limits kAnswerLimits{.max_bytes = std::size_t{64} << 20, .max_depth = 100};

bool is_outcome_unknown(const Call& call, int status) {
    return call.method != "GET" && (status == 500 || status == 502 || status == 504);
}

std::string told_by(const Refusal& refusal) {
    std::string out = refusal.message.empty() ? "no reason was given" : refusal.message;
    for (const Refusal::Field& field : refusal.fields) {
        if (field.messages.empty() && out.find(field.name) != std::string::npos) continue;
        out += fmt::format("; `{}`", field.name);
        for (std::size_t i = 0; i < field.messages.size(); ++i) {
            out += (i == 0 ? " " : ", ") + field.messages[i];
        }
    }
    if (refusal.code.empty()) return out + fmt::format(" (HTTP {})", refusal.status);
    return out + fmt::format(" ({}, HTTP {})", refusal.code, refusal.status);
}

}

std::string Refusal::json() const {
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

const Refusal* refusal_of(const base::Error& error) {
    return dynamic_cast<const Refusal*>(error.detail());
}

bool is_absent(const base::Error& error) {
    const Refusal* refusal = refusal_of(error);
    return refusal != nullptr && refusal->status == 404;
}

base::Error about(std::string_view input, base::Error error) {
    auto failure = std::make_shared<provider::CallFailure>();
    failure->input = input;
    return std::move(error).with_detail(std::move(failure));
}

base::Error after_effect(base::Error error) {
    if (!provider::is_without_effect(error)) return error;
    if (const Refusal* refusal = refusal_of(error)) {
        auto kept = std::make_shared<Refusal>(*refusal);
        kept->is_without_effect = false;
        return std::move(error).with_detail(std::move(kept));
    }
    return std::move(error).with_detail(std::make_shared<provider::CallFailure>());
}

base::Error Api::refused(const Call& call, const net::Response& response) const {
    auto refusal = std::make_shared<Refusal>(error_mapping_.read_refusal(response));
    refusal->status = response.status;
    if (const auto id = response.headers.find("X-Correlation-Id")) refusal->correlation = *id;
    std::string message = fmt::format("{} says: {}", error_mapping_.service,
                                      base::escape_controls(told_by(*refusal)));
    const bool is_unknown = is_outcome_unknown(call, response.status);
    refusal->is_without_effect = call.method == "GET" || response.status < 500;
    if (!refusal->fields.empty()) {
        const std::string& field = refusal->fields.front().name;
        refusal->input = field.substr(0, field.find_first_of(".["));
    }
    base::Error error(is_unknown ? base::Code::Unavailable : error_mapping_.code_of(*refusal),
                      std::move(message));
    if (const int exit_code = error_mapping_.exit_code_of(*refusal); exit_code != 0) {
        error = std::move(error).with_exit_code(exit_code);
    }
    if (std::string help = error_mapping_.help_for(*refusal); !help.empty()) {
        error = std::move(error).with_help(std::move(help));
    } else if (!refusal->correlation.empty()) {
        error = std::move(error).with_help(
            fmt::format("if it stays, the support of {} finds the request by its id {}",
                        error_mapping_.service, base::escape_controls(refusal->correlation)));
    }
    return std::move(error).with_detail(std::move(refusal));
}

base::Error Api::unanswered(const Call& call, base::Error error) const {
    const bool is_sent = net::delivery_of(error) != net::Delivery::NotSent;
    auto failure = std::make_shared<provider::CallFailure>();
    failure->is_without_effect = call.method == "GET" || !is_sent;
    if (is_sent) return std::move(error).with_detail(std::move(failure));
    // What was not sent was not done. The code keeps the engine from waiting for it.
    const base::Code code =
        error.code() == base::Code::Cancelled ? base::Code::Cancelled : base::Code::Exhausted;
    return base::Error(code, error.text())
        .with_exit_code(69)
        .with_help(error.help().empty()
                       ? fmt::format("nothing was asked of {}; is {} reachable from here?",
                                     error_mapping_.service, options_.endpoint)
                       : std::string(error.help()))
        .with_detail(std::move(failure));
}

base::Result<json::Value> Api::send(const Call& call, const provider::CallContext& context) const {
    net::Request request{.method = call.method,
                         .target = options_.endpoint + call.path,
                         .headers = {{"Authorization", "Bearer " + options_.token.reveal()},
                                     {"Accept", "application/json"}},
                         .body = {}};
    if (!call.body.is_null()) {
        request.headers.add("Content-Type", "application/json");
        request.body = json::to_text(call.body);
    }
    net::CallOptions options;
    options.timeout = context.timeout;
    options.attempt_timeout = kAttemptTime;
    options.stop = context.stop;
    options.max_attempts = kAttempts;
    options.is_idempotent = call.is_idempotent;
    options.may_repeat = [this](const net::Response& response) {
        return response.status >= 400 &&
               error_mapping_.may_repeat(error_mapping_.read_refusal(response));
    };
    options.rate_key = options_.rate_key;
    options.assumed_rate = options_.assumed_rate;
    options.secret_body = call.has_secrets;
    auto sent = client_.send(request, options);
    if (!sent.ok()) return unanswered(call, std::move(sent).error()).with_context(call.what);
    const net::Response& response = *sent;
    if (response.status >= 300) return refused(call, response).with_context(call.what);
    if (base::trim(response.body).empty()) return json::Value();
    auto document = json::parse(response.body, kAnswerLimits);
    if (document.ok()) return document;
    return base::Error(base::Code::Unavailable,
                       fmt::format("{} answered what is no JSON: {}", error_mapping_.service,
                                   base::escape_controls(response.body.substr(0, kShownBody))))
        .with_context(call.what);
}

}
