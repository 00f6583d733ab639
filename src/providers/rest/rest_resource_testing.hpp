#pragma once

#include "providers/rest/rest_resource.hpp"

#include "base/clock.hpp"
#include "net/client/client_pool.hpp"
#include "providers/rest/connection.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <deque>

// A made-up vendor with one type, over a transport that plays its answers.
namespace providers::rest::testing {

using provider::Action;
using provider::LookupResult;
using provider::OperationResult;
using std::chrono::seconds;
using value::Value;

inline ApiError read_error(const net::Response& response) {
    ApiError out;
    out.status = response.status;
    if (const auto body = json::parse(response.body); body.ok()) {
        out.code = body->string_or("code", "");
        out.fields.push_back({.name = std::string(body->string_or("field", "")), .messages = {}});
    }
    return out;
}

inline const ErrorMapping kErrorMapping{
    .service = "Toys",
    .read_error = read_error,
    .may_repeat = [](const ApiError& refusal) { return refusal.code == "locked"; },
    .code_of =
        [](const ApiError& refusal) {
            return refusal.code == "taken" ? base::Code::AlreadyExists
                                           : base::Code::FailedPrecondition;
        },
    .remedy_for =
        [](const ApiError&) {
            return Remedy{.help = "ask a grown-up", .advice = {{.next = base::Next::ApplyAgain}}};
        },
};

inline std::vector<std::string> begun(const Answer& answer) {
    const std::string id = id_text(answer.body.find("job"));
    return id.empty() ? std::vector<std::string>() : std::vector<std::string>{id};
}

inline const ApiConventions kConventions{
    .paging = {.by = Paging::By::Token,
               .parameter = "page",
               .size_parameter = {},
               .size = 50,
               .next_at = "next",
               .last_at = {}},
    .tag_query = [](std::string_view label,
                    std::string_view value) { return fmt::format("{}={}", label, value); },
    .name_query = [](std::string_view name) { return "name=" + std::string(name); },
    .operations = {.begun = begun,
                   .running_at =
                       [](const Api& api, const RestType& type, std::string_view id,
                          const CallScope& context) -> base::Result<std::vector<std::string>> {
                       Call call;
                       call.path = type.path_of(id) + "/jobs";
                       return begun(TRY(api.send(call, context)));
                   },
                   .progress_of = [](const Api& api, std::span<const std::string> ids,
                                     const CallScope& context)
                       -> base::Result<std::map<std::string, Progress>> {
                       Call call;
                       call.path = "/jobs";
                       const Answer answer = TRY(api.send(call, context));
                       Progress progress;
                       if (answer.body.string_or("state", "") == "done")
                           progress.kind = Progress::Kind::Done;
                       if (answer.body.string_or("state", "") == "failed")
                           progress.kind = Progress::Kind::Failed;
                       return std::map<std::string, Progress>{{ids.front(), progress}};
                   }},
};

inline std::optional<Call> next_call(const UpdateContext& update) {
    const bool is_lit = update.object.bool_or("lit", false);
    if (!is_lit || flag_of(update.wanted(), "lit", true)) return std::nullopt;
    const bool is_asked = update.named == "unplug" || update.made == "ask";
    Call call;
    call.name = is_asked ? "unplug" : "ask";
    call.method = "POST";
    call.path = "/lamps/7/actions/" + call.name;
    if (!is_asked) call.grace = seconds(30);
    return call;
}

inline const RestType& lamp() {
    static const RestType kLamp = [] {
        RestType type;
        type.schema.name = "toy.Lamp";
        type.collection = "/lamps";
        type.envelopes = answers_in("lamp", "lamps");
        type.noun = "lamp";
        type.has_operations = true;
        Field lit = custom(Input("lit", a_bool(), "Whether it is lit."));
        lit.is_created_with = false;
        lit.is_left_alone = true;
        Field watts = by_action(Input("watts", an_integer(), "How bright."), "dim");
        type.fields = {
            updatable(Input("name", a_string(), "A name.").required()),
            replacing(Input("colour", a_string(), "Cannot be changed.")),
            std::move(watts),
            std::move(lit),
        };
        type.results = {
            shown(Output("socket", value::ValueType::String, "Where it is."), "at.wall")};
        type.next = next_call;
        return complete(std::move(type));
    }();
    return kLamp;
}

class RestResourceTest : public ::testing::Test, public net::Transport {
protected:
    // Borrows the test itself.
    class Line final : public net::Transport {
    public:
        explicit Line(net::Transport& end) : end_(end) {}
        net::Exchange exchange(const net::Request& request,
                               const net::ExchangeOptions& options) override {
            return end_.exchange(request, options);
        }

    private:
        net::Transport& end_;
    };

    void SetUp() override { connect(lamp()); }

    void connect(const RestType& type) {
        RestConnection::Options options;
        options.api.access =
            Access::given({.url = "https://toys.test", .place = "the test"}, {}).value();
        options.api.sign = bearer(base::SecretText("token"));
        options.error_mapping = &kErrorMapping;
        options.conventions = &kConventions;
        options.poll_interval = seconds(0);
        options.client = net::make_client(std::make_unique<Line>(*this));
        options.queue = std::make_shared<ResourceQueue>();
        options.clock = &clock_;
        const RestConnection::MakeHandler make = [&](const ConnectionContext& connection) {
            return std::make_unique<RestResource>(connection, type);
        };
        connection_ = std::make_unique<RestConnection>(std::move(options), std::span(&make, 1));
    }

    net::Exchange exchange(const net::Request& request, const net::ExchangeOptions&) override {
        asked_.push_back(request.method + " " + request.target.substr(17));
        body_ = request.body;
        if (answers_.empty()) {
            return {net::call_error(base::Code::Unavailable, "cut", net::Delivery::Unknown), {}};
        }
        auto [status, body] = answers_.front();
        answers_.pop_front();
        net::Response response{.status = status, .headers = {}, .body = body};
        if (status == 423) response.headers.add("Retry-After", "3");
        return {std::move(response), {}};
    }

    void answer(std::string body, int status = 200) { answers_.emplace_back(status, body); }
    std::vector<std::string> take_asked() { return std::exchange(asked_, {}); }

    static provider::Intent intent(Action action, Value inputs, std::string token = "tok") {
        provider::Intent out;
        out.token = std::move(token);
        out.workspace = "w";
        out.environment = "e";
        out.address = "lamp";
        out.type = "toy.Lamp";
        out.action = action;
        if (action != Action::Create) out.key = "7";
        out.inputs = std::move(inputs);
        return out;
    }
    static Value wanted(std::int64_t watts) {
        return Value::Record{{"name", "desk"}, {"watts", watts}};
    }
    // As the vendor shows it, with our labels.
    static std::string shown(const char* more) {
        return std::string(R"({"lamp":)") + object(more) + "}";
    }
    static std::string object(const char* more) {
        return std::string(R"({"id":7,"name":"desk","at":{"wall":"north"},"labels":{
            "provisioning.workspace":"w","provisioning.environment":"e",
            "provisioning.address":"lamp","provisioning.token":"tok"},)") +
               more + "}";
    }

    base::FakeClock clock_;
    std::deque<std::pair<int, std::string>> answers_;
    std::vector<std::string> asked_;
    std::string body_;
    std::unique_ptr<RestConnection> connection_;
};

using Asked = std::vector<std::string>;

}
