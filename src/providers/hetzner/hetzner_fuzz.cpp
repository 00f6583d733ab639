#include "base/check.hpp"
#include "providers/hetzner/conventions.hpp"
#include "providers/hetzner/provider.hpp"
#include "providers/rest/api.hpp"
#include "providers/rest/api_conventions.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using value::Value;

// Answers everything in the same way.
class SameAnswer final : public net::Transport {
public:
    explicit SameAnswer(std::string body) : body_(std::move(body)) {}

    net::Exchange exchange(const net::Request& request, const net::ExchangeOptions&) override {
        net::Response response{
            .status = request.method == "POST" ? 201 : 200, .headers = {}, .body = body_};
        return {std::move(response), {}};
    }

private:
    std::string body_;
};

provider::Intent intent_of(const provider::ResourceType& type, provider::Action action) {
    provider::Intent out;
    out.token = "tok";
    out.workspace = "w";
    out.environment = "default";
    out.address = "it";
    out.type = type.name;
    out.action = action;
    const bool is_part = type.output("id")->type == value::ValueType::String;
    if (action != provider::Action::Create) out.key = is_part ? "1:2" : "1";
    out.inputs = Value::Record{{"name", "it"},
                               {"network", std::int64_t{1}},
                               {"server", std::int64_t{2}},
                               {"volume", std::int64_t{1}},
                               {"ip_range", "10.0.0.0/16"},
                               {"power", "off"}};
    return out;
}

void read_error(const net::Response& response) {
    const auto& error_mapping = providers::hetzner::error_mapping();
    const auto refusal = error_mapping.read_error(response);
    (void)error_mapping.may_repeat(refusal);
    (void)error_mapping.remedy_for(refusal);
    CHECK(!base::name_of(error_mapping.code_of(refusal)).empty());
    CHECK(json::parse(refusal.json()).ok());
}

}

// The first two bytes are a status, the rest is a body: as a refusal, and as what every kind of
// request is answered with. Whatever it says, it is understood or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 16'384) return 0;
    const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);
    const int status = 300 + (data[0] + 256 * data[1]) % 300;
    read_error({.status = status, .headers = {}, .body = body});
    const auto document = json::parse(body);
    if (!document.ok()) return 0;
    const auto& conventions = providers::hetzner::conventions();
    const providers::rest::Answer answer{
        .status = status, .headers = {}, .body = *document, .url = "https://api.test/v1/x"};
    const auto links = providers::rest::pages_after(conventions.paging, answer, "", 1);
    CHECK(!links.next.starts_with('-'));
    (void)conventions.operations.begun(answer);
    Value settings(Value::Record{{"endpoint", "https://api.test/v1"}});
    Value token("tokenofthetest");
    token.mark_secret();
    settings.set("token", std::move(token));
    const auto connection =
        providers::hetzner::connect_over(std::make_unique<SameAnswer>(body), settings, {}).value();
    for (const provider::ResourceType& type : providers::hetzner::provider().schema().types) {
        if (type.is_connection) continue;
        if (auto page = connection->list(type, "", {}); page.ok()) {
            for (provider::ObservedResource& seen : page->items)
                connection->normalize(type, seen, seen.inputs);
        }
        for (const auto action :
             {provider::Action::Create, provider::Action::Update, provider::Action::Delete}) {
            provider::Intent intent = intent_of(type, action);
            auto started = connection->start(intent, {});
            if (started.ok() && started->kind == provider::OperationResult::Kind::Running) {
                intent.handle = started->handle;
                (void)connection->poll(intent, {});
            }
            (void)connection->find(intent, {});
        }
    }
    return 0;
}
