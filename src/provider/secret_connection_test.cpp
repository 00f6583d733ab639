#include "provider/secret_connection.hpp"

#include "fakes/fake_provider.hpp"

#include <gtest/gtest.h>

namespace provider {
namespace {

Secrets secrets_of(std::optional<std::string> word) {
    return Secrets([word](const std::string&) { return word; }, "/nowhere",
                   [](const value::Value& value) {
                       return "print-of-" + std::to_string(value.as_string()->size());
                   });
}

// A platform that shows in lists what it was made with.
class SecretConnectionTest : public testing::Test {
protected:
    value::Value recorded_ = *secrets_of("hush").stamp(
        value::Value(value::Value::Record{{"name", value::SecretTemplate::reference("env:WORD")}}));

    value::Value listed(std::optional<std::string> word, const char* shown) {
        cloud_.objects["7"] = {.type = "fake.Thing",
                               .inputs = value::Value::Record{{"name", shown}},
                               .outputs = value::Value::Record{{"address", shown}},
                               .token = {},
                               .polls_left = 0};
        const Secrets secrets = secrets_of(std::move(word));
        auto connection =
            with_secrets(std::make_unique<fakes::FakeConnection>(cloud_, Capabilities{}), secrets);
        const ResourceType& type = *fakes::fake_schema().find("fake.Thing");
        Page page = connection->list(type, "", {}).value();
        connection->normalize(type, page.items.at(0), recorded_);
        const std::string* shown_now = page.items[0].outputs.find("address")->as_string();
        EXPECT_TRUE(shown_now == nullptr || !shown_now->contains("hush"));
        return *page.items[0].inputs.find("name");
    }

    fakes::FakeCloud cloud_;
};

TEST_F(SecretConnectionTest, AListHasReferencesWhereTheRowHasThem) {
    EXPECT_TRUE(listed("hush", "hush").same_as(*recorded_.find("name")));
}

TEST_F(SecretConnectionTest, AListStillShowsWhatWasChangedOutside) {
    EXPECT_FALSE(listed("hush", "other").same_as(*recorded_.find("name")));
}

// It cannot be held against a secret that is not at hand any more.
TEST_F(SecretConnectionTest, WhatCannotBeComparedIsTakenAsRecorded) {
    EXPECT_TRUE(listed("another", "gone").same_as(*recorded_.find("name")));
}

// A platform whose refusal repeats what it was given, in every part.
class RefusingConnection final : public fakes::FakeConnection {
public:
    using FakeConnection::FakeConnection;
    base::Result<OperationResult> start(const Intent& intent, CallContext) override {
        const std::string& word = *intent.inputs.find("name")->as_string();
        auto failure = std::make_shared<CallFailure>();
        failure->is_about_account = true;
        return base::Error(base::Code::AlreadyExists, "there is " + word)
            .with_help("not " + word)
            .with_advice({.next = base::Next::ImportResource, .subject = "web", .object = word})
            .with_detail(std::move(failure));
    }
};

TEST_F(SecretConnectionTest, ARefusalKeepsItsAdviceAndNotTheSecret) {
    const Secrets secrets = secrets_of("hush");
    auto connection =
        with_secrets(std::make_unique<RefusingConnection>(cloud_, Capabilities{}), secrets);
    Intent intent;
    intent.type = "fake.Thing";
    intent.inputs = recorded_;
    const auto started = connection->start(intent, {});
    ASSERT_FALSE(started.ok());
    const base::Error& error = started.error();
    EXPECT_EQ(error.code(), base::Code::AlreadyExists);
    EXPECT_TRUE(is_about_connection(error));
    ASSERT_NE(error.advice(), nullptr);
    EXPECT_EQ(error.advice()->next, base::Next::ImportResource);
    EXPECT_EQ(error.advice()->subject, "web");
    for (const std::string& text :
         {error.text(), std::string(error.help()), error.advice()->object}) {
        EXPECT_EQ(text.find("hush"), std::string::npos) << text;
    }
}

}
}
