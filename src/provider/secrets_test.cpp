#include "provider/secrets.hpp"

#include "value/builder.hpp"

#include <gtest/gtest.h>

#include <map>

namespace provider {
namespace {

std::string reference(std::string_view name) {
    return value::kSecretOpen + std::string(name) + value::kSecretClose;
}

Secrets secrets(std::map<std::string, std::string> environment) {
    return Secrets(
        [environment =
             std::move(environment)](const std::string& name) -> std::optional<std::string> {
            auto found = environment.find(name);
            if (found == environment.end()) return std::nullopt;
            return found->second;
        },
        "/nowhere",
        [](const value::Value& value) {
            return "print-of-" + std::to_string(value.as_string()->size());
        });
}

TEST(Secrets, StandInLargerTexts) {
    const Secrets with = secrets({{"A", "alpha-1"}, {"B", "beta"}});
    const value::Value text(reference("env:A") + " and " + reference("env:B") + "!");
    const auto shown = with.reveal(text);
    ASSERT_TRUE(shown.ok());
    EXPECT_EQ(*shown->as_string(), "alpha-1 and beta!");
    EXPECT_TRUE(shown->is_secret());
    EXPECT_EQ(with.conceal(*shown, text), [&] {
        value::Value hidden = text;
        hidden.mark_secret();
        return hidden;
    }());
}

TEST(Secrets, AreStampedAnew) {
    const auto first = secrets({{"A", "short"}})
                           .stamp(value::Value(value::Value::Array{value::Value(reference("env:A")),
                                                                   value::Value(std::int64_t{1})}));
    ASSERT_TRUE(first.ok());
    const auto again = secrets({{"A", "longer"}}).stamp(*first);
    ASSERT_TRUE(again.ok());
    EXPECT_FALSE(first->same_as(*again));
    EXPECT_TRUE(first->same_as(*secrets({{"A", "short"}}).stamp(*again)));
    EXPECT_EQ(*secrets({{"A", "short"}}).reveal(*again)->as_array()->at(0).as_string(), "short");
}

TEST(Secrets, SayWhatIsMissing) {
    const Secrets none = secrets({});
    EXPECT_EQ(none.reveal(value::Value(reference("env:A"))).error().message(),
              "the secret `env:A` is not there: no variable `A` is set");
    EXPECT_FALSE(none.reveal(value::Value(reference("file:a"))).ok());
    EXPECT_FALSE(none.resolve("vault:a").ok());
    EXPECT_FALSE(none.resolve("env:").ok());
}

// What only looks like a reference stays as it is: no other kind is ever asked for.
TEST(Secrets, LeaveOtherTextsAlone) {
    const Secrets with = secrets({{"A", "alpha"}});
    for (const std::string& text : {std::string("env:A"), reference("other:A"),
                                    std::string("\x02"
                                                "env:A"),
                                    std::string("\x03\x02")}) {
        EXPECT_FALSE(value::has_secret_reference(text));
        EXPECT_EQ(*with.reveal(value::Value(text))->as_string(), text);
    }
}

// Whoever answers must not be able to ask for secrets of its own choice.
TEST(Secrets, AreNotAskedForByAnswers) {
    const Secrets with = secrets({{"A", "alpha"}, {"B", "beta"}});
    const value::Value hidden =
        with.conceal(value::Value(reference("env:B") + " alpha"), value::Value(reference("env:A")));
    EXPECT_EQ(*hidden.as_string(), "?env:B\x03 " + reference("env:A"));
    EXPECT_EQ(*with.reveal(hidden)->as_string(), "?env:B\x03 alpha");
    EXPECT_EQ(with.conceal(std::string("no alpha here"), value::Value(reference("env:A"))),
              "no (secret) here");
}

TEST(Secrets, AreMarkedWhateverWayTheyTook) {
    value::ValueBuilder builder;
    builder.begin_array(2);
    builder.string("plain");
    builder.string("x" + reference("file:y"));
    builder.end_array();
    const auto value = builder.take();
    ASSERT_TRUE(value.ok());
    EXPECT_FALSE(value->as_array()->at(0).is_secret());
    EXPECT_TRUE(value->as_array()->at(1).is_secret());
}

}
}
