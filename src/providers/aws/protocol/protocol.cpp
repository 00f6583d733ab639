#include "providers/aws/protocol/protocol.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace providers::aws {
namespace {

constexpr json::Limits kAnswerLimits{.max_bytes = std::size_t{64} << 20, .max_depth = 100};
// An error is small. What a gateway says instead is not read at length.
constexpr json::Limits kErrorLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 20};
constexpr XmlLimits kErrorXmlLimits{.max_depth = 16, .max_elements = 1000};

ShapeUse use_of(const Shape& shape, std::string name) {
    ShapeUse out;
    out.member = std::move(name);
    out.shape = &shape;
    return out;
}

// {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "…"}; what stands before the mark
// and behind a colon is of no use.
std::string plain_code(std::string_view code) {
    code = code.substr(code.rfind('#') == std::string_view::npos ? 0 : code.rfind('#') + 1);
    return std::string(code.substr(0, code.find(':')));
}

void read_json_error(const net::Response& response, rest::ApiError& out) {
    const auto document = json::parse(response.body, kErrorLimits);
    if (!document.ok()) return;
    out.code = plain_code(document->string_or("__type", document->string_or("code", "")));
    out.message = document->string_or("message", document->string_or("Message", ""));
    // The code that the service had in its older protocol, which its documents still name.
    if (const auto query = response.headers.find("x-amzn-query-error")) {
        const std::string_view code = query->substr(0, query->find(';'));
        if (out.code.empty()) out.code = code;
    }
}

void read_xml_error(const net::Response& response, rest::ApiError& out) {
    const auto document = read_xml(response.body, kErrorXmlLimits);
    if (!document.ok()) return;
    // <Response><Errors><Error>…, <ErrorResponse><Error>…, <Error>…
    const XmlElement* error = &*document;
    if (const XmlElement* errors = error->child("Errors")) error = errors;
    if (const XmlElement* inner = error->child("Error")) error = inner;
    out.code = error->text_of("Code");
    out.message = error->text_of("Message");
    for (const XmlElement* place : {error, &*document}) {
        for (const char* name : {"RequestId", "RequestID"}) {
            if (out.correlation.empty()) out.correlation = place->text_of(name);
        }
    }
}

// Services say "not there" with 400, too.
bool says_absent(std::string_view code) {
    return code.ends_with(".NotFound") || code.ends_with("NotFoundException") ||
           code == "ParameterNotFound" || code == "QueueDoesNotExist" ||
           code == "AWS.SimpleQueueService.NonExistentQueue" || code.starts_with("NoSuch");
}

}

base::Result<net::Request> encode(const ServiceModel& model, const Operation& operation,
                                  const json::Value& parameters) {
    net::Request out{.method = operation.method, .target = "/", .headers = {}, .body = {}};
    if (model.protocol != Protocol::Json) {
        out.body = TRY(encode_form(model, operation, parameters));
        out.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        return out;
    }
    out.headers.add("Content-Type", "application/x-amz-json-" + model.json_version);
    out.headers.add("X-Amz-Target", model.target_prefix + "." + operation.name);
    json::Value body = json::Object{};
    if (operation.input != nullptr) {
        body =
            TRY(to_wire_json(parameters, use_of(*operation.input, operation.name), operation.name));
    }
    out.body = json::to_text(body);
    return out;
}

base::Result<json::Value> decode(const ServiceModel& model, const Operation& operation,
                                 const net::Response& response) {
    if (operation.output == nullptr) return json::Value(json::Object{});
    if (model.protocol == Protocol::Json) {
        if (base::trim(response.body).empty()) return json::Value(json::Object{});
        return json::parse(response.body, kAnswerLimits);
    }
    const XmlElement document = TRY(read_xml(response.body));
    const XmlElement* said = &document;
    if (!operation.wrapper.empty()) {
        said = document.child(operation.wrapper);
        if (said == nullptr) {
            return base::invalid_argument(fmt::format("without {}", operation.wrapper));
        }
    }
    return from_xml(*said, use_of(*operation.output, operation.name));
}

rest::ApiError read_error(const net::Response& response) {
    rest::ApiError out;
    out.status = response.status;
    if (base::trim(response.body).starts_with('{')) {
        read_json_error(response, out);
    } else {
        read_xml_error(response, out);
    }
    for (const char* name : {"x-amzn-requestid", "x-amz-request-id"}) {
        const auto id = response.headers.find(name);
        if (id && out.correlation.empty()) out.correlation = *id;
    }
    if (out.message.empty() && out.code.empty()) out.message = net::reason_of(response.status);
    if (response.status < 500 && says_absent(out.code)) out.status = 404;
    return out;
}

}
