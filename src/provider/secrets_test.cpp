#include "provider/secrets.hpp"

#include <gtest/gtest.h>

#include <map>

namespace provider {
namespace {

value::SecretTemplate reference(std::string_view name) {
    return value::SecretTemplate::reference(name);
}

value::SecretTemplate join(std::initializer_list<value::SecretTemplate> texts) {
    value::SecretTemplate out;
    for (const value::SecretTemplate& text : texts) out.append(text);
    return out;
}

value::SecretTemplate literal(std::string_view text) {
    value::SecretTemplate out;
    out.append(text);
    return out;
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
    const value::Value text(
        join({reference("env:A"), literal(" and "), reference("env:B"), literal("!")}));
    const auto shown = with.reveal(text);
    ASSERT_TRUE(shown.ok());
    EXPECT_EQ(*shown->as_string(), "alpha-1 and beta!");
    EXPECT_TRUE(shown->is_secret());
    EXPECT_EQ(with.conceal(*shown, text), text);
}

// Each form, as other tools make it of the same text.
TEST(Secrets, AreMadeIntoTheirFormWhereTheyAreResolved) {
    const Secrets with = secrets({{"A", "li\"ne\nfĳ>?"}});
    const auto formed = [&](value::SecretForm form, std::uint32_t columns = 0) {
        const value::Value text(value::SecretTemplate::derived(form, reference("env:A"), columns));
        const value::Value shown = with.reveal(text).value();
        EXPECT_EQ(with.conceal(shown, text), text);
        return *shown.as_string();
    };
    EXPECT_EQ(formed(value::SecretForm::Md5), "5148e5ad854360b42ee2682c9780a345");
    EXPECT_EQ(formed(value::SecretForm::Base64), "bGkibmUKZsSzPj8=");
    EXPECT_EQ(formed(value::SecretForm::Base64UrlSafe), "bGkibmUKZsSzPj8=");
    EXPECT_EQ(formed(value::SecretForm::Base64NoPad), "bGkibmUKZsSzPj8");
    EXPECT_EQ(formed(value::SecretForm::Quoted), "\"li\\\"ne\\nfĳ>?\"");
    EXPECT_EQ(formed(value::SecretForm::Indented, 2), "li\"ne\n  fĳ>?");
}

TEST(Secrets, ThatNoDocumentCanHoldAreRefused) {
    const Secrets with = secrets({{"A", "\xff\xfe"}});
    const auto quoted = with.reveal(value::Value(
        value::SecretTemplate::derived(value::SecretForm::Quoted, reference("env:A"))));
    ASSERT_FALSE(quoted.ok());
    EXPECT_EQ(quoted.error().code(), base::Code::InvalidArgument);
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

// However a text is spelt: only `secret` of a program makes a reference.
TEST(Secrets, AreAskedForByNoText) {
    const Secrets with = secrets({{"A", "alpha"}});
    for (const char* text : {"env:A",
                             "\x02"
                             "env:A\x03",
                             "\x02"
                             "env:A\x1f"
                             "print\x03",
                             "{\"$secret\":\"env:A\"}"}) {
        EXPECT_EQ(*with.reveal(value::Value(text))->as_string(), text);
        EXPECT_FALSE(value::Value(text).has_secret());
    }
}

// Whoever answers must not be able to ask for secrets of its own choice.
TEST(Secrets, AreNotAskedForByAnswers) {
    const Secrets with = secrets({{"A", "alpha"}, {"B", "beta"}});
    const value::Value hidden = with.conceal(value::Value("\x02"
                                                          "env:B\x03 alpha"),
                                             value::Value(reference("env:A")));
    EXPECT_EQ(hidden, value::Value(join({literal("\x02"
                                                 "env:B\x03 "),
                                         reference("env:A")})));
    EXPECT_EQ(*with.reveal(hidden)->as_string(), "\x02"
                                                 "env:B\x03 alpha");
    EXPECT_EQ(with.conceal(std::string("no alpha here"), value::Value(reference("env:A"))),
              "no (secret) here");
}

TEST(Secrets, ThatAreNotAtHandAreNotKnown) {
    const Secrets with = secrets({{"A", "alpha"}});
    const value::Value both(
        value::Value::Array{value::Value(reference("env:A")), value::Value(reference("env:B"))});
    const value::Value known = with.reveal_known(both);
    EXPECT_EQ(*known.as_array()->at(0).as_string(), "alpha");
    EXPECT_TRUE(known.as_array()->at(1).is_unknown());
    EXPECT_TRUE(known.as_array()->at(1).is_secret());
}

}
}
