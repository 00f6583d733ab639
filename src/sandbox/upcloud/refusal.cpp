#include "sandbox/upcloud/refusal.hpp"

#include "base/ids.hpp"

namespace sandbox::upcloud {
namespace {

constexpr std::string_view kErrors = "https://developers.upcloud.com/1.3/errors#ERROR_";

int status_of(const std::string& code) {
    const auto ends = [&](std::string_view end) { return code.ends_with(end); };
    if (code == "AUTHENTICATION_FAILED") return 401;
    if (code == "INSUFFICIENT_CREDITS") return 402;
    if (ends("_NOT_FOUND") || code == "NOT_FOUND") return 404;
    if (code == "METHOD_NOT_ALLOWED") return 405;
    if (code == "RATE_LIMIT_REACHED") return 429;
    if (code == "SERVER_IP_LIMIT_REACHED" || code == "STORAGE_DEVICE_LIMIT_REACHED") return 409;
    if (ends("_FORBIDDEN") || ends("LIMIT_REACHED") || code.starts_with("PLAN_")) return 403;
    if (ends("_INVALID") || ends("_MISSING") || code == "UNKNOWN_ATTRIBUTE" ||
        code.starts_with("INVALID_") || code.starts_with("DUPLICATE_LABEL") ||
        code.starts_with("METADATA_") || code.starts_with("CAN_NOT_")) {
        return 400;
    }
    return 409;
}

}

base::Error old_refusal(const std::string& code, std::string message) {
    return refuse(status_of(code), code, std::move(message));
}

base::Error problem(int status, std::string_view code, std::string title,
                    const std::vector<FieldProblem>& fields) {
    json::Array params;
    for (const FieldProblem& field : fields) {
        params.push_back(json::Object{{"name", field.field}, {"reason", field.message}});
    }
    return refuse(status, code, std::move(title),
                  json::Object{{"invalid_params", std::move(params)}});
}

bool is_problem(const Refusal& refusal) { return refusal.details.is_object(); }

json::Value problem_document(const Refusal& refusal) {
    json::Object out{{"type", std::string(kErrors) + refusal.code},
                     {"title", refusal.message},
                     {"status", refusal.status},
                     {"correlation_id", base::random_token(13)}};
    const json::Value* params = refusal.details.find("invalid_params");
    if (params != nullptr && !params->as_array()->empty()) out.set("invalid_params", *params);
    return out;
}

}
