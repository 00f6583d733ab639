#include "provider/older_secrets.hpp"

#include <gtest/gtest.h>

// What an older program recorded is a reference again where only it can have written it.
namespace provider {
namespace {

// Of the secret "alpha" the fingerprint is "print-of-alpha".
Secrets secrets_of(const char* secret) {
    return Secrets([secret](const std::string&) { return std::optional<std::string>(secret); },
                   "/nowhere",
                   [](const value::Value& value) { return "print-of-" + *value.as_string(); });
}

value::Value sealed(const std::string& text) {
    value::Value out(text);
    out.mark_secret();
    return out;
}

const std::string kStamped = "\x02"
                             "env:A\x1fprint-of-alpha\x03";
const std::string kUnstamped = "\x02"
                               "env:A\x03";

TEST(OlderSecrets, AreReferencesAgain) {
    const Secrets secrets = secrets_of("alpha");
    const value::Value now =
        with_older_references(value::Value(value::Value::Record{
                                  {"content", sealed("token = " + kStamped + "\n")},
                                  {"path", value::Value("a.txt")},
                              }),
                              secrets);
    const value::SecretTemplate* text = now.find("content")->as_secret_template();
    ASSERT_NE(text, nullptr);
    value::SecretTemplate wanted;
    wanted.append("token = ");
    wanted.append(value::SecretTemplate::reference("env:A"));
    wanted.append("\n");
    EXPECT_EQ(*text, *secrets.stamp(value::Value(wanted))->as_secret_template());
}

TEST(OlderSecrets, OfAnotherSecretOrWithoutAFingerprintAreTexts) {
    for (const auto& [text, secret] : {std::pair{kStamped, "beta"}, std::pair{kUnstamped, "alpha"},
                                       std::pair{kStamped.substr(0, 10), "alpha"},
                                       std::pair{std::string("\x02\x1f\x03"), "alpha"}}) {
        const value::Value now = with_older_references(sealed(text), secrets_of(secret));
        ASSERT_NE(now.as_string(), nullptr);
        EXPECT_EQ(*now.as_string(), text);
        EXPECT_TRUE(now.is_secret());
    }
}

// What was not sealed was not written in the place of a secret.
TEST(OlderSecrets, AreNotLookedForInTheClear) {
    const value::Value clear(kStamped);
    EXPECT_EQ(with_older_references(clear, secrets_of("alpha")), clear);
    EXPECT_EQ(with_older_settings(value::Value(kUnstamped), secrets_of("alpha")),
              value::Value(kUnstamped));
}

TEST(OlderSecrets, OfConnectionsHaveNoFingerprint) {
    const value::Value now = with_older_settings(sealed(kUnstamped), secrets_of("alpha"));
    ASSERT_NE(now.as_secret_template(), nullptr);
    EXPECT_EQ(*now.as_secret_template(), value::SecretTemplate::reference("env:A"));
}

}
}
