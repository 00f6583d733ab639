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
namespace providers::rest {
namespace {

using provider::Action;
using provider::LookupResult;
using provider::OperationResult;
using std::chrono::seconds;
using value::Value;

ApiError read_error(const net::Response& response) {
    ApiError out;
    out.status = response.status;
    if (const auto body = json::parse(response.body); body.ok()) {
        out.code = body->string_or("code", "");
        out.fields.push_back({.name = std::string(body->string_or("field", "")), .messages = {}});
    }
    return out;
}

const ErrorMapping kErrorMapping{
    .service = "Toys",
    .read_error = read_error,
    .may_repeat = [](const ApiError&) { return false; },
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

std::vector<std::string> begun(const Answer& answer) {
    const std::string id = id_text(answer.body.find("job"));
    return id.empty() ? std::vector<std::string>() : std::vector<std::string>{id};
}

const ApiConventions kConventions{
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

std::optional<Call> next_call(const UpdateContext& update) {
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

const RestType& lamp() {
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

    void SetUp() override {
        RestConnection::Options options;
        options.api.endpoint = "http://toys.test";
        options.api.sign = bearer(base::SecretText("token"));
        options.error_mapping = &kErrorMapping;
        options.conventions = &kConventions;
        options.poll_interval = seconds(0);
        options.client = net::make_client(std::make_unique<Line>(*this));
        options.queue = std::make_shared<ResourceQueue>();
        options.clock = &clock_;
        const RestConnection::MakeHandler make = [](const ConnectionContext& connection) {
            return std::make_unique<RestResource>(connection, lamp());
        };
        connection_ = std::make_unique<RestConnection>(std::move(options), std::span(&make, 1));
    }

    net::Exchange exchange(const net::Request& request, const net::ExchangeOptions&) override {
        asked_.push_back(request.method + " " + request.target.substr(16));
        body_ = request.body;
        if (answers_.empty()) {
            return {net::call_error(base::Code::Unavailable, "cut", net::Delivery::Unknown), {}};
        }
        auto [status, body] = answers_.front();
        answers_.pop_front();
        return {net::Response{.status = status, .headers = {}, .body = body}, {}};
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

TEST_F(RestResourceTest, ACreateIsFollowedByWhatItCannotBeMadeWith) {
    provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"lamp":{"id":7},"job":1})", 201);
    auto started = connection_->start(make, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    EXPECT_EQ(take_asked(), Asked{"POST /lamps"});
    const json::Value body = json::parse(body_).value();
    EXPECT_EQ(body.string_or("name", ""), "desk");
    EXPECT_EQ(body.find("watts"), nullptr);
    EXPECT_EQ(body.find("labels")->string_or("provisioning.token", ""), "tok");

    make.handle = started->handle;
    answer(R"({"state":"busy"})");
    EXPECT_EQ(connection_->poll(make, {})->kind, OperationResult::Kind::Running);
    answer(R"({"state":"done"})");
    answer(shown(R"("watts":60)"));
    started = connection_->poll(make, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::NextPhase);
    EXPECT_EQ(started->phase, "7 dim");
    EXPECT_EQ(take_asked(), (Asked{"GET /jobs", "GET /jobs", "GET /lamps/7"}));

    make.phase = started->phase;
    make.handle.clear();
    answer(shown(R"("watts":60)"));
    answer(shown(R"("watts":40)"), 201);
    started = connection_->start(make, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps/7", "POST /lamps/7/actions/dim"}));
    EXPECT_EQ(body_, R"({"watts":40})");
    EXPECT_EQ(started->seen->key, "7");
    EXPECT_EQ(*started->seen->outputs.find("socket"), Value("north"));
}

TEST_F(RestResourceTest, AChangeThatDoesNotShowIsAFailure) {
    answer(shown(R"("watts":60)"));
    answer(shown(R"("watts":60)"), 201);
    const auto started = connection_->start(intent(Action::Update, wanted(40)), {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().text(),
              "changing the lamp \"desk\" (dim): Toys took the change and does not show it");
}

TEST_F(RestResourceTest, AListTellsItsNextPageAndSpellsAsTheRecordDoes) {
    answer(R"({"lamps":[{"id":7,"name":"desk","colour":"red","labels":{"a":"b"}},{"id":8}],)"
           R"("next":"two"})");
    auto page = connection_->list(lamp().schema, "one", {});
    EXPECT_EQ(take_asked(), Asked{"GET /lamps?page=one"});
    EXPECT_EQ(page->next, "two");
    ASSERT_EQ(page->items.size(), 2U);
    EXPECT_EQ(page->items[1].key, "8");
    connection_->normalize(lamp().schema, page->items[0], wanted(40));
    EXPECT_EQ(*page->items[0].inputs.find("colour"), Value("red"));
    answer(R"({"lamps":7})");
    EXPECT_FALSE(connection_->list(lamp().schema, "", {}).ok());   // no list is not an empty one
}

TEST_F(RestResourceTest, ACreateIsFoundByItsTokenAlone) {
    const provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"lamps":[)" + object(R"("watts":40)") + "]}");
    answer("{}");
    auto found = connection_->find(make, {});
    EXPECT_EQ(found->kind, LookupResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps?provisioning.token=tok", "GET /lamps/7/jobs"}));
    answer(R"({"lamps":[)" + object(R"("watts":60)") + "]}");
    answer("{}");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Partial);
    answer(R"({"lamps":[)" + object(R"("watts":60)") + "]}");
    answer(R"({"job":5})");
    found = connection_->find(make, {});
    EXPECT_EQ(found->kind, LookupResult::Kind::Running);
    EXPECT_EQ(found->handle, "7 create 5");
    answer(R"({"lamps":[]})");
    answer(R"({"lamps":[{"id":9,"name":"desk"}]})");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Foreign);
    answer(R"({"lamps":[]})");
    answer(R"({"lamps":[]})");
    EXPECT_EQ(connection_->find(make, {})->kind, LookupResult::Kind::Absent);
}

TEST_F(RestResourceTest, WhatCannotBeChangedReplaces) {
    provider::Change change{
        .type = lamp().schema, .prior = {}, .recorded_inputs = wanted(40), .inputs = wanted(60)};
    change.prior =
        provider::ObservedResource{.key = "7", .inputs = wanted(40), .outputs = {}, .token = {}};
    EXPECT_EQ(connection_->plan(change, {})->action, provider::PlannedAction::Update);
    change.inputs.set("colour", "red");
    const auto planned = connection_->plan(change, {});
    EXPECT_EQ(planned->action, provider::PlannedAction::Replace);
    EXPECT_EQ(planned->forcing, std::vector<std::string>{"colour"});
}

TEST_F(RestResourceTest, AnAttemptIsGivenItsTimeAndThenTheNextCallIsMade) {
    provider::Intent off = intent(Action::Update, Value::Record{{"name", "desk"}, {"lit", false}});
    answer(shown(R"("lit":true)"));
    answer("{}", 201);
    answer(shown(R"("lit":true)"));
    auto started = connection_->start(off, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    EXPECT_EQ(take_asked().at(1), "POST /lamps/7/actions/ask");
    off.handle = started->handle;
    clock_.advance(seconds(29));
    answer(shown(R"("lit":true)"));
    EXPECT_EQ(connection_->poll(off, {})->kind, OperationResult::Kind::Running);
    clock_.advance(seconds(2));
    answer(shown(R"("lit":true)"));
    started = connection_->poll(off, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::NextPhase);
    EXPECT_EQ(started->phase, "7 unplug");
    off.handle.clear();
    off.phase = started->phase;
    take_asked();
    answer(shown(R"("lit":true)"));
    answer("{}", 201);
    answer(shown(R"("lit":false)"));
    EXPECT_EQ(connection_->start(off, {})->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked().at(1), "POST /lamps/7/actions/unplug");
}

TEST_F(RestResourceTest, AnAttemptThatIsRefusedIsNoFailure) {
    answer(shown(R"("lit":true)"));
    answer(R"({"code":"deaf"})", 422);
    answer(shown(R"("lit":true)"));
    const auto started = connection_->start(
        intent(Action::Update, Value::Record{{"name", "desk"}, {"lit", false}}), {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    EXPECT_EQ(started->phase, "7 unplug");
}

TEST_F(RestResourceTest, TwoChangesOfOneThingDoNotMeet) {
    provider::Intent first = intent(Action::Update, wanted(40), "first");
    provider::Intent second = intent(Action::Update, wanted(60), "second");
    answer(shown(R"("watts":60)"));
    answer(R"({"job":1})", 201);
    const auto started = connection_->start(first, {});
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    take_asked();
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Queued);
    EXPECT_EQ(take_asked(), Asked{});   // nothing is asked while waiting
    // What waits has not begun.
    answer(shown(R"("watts":40)"));
    answer("{}");
    EXPECT_EQ(connection_->find(second, {})->kind, LookupResult::Kind::Absent);
    take_asked();
    first.handle = started->handle;
    answer(R"({"state":"done"})");
    answer(shown(R"("watts":40)"));
    ASSERT_EQ(connection_->poll(first, {})->kind, OperationResult::Kind::Done);
    take_asked();
    answer(shown(R"("watts":40)"));
    answer(shown(R"("watts":60)"), 201);
    EXPECT_EQ(connection_->start(second, {})->kind, OperationResult::Kind::Done);
    EXPECT_EQ(take_asked(), (Asked{"GET /lamps/7", "POST /lamps/7/actions/dim"}));
}

TEST_F(RestResourceTest, AFailureEndsTheTurn) {
    answer(shown(R"("watts":60)"));
    answer(R"({"code":"no"})", 422);
    EXPECT_FALSE(connection_->start(intent(Action::Update, wanted(40), "first"), {}).ok());
    answer(shown(R"("watts":40)"));
    EXPECT_EQ(connection_->start(intent(Action::Update, wanted(40), "second"), {})->kind,
              OperationResult::Kind::Done);
}

TEST_F(RestResourceTest, WhatCertainlyHadNoEffectIsTold) {
    const provider::Intent make = intent(Action::Create, wanted(40));
    answer(R"({"code":"no","field":"watts.unit"})", 422);
    auto refused = connection_->start(make, {});
    EXPECT_TRUE(provider::is_without_effect(refused.error()));
    EXPECT_EQ(provider::call_failure_of(refused.error())->input, "watts");
    EXPECT_EQ(refused.error().help(), "ask a grown-up");
    ASSERT_NE(refused.error().advice(), nullptr);
    EXPECT_EQ(refused.error().advice()->next, base::Next::ApplyAgain);
    answer("oops", 500);
    EXPECT_FALSE(provider::is_without_effect(connection_->start(make, {}).error()));
    // No answer at all.
    EXPECT_FALSE(provider::is_without_effect(connection_->start(make, {}).error()));
    // It was made before, by a key that no row has.
    provider::Intent later = make;
    later.phase = "7 dim";
    answer(shown(R"("watts":60)"));
    answer(R"({"code":"no"})", 422);
    EXPECT_FALSE(provider::is_without_effect(connection_->start(later, {}).error()));
}

TEST_F(RestResourceTest, WhatFailsInTheBackgroundIsOver) {
    provider::Intent make = intent(Action::Create, wanted(40));
    make.handle = "7 create 1";
    answer(R"({"state":"failed"})");
    answer(shown(R"("watts":60)"));
    const auto polled = connection_->poll(make, {});
    EXPECT_FALSE(provider::is_without_effect(polled.error()));
    EXPECT_TRUE(provider::call_failure_of(polled.error())->is_over);
    EXPECT_TRUE(polled.error().text().starts_with("creating the lamp \"desk\": Toys began it"));
}

}
}
