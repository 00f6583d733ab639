#include "base/fs.hpp"
#include "providers/extension/manifest.hpp"
#include "providers/extension/provider.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <sys/stat.h>

namespace providers::extension {
namespace {

using provider::Action;
using provider::LookupResult;
using provider::OperationResult;
using value::Value;

constexpr std::string_view kHead = R"(
  name = "lamp", version = "1.0.0", description = "Lamps", kind = 'Provider, program = ["./serve"],
)";
constexpr std::string_view kTypes = R"(
  connection = {
    house = { type = "String", required = true },
    token = { type = "String", required = true, secret = true },
  },
  types.Lamp = {
    inputs.colour = { type = "String", default = "white \%{x} \"y\"" },
    outputs = { id = { type = 'Number, fresh = true }, key = { secret = true } },
    key = "id",
  },
)";

class ExtensionTest : public testing::Test {
protected:
    ~ExtensionTest() override { (void)base::remove_tree(folder_); }

    std::string file(std::string_view name) const { return base::join_path(folder_, name); }

    // The extension `lamp`, and a program that runs `script` for each operation.
    void write(std::string_view manifest, std::string_view script) {
        ASSERT_TRUE(base::make_directories(file("extensions/lamp")).ok());
        ASSERT_TRUE(base::write_file_atomic(file("extensions/lamp/extension.ncl"),
                                            "{" + std::string(kHead) + std::string(manifest) + "}")
                        .ok());
        const std::string program = file("extensions/lamp/serve");
        ASSERT_TRUE(
            base::write_file_atomic(program, "#!/bin/sh\n" + std::string(script) + "\n").ok());
        ASSERT_EQ(::chmod(program.c_str(), 0755), 0);
    }

    provider::Connection& connect(std::string_view script, std::string_view manifest = kTypes) {
        write(manifest, script);
        auto loaded = load(engine::Workspace(folder_));
        EXPECT_TRUE(loaded.ok()) << loaded.error().text();
        provider_ = std::move(loaded->front());
        Value token("hush-hush");
        token.mark_secret();
        auto connection =
            provider_->connect(Value::Record{{"house", "mine"}, {"token", token}}, host());
        EXPECT_TRUE(connection.ok()) << connection.error().text();
        connection_ = std::move(*connection);
        return *connection_;
    }

    provider::Host host() const {
        provider::Host out{.workspace_dir = folder_, .state_dir = file("state")};
        if (!sealed_) return out;
        out.seal =
            out.open = [](std::string_view text, std::string_view) -> base::Result<std::string> {
            std::string mixed(text);
            for (char& c : mixed) c = static_cast<char>(c ^ 'k');
            return mixed;
        };
        return out;
    }

    const provider::ResourceType& type() const { return *provider_->schema().find("lamp.Lamp"); }

    static provider::Intent intent(Action action) {
        return {.token = "token-1",
                .environment = "default",
                .address = "lamps.one",
                .action = action,
                .type = "lamp.Lamp",
                .key = action == Action::Create ? "" : "7",
                .inputs = Value::Record{{"colour", "red"}}};
    }

    std::string refusal(std::string_view manifest) {
        write(manifest, "");
        const auto loaded = load(engine::Workspace(folder_));
        return loaded.ok() ? "accepted" : loaded.error().text();
    }

    const std::string folder_ = *base::make_temporary_directory("extension");
    std::unique_ptr<provider::Provider> provider_;
    std::unique_ptr<provider::Connection> connection_;
    bool sealed_ = false;
};

constexpr std::string_view kMade = R"(echo '{"outputs":{"id":7,"key":"k-e-y"},"more":1}')";

TEST_F(ExtensionTest, TheProgramIsToldEverythingOnItsInput) {
    auto& lamps = connect("echo \"$*\" > words; cat > request; " + std::string(kMade));
    provider::Intent create = intent(Action::Create);
    create.workspace = "w";
    const auto started = lamps.start(create, {});
    ASSERT_TRUE(started.ok()) << started.error().text();
    EXPECT_EQ(*base::read_file(file("words")), "create Lamp\n");
    const auto request = json::parse(*base::read_file(file("request")));
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(json::to_text(*request),
              R"({"format":1,"type":"Lamp","connection":{"house":"mine","token":"hush-hush"},)"
              R"("inputs":{"colour":"red"},"action":"create","token":"token-1","workspace":"w",)"
              R"("environment":"default","address":"lamps.one"})");
}

TEST_F(ExtensionTest, WhatItMadeIsAsTheManifestDeclares) {
    auto& lamps = connect(kMade);
    const auto started = lamps.start(intent(Action::Create), {});
    ASSERT_TRUE(started.ok());
    ASSERT_TRUE(started->seen);
    EXPECT_EQ(started->seen->key, "7");
    EXPECT_EQ(started->seen->inputs, Value(Value::Record{{"colour", "red"}}));
    EXPECT_TRUE(started->seen->outputs.find("key")->is_secret());
    EXPECT_EQ(started->seen->outputs.find("more"), nullptr);
}

TEST_F(ExtensionTest, ASecretOutputIsLeftInNoFile) {
    auto& lamps = connect(kMade);
    ASSERT_TRUE(lamps.start(intent(Action::Create), {}).ok());
    int files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(file("state/extensions/lamp"))) {
        if (!entry.is_regular_file()) continue;
        ++files;
        EXPECT_EQ(base::read_file(entry.path())->find("k-e-y"), std::string::npos);
    }
    EXPECT_GT(files, 0);
    EXPECT_EQ(lamps.find(intent(Action::Create), {})->kind, LookupResult::Kind::Unsure)
        << "that it was made is not known, but neither that it was not";
}

// Nobody knows then what was done: it is looked for, and not made again.
TEST_F(ExtensionTest, AnAnswerThatIsTooLongSaysNothingOfWhatWasDone) {
    const std::string script = R"(
        case $1 in
          create) echo made >> made; head -c 17825792 /dev/zero | tr '\0' ' '; MORE
                  echo '{"outputs":{"id":7,"key":""}}' ;;
          find) echo '{"outputs":{"id":7,"key":""}}' ;;
        esac)";
    for (const std::string more : {"", "while :; do head -c 17825792 /dev/zero; done"}) {
        SCOPED_TRACE(more);
        std::string text = script;
        text.replace(text.find("MORE"), 4, more);
        ASSERT_TRUE(base::remove_tree(file("state")).ok());
        ASSERT_TRUE(base::remove_tree(file("made")).ok());
        auto& blind = connect(text);
        const auto started = blind.start(intent(Action::Create), {});
        ASSERT_FALSE(started.ok());
        EXPECT_EQ(started.error().code(), base::Code::Internal) << started.error().text();
        EXPECT_FALSE(provider::is_without_effect(started.error()));
        EXPECT_EQ(blind.find(intent(Action::Create), {})->kind, LookupResult::Kind::Unsure);
        auto& finding = connect(text, std::string(kTypes) + "finds = true,");
        EXPECT_EQ(finding.find(intent(Action::Create), {})->kind, LookupResult::Kind::Done);
        EXPECT_EQ(*base::read_file(file("made")), "made\n");
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(file("state/extensions/lamp"))) {
            if (entry.is_regular_file()) EXPECT_EQ(entry.file_size(), 0u);
        }
    }
}

// Here a key is a letter that each byte is mixed with.
TEST_F(ExtensionTest, WhatItAnsweredLiesSealed) {
    sealed_ = true;
    const auto shows = [&](std::string_view text) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(file("state/extensions/lamp"))) {
            if (!entry.is_regular_file()) continue;
            if (base::read_file(entry.path())->find(text) != std::string::npos) return true;
        }
        return false;
    };
    auto& lamps = connect(R"(echo '{"outputs":{"id":7,"key":""},"inputs":{"colour":"s-e-c"}}')",
                          R"(types.Lamp = { inputs.colour = { type = "String", secret = true },
                             outputs = { id = { type = 'Number }, key = {} }, key = "id" },)");
    ASSERT_TRUE(lamps.start(intent(Action::Create), {}).ok());
    EXPECT_FALSE(shows("s-e-c"));
    EXPECT_EQ(lamps.find(intent(Action::Create), {})->kind, LookupResult::Kind::Done);
    auto& failing = connect("echo s-e-c >&2; exit 3");
    ASSERT_FALSE(failing.start(intent(Action::Create), {}).ok());
    EXPECT_FALSE(shows("s-e-c"));
    EXPECT_EQ(failing.find(intent(Action::Create), {})->kind, LookupResult::Kind::Absent);
    auto& killed = connect("echo s-e-c; kill -9 $$");
    ASSERT_FALSE(killed.start(intent(Action::Create), {}).ok());
    EXPECT_FALSE(shows("s-e-c"));
    // One that is not waited for writes on; who looks for it first seals it.
    auto& left = connect("while [ ! -e ready ]; do sleep 0.01; done; "
                         "echo '{\"outputs\":{\"id\":7,\"key\":\"s-e-c\"}}'");
    std::stop_source stop;
    stop.request_stop();
    ASSERT_FALSE(left.start(intent(Action::Create), {.stop = stop.get_token()}).ok());
    ASSERT_TRUE(base::write_file_atomic(file("ready"), "").ok());
    while (left.find(intent(Action::Create), {})->kind == LookupResult::Kind::Running) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_FALSE(shows("s-e-c"));
    EXPECT_EQ(left.find(intent(Action::Create), {})->kind, LookupResult::Kind::Done);
}

TEST_F(ExtensionTest, AnOutputOfAnotherTypeIsRefused) {
    auto& lamps = connect(R"(echo '{"outputs":{"id":"seven","key":""}}')");
    const auto started = lamps.start(intent(Action::Create), {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().text(), "the extension's program answers `create` with an output "
                                      "`id` that is not of the type the manifest declares");
}

TEST_F(ExtensionTest, AListHasPages) {
    auto& lamps = connect(R"(
        if grep -q '"page":""'; then
          echo '{"items":[{"inputs":{"colour":"red"},"outputs":{"id":7,"key":"k"}}],"next":"2"}'
        else
          echo '{"items":[]}'
        fi)",
                          std::string(kTypes) + "lists = true,");
    EXPECT_TRUE(lamps.capabilities().bulk_lists);
    const auto first = lamps.list(type(), "", {});
    ASSERT_TRUE(first.ok()) << first.error().text();
    ASSERT_EQ(first->items.size(), 1u);
    EXPECT_EQ(first->items[0].key, "7");
    EXPECT_EQ(first->next, "2");
    const auto last = lamps.list(type(), first->next, {});
    EXPECT_TRUE(last->items.empty());
    EXPECT_EQ(last->next, "");
}

TEST_F(ExtensionTest, LongWorkIsAskedFor) {
    auto& lamps = connect(R"(
        case $1 in
          create) echo '{"running":"job-3"}' ;;
          poll)
            cat > request
            if [ -e ready ]; then echo '{"key":7,"outputs":{"id":7,"key":""}}'
            else echo '{"running":"job-3"}'; fi ;;
        esac)");
    provider::Intent create = intent(Action::Create);
    auto started = lamps.start(create, {});
    ASSERT_TRUE(started.ok());
    ASSERT_EQ(started->kind, OperationResult::Kind::Running);
    create.handle = started->handle;
    EXPECT_EQ(lamps.poll(create, {})->kind, OperationResult::Kind::Running);
    EXPECT_EQ(lamps.find(create, {})->kind, LookupResult::Kind::Running);
    EXPECT_NE(base::read_file(file("request"))->find(R"("handle":"job-3")"), std::string::npos);
    ASSERT_TRUE(base::write_file_atomic(file("ready"), "").ok());
    EXPECT_EQ(lamps.find(create, {})->kind, LookupResult::Kind::Done);
    EXPECT_EQ(lamps.poll(create, {})->kind, OperationResult::Kind::Done);
}

TEST_F(ExtensionTest, AProgramThatIsNotWaitedForIsFoundRunningAndThenDone) {
    auto& lamps = connect("while [ ! -e ready ]; do sleep 0.01; done; " + std::string(kMade));
    std::stop_source stop;
    stop.request_stop();
    provider::Intent create = intent(Action::Create);
    const auto started = lamps.start(create, {.stop = stop.get_token()});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code(), base::Code::Cancelled);
    const auto running = lamps.find(create, {});
    ASSERT_EQ(running->kind, LookupResult::Kind::Running);
    create.handle = running->handle;
    ASSERT_TRUE(base::write_file_atomic(file("ready"), "").ok());
    for (int i = 0; i < 2000; ++i) {
        const auto polled = lamps.poll(create, {});
        ASSERT_TRUE(polled.ok()) << polled.error().text();
        if (polled->kind == OperationResult::Kind::Done) {
            EXPECT_EQ(polled->seen->key, "7");
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "it never was done";
}

TEST_F(ExtensionTest, WithoutFindACreateThatWasCutShortIsUnsure) {
    auto& lamps = connect(R"(if [ $1 = read ]; then echo '{"absent":true}'; else kill -9 $$; fi)");
    EXPECT_FALSE(lamps.start(intent(Action::Create), {}).ok());
    EXPECT_EQ(lamps.find(intent(Action::Create), {})->kind, LookupResult::Kind::Unsure);
    provider::Intent removal = intent(Action::Delete);
    removal.token = "token-2";
    EXPECT_FALSE(lamps.start(removal, {}).ok());
    EXPECT_EQ(lamps.find(removal, {})->kind, LookupResult::Kind::Done) << "it is not there";
}

TEST_F(ExtensionTest, WhatItRefusedIsNotDone) {
    auto& lamps = connect(R"(
        echo '{"outputs":{"id":7,"key":""}}'
        echo "no current; the token is hush-hush" >&2
        exit 4)");
    const auto started = lamps.start(intent(Action::Create), {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().text(),
              "`./serve create` ended with exit code 4; its output is not kept as it was given a "
              "secret (`keep_output = true` in extension.ncl keeps it, with the secret hidden)");
    EXPECT_EQ(lamps.find(intent(Action::Create), {})->kind, LookupResult::Kind::Absent);
}

TEST_F(ExtensionTest, WhatItSaysIsKeptIfItsManifestSaysSo) {
    auto& lamps = connect(R"(echo "no current; the token is hush-hush" >&2; exit 4)",
                          std::string(kTypes) + "keep_output = true,");
    EXPECT_EQ(lamps.start(intent(Action::Create), {}).error().text(),
              "`./serve create` ended with exit code 4:\nno current; the token is (of the "
              "connection)");
}

// A reason is for people, and about what the program was told: with a secret in that, it may repeat
// it in a form that nobody knows.
TEST_F(ExtensionTest, ReasonsAreLeftOutWhereAnInputIsSecret) {
    auto& lamps = connect(R"(echo '{"error":{"message":"deR is no colour"}}')");
    EXPECT_EQ(lamps.start(intent(Action::Create), {}).error().text(), "deR is no colour");
    provider::Intent secret = intent(Action::Create);
    Value colour("Red");
    colour.mark_secret();
    secret.inputs = Value::Record{{"colour", colour}};
    secret.token = "token-2";
    EXPECT_TRUE(lamps.start(secret, {}).error().text().starts_with("its output is not kept"));
}

TEST_F(ExtensionTest, WithoutUpdatesAChangeReplaces) {
    auto& lamps = connect(kMade);
    const Value recorded = Value::Record{{"colour", "red"}};
    const provider::Change change{.type = type(),
                                  .prior =
                                      provider::ObservedResource{.key = "7", .inputs = recorded},
                                  .recorded_inputs = recorded,
                                  .inputs = Value::Record{{"colour", "blue"}}};
    const auto planned = lamps.plan(change, {});
    ASSERT_TRUE(planned.ok());
    EXPECT_EQ(planned->action, provider::PlannedAction::Replace);
    EXPECT_EQ(planned->forcing, std::vector<std::string>{"colour"});
    EXPECT_TRUE(planned->outputs.find("id")->is_unknown());
}

TEST_F(ExtensionTest, ARenewedSecretLeadsToTheSamePlace) {
    auto& lamps = connect(kMade);
    const std::string identity = lamps.identity();
    const provider::Host host{.workspace_dir = folder_, .state_dir = file("state")};
    const auto renewed = provider_->connect(Value::Record{{"house", "mine"}, {"token", "x"}}, host);
    const auto other = provider_->connect(Value::Record{{"house", "yours"}, {"token", "x"}}, host);
    EXPECT_EQ((*renewed)->identity(), identity);
    EXPECT_NE((*other)->identity(), identity);
}

TEST_F(ExtensionTest, DefaultsAreWrittenAsNickelReadsThem) {
    EXPECT_EQ(nickel_text(Value::Record{{"a", Value::Array{true, std::int64_t{-1}, Value()}},
                                        {"b-%", "%{x}\n\"\\"}}),
              R"({"a" = [true, -1, null], "b-\%" = "\%{x}\u{a}\"\\"})");
}

TEST_F(ExtensionTest, ManifestsThatDoNotHoldTogether) {
    EXPECT_NE(refusal("types.Lamp = { key = \"id\" },").find("the key of the type `Lamp`, `id`"),
              std::string::npos);
    EXPECT_NE(refusal("types.\"1\" = { key = \"id\" },").find("`1` is no name for a type"),
              std::string::npos);
    EXPECT_NE(refusal("types.Lamp = { key = \"lifecycle\", inputs.lifecycle.type = \"String\" },")
                  .find("an input `lifecycle`"),
              std::string::npos);
    EXPECT_NE(refusal("types.Lamp = { key = \"id\", outputs.id.changes_with = [\"x\"] },")
                  .find("changes with `x`"),
              std::string::npos);
    EXPECT_NE(refusal("types = {}, timeout = -1,").find("expected a number of seconds"),
              std::string::npos);
}

}
}
