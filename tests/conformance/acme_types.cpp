#include "acme_cloud.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/client/client_pool.hpp"
#include "net/client/curl_transport.hpp"
#include "net/http/url.hpp"
#include "providers/rest/connection.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/rest_resource.hpp"
#include "providers/rest/wire.hpp"

#include <array>

// A provider for the made-up cloud: its types and its ways, as data.
namespace conformance {
namespace {

using namespace providers::rest;
using value::ValueType;

ApiError read_error(const net::Response& response) {
    ApiError out;
    const auto body = json::parse(response.body);
    const json::Value* error = body.ok() ? body->find("error") : nullptr;
    if (error == nullptr) return out;
    out.code = error->string_or("kind", "");
    out.message = error->string_or("detail", "");
    return out;
}

base::Code code_of(const ApiError& error) {
    if (error.code == "name_taken") return base::Code::AlreadyExists;
    switch (error.status) {
        case 401: return base::Code::Unauthenticated;
        case 404: return base::Code::NotFound;
        case 409:
        case 412: return base::Code::Conflict;
        case 429: return base::Code::Busy;
        default: return base::Code::FailedPrecondition;
    }
}

constexpr ErrorMapping kErrors{
    .service = "Acme",
    .read_error = read_error,
    .may_repeat = [](const ApiError& error) { return error.code == "too_fast"; },
    .code_of = code_of,
    .remedy_for = [](const ApiError&) { return Remedy(); },
};

Progress operation_progress(const Answer& answer) {
    Progress out;
    if (answer.body.string_or("status", "") == "succeeded") out.kind = Progress::Kind::Done;
    return out;
}

constexpr ApiConventions kConventions{
    .paging = {.by = Paging::By::Token, .parameter = "after", .next_at = "page.next"},
    .operations = {.begun = operation_url, .progress_in = operation_progress},
};

Progress gateway_progress(const json::Value& gateway) {
    Progress out;
    if (gateway.string_or("state", "") == "ready") out.kind = Progress::Kind::Done;
    return out;
}

RestType disk() {
    RestType type;
    type.schema.name = "acme.Disk";
    type.noun = "disk";
    type.base = "/v2";
    type.collection = "/disks";
    type.id = {{.name = "disk", .shown_at = "ref", .input = {}}};
    type.id_type = ValueType::String;
    type.update_method = "PATCH";
    type.update_body = UpdateBody::MergePatch;
    type.tags = {.form = Tagging::Form::List, .member = "tags"};
    type.paging = Paging{.by = Paging::By::Link};
    type.has_etags = true;
    type.fields = {
        updatable(Input("name", a_string(), "Unique.").required()),
        updatable(Input("size", an_integer(), "GB.").required()),
        updatable(Input("options", dict_of(a_string()), "Of the file system.")),
        replacing(Input("medium", a_string(), "What it is made of.").required()),
    };
    type.results = {shown(Output("serial", ValueType::String, "On its lid."), "serial")};
    return complete(std::move(type));
}

RestType record() {
    RestType type;
    type.schema.name = "acme.Record";
    type.noun = "record";
    type.base = "/dns/v1";
    type.collection = "/zones/{zone}/records";
    type.everywhere = "/records";
    type.id = {{.name = "zone", .shown_at = {}, .input = "zone"},
               {.name = "name", .shown_at = {}, .input = "name"}};
    type.id_type = ValueType::String;
    type.create_method = "PUT";
    type.update_method = "PATCH";
    type.envelopes = {.read = "record",
                      .list = "items",
                      .create = "record",
                      .created = "data.record",
                      .update = "changes",
                      .updated = "data.record"};
    type.tags.member = "metadata";
    Field zone = replacing(Input("zone", a_string(), "\"a.test\".").required());
    Field name = replacing(Input("name", a_string(), "\"www\".").required());
    zone.is_created_with = false;
    name.is_created_with = false;
    Field target = updatable(Input("target", a_string(), "Where it leads.").required());
    target.member = "value.target";
    type.fields = {std::move(zone), std::move(name), std::move(target)};
    return complete(std::move(type));
}

RestType gateway() {
    RestType type;
    type.schema.name = "acme.Gateway";
    type.noun = "gateway";
    type.base = "/gw";
    type.collection = "/gateways";
    type.id = {{.name = "gateway", .shown_at = "ref", .input = {}}};
    type.id_type = ValueType::String;
    type.update_method = "POST";
    type.update_body = UpdateBody::Whole;
    type.version_at = "metadata.version";
    type.envelopes = {.read = "gateway",
                      .list = "gateways.gateway",
                      .create = "gateway",
                      .created = "gateway",
                      .update = "gateway",
                      .updated = "gateway"};
    type.tags.member = "metadata.labels";
    type.paging = Paging{
        .by = Paging::By::Offset, .parameter = "offset", .size_parameter = "limit", .size = 2};
    type.lists_in_full = false;
    type.progress = gateway_progress;
    type.fields = {
        updatable(Input("name", a_string(), "Unique.").required()),
        updatable(Input("plan", a_string(), "How large.").required()),
        replacing(Input("region", a_string(), "Where.").required()),
    };
    return complete(std::move(type));
}

const std::array<RestType, 3>& types() {
    static const std::array<RestType, 3> kTypes{disk(), record(), gateway()};
    return kTypes;
}

Sign signature(std::string account, std::string key) {
    return [account = std::move(account), key = std::move(key)](const net::Request& request) {
        const std::string date = base::format_time(base::system_clock().now());
        const std::string text = request.method + "\n" +
                                 net::parse_url(request.target).value().target() + "\n" + date +
                                 "\n" + base::sha256_hex(request.body);
        return net::Headers{{"X-Account", account},
                            {"X-Date", date},
                            {"X-Signature", base::to_hex(hmac_sha256(key, text))}};
    };
}

}

Connect AcmeCloud::connect_as(std::string account, std::string key) const {
    return [account = std::move(account), key = std::move(key),
            port = server_->port()]() -> base::Result<std::unique_ptr<provider::Connection>> {
        RestConnection::Options options;
        options.identity = "acme:" + account;
        options.api.access = TRY(Access::given(
            {.url = "http://127.0.0.1:" + std::to_string(port), .place = "the test"}, {}));
        options.api.sign = signature(account, key);
        options.api.rate_key = {.account = account, .service = "acme", .verb = {}};
        options.error_mapping = &kErrors;
        options.conventions = &kConventions;
        options.poll_interval = std::chrono::milliseconds(1);
        options.capabilities = {.bulk_lists = true, .tags = true};
        options.client = net::make_client(std::make_unique<net::CurlTransport>());
        options.queue = std::make_shared<ResourceQueue>();
        std::vector<RestConnection::MakeHandler> handlers;
        for (const RestType& type : types()) {
            handlers.emplace_back([&type](const ConnectionContext& connection) {
                return std::make_unique<RestResource>(connection, type);
            });
        }
        return std::make_unique<RestConnection>(std::move(options), handlers);
    };
}

const provider::Schema& acme_schema() {
    static const provider::Schema kSchema = [] {
        provider::Schema schema;
        schema.provider = "acme";
        for (const RestType& type : types()) schema.types.push_back(type.schema);
        return schema;
    }();
    return kSchema;
}

}
