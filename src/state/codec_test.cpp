#include "state/checksum.hpp"
#include "state/codec.hpp"

#include "base/random.hpp"
#include "state/key.hpp"
#include "state/mac.hpp"

#include <gtest/gtest.h>

namespace state {
namespace {

class CodecTest : public testing::Test {
protected:
    std::unique_ptr<Key> key_ = Key::from_bytes(std::string(32, 'k')).value();
    KeySource source_ = [this]() -> base::Result<const Key*> { return key_.get(); };

    std::string encode(const value::Value& value) {
        return encode_value(value, source_, {}).value();
    }
    value::Value decode(std::string_view bytes) { return decode_value(bytes, source_, {}).value(); }
};

// Any value, secrets and unknowns included.
value::SecretTemplate random_template(base::Random& random, std::size_t depth) {
    value::SecretTemplate text;
    const std::size_t parts = 1 + random.below(4);
    for (std::size_t i = 0; i < parts; ++i) {
        switch (random.below(depth == 0 ? 2 : 3)) {
            case 0:
                text.append(std::string(random.below(20), static_cast<char>(random.next())));
                break;
            case 1:
                text.append(value::SecretTemplate::reference("env:A" + std::to_string(i)));
                break;
            default:
                text.append(
                    value::SecretTemplate::derived(static_cast<value::SecretForm>(random.below(10)),
                                                   random_template(random, depth - 1),
                                                   static_cast<std::uint32_t>(random.below(9))));
        }
    }
    return text;
}

value::Value random_value(base::Random& random, std::size_t depth) {
    value::Value value;
    switch (random.below(depth == 0 ? 7 : 10)) {
        case 0: break;
        case 1: value = value::Value(random.below(2) == 0); break;
        case 2: value = value::Value(static_cast<std::int64_t>(random.next())); break;
        case 3:
            value = value::Value(
                value::Rational::from_fraction(static_cast<std::int64_t>(random.next()), 7) *
                value::Rational(static_cast<std::int64_t>(random.next() >> 1)));
            break;
        case 4:
            value = value::Value(std::string(random.below(300), static_cast<char>(random.next())));
            break;
        case 5:
            value = value::Value::unknown(static_cast<value::ValueType>(random.below(7)));
            break;
        case 6: value = value::Value(random_template(random, 3)); break;
        case 7:
        case 8: {
            value::Value::Record members;
            const std::size_t size = random.below(5);
            for (std::size_t i = 0; i < size; ++i) {
                members.emplace_back("f" + std::to_string(i), random_value(random, depth - 1));
            }
            value = value::Value(std::move(members));
            break;
        }
        default: {
            value::Value::Array items;
            const std::size_t size = random.below(5);
            for (std::size_t i = 0; i < size; ++i) items.push_back(random_value(random, depth - 1));
            value = value::Value(std::move(items));
        }
    }
    if (random.below(6) == 0) value.mark_secret();
    return value;
}

TEST_F(CodecTest, WhatIsSealedOpensInItsOwnPlaceAlone) {
    value::Value secret("hunter2");
    secret.mark_secret();
    const SealContext here{"row", {"ws", "default", "web", "inputs"}, 1};
    const std::string bytes = encode_value(secret, source_, here).value();
    EXPECT_TRUE(decode_value(bytes, source_, here).ok());
    for (const SealContext& there :
         {SealContext{}, SealContext{"intent", {"ws", "default", "web", "inputs"}, 1},
          SealContext{"row", {"other", "default", "web", "inputs"}, 1},
          SealContext{"row", {"ws", "staging", "web", "inputs"}, 1},
          SealContext{"row", {"ws", "default", "db", "inputs"}, 1},
          SealContext{"row", {"ws", "default", "web", "outputs"}, 1},
          SealContext{"row", {"ws", "default", "web", "inputs"}, 2},
          SealContext{"row", {"wsd", "efault", "web", "inputs"}, 1}}) {
        EXPECT_FALSE(decode_value(bytes, source_, there).ok());
    }
}

TEST_F(CodecTest, AnyValueComesBackWithItsMarks) {
    base::Random random(1);
    for (int i = 0; i < 3'000; ++i) {
        const value::Value value = random_value(random, 4);
        ASSERT_TRUE(decode(encode(value)) == value) << i;
    }
}

TEST_F(CodecTest, SecretsAreNotInTheBytes) {
    value::Value secret(value::Value::Record{{"user", value::Value("root-user")},
                                             {"word", value::Value("hunter2-hunter2")}});
    secret.mark_secret();
    const value::Value value(
        value::Value::Record{{"name", value::Value("plain-name")}, {"login", secret}});
    const std::string bytes = encode(value);
    EXPECT_NE(bytes.find("plain-name"), std::string::npos);
    EXPECT_EQ(bytes.find("root-user"), std::string::npos);
    EXPECT_EQ(bytes.find("hunter2"), std::string::npos);
    EXPECT_NE(encode(value), bytes);   // another nonce each time
}

TEST_F(CodecTest, AnotherKeyOpensNothing) {
    value::Value secret("hunter2");
    secret.mark_secret();
    const std::string bytes = encode(secret);
    key_ = Key::from_bytes(std::string(32, 'x')).value();
    const auto opened = decode_value(bytes, source_, {});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), base::Code::DataLoss);
}

TEST_F(CodecTest, PlainValuesNeedNoKey) {
    const KeySource none = [] { return base::internal("asked for the key"); };
    EXPECT_TRUE(encode_value(value::Value("x"), none, {}).ok());
    EXPECT_TRUE(decode_value(encode(value::Value("x")), none, {}).ok());
}

TEST_F(CodecTest, DamagedBytesAreRefusedOrDecodeToSomething) {
    base::Random random(2);
    for (int i = 0; i < 3'000; ++i) {
        std::string bytes = encode(random_value(random, 3));
        if (random.below(2) == 0) {
            bytes.resize(random.below(bytes.size()));
            EXPECT_FALSE(decode_value(bytes, source_, {}).ok());
        } else {
            bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
            static_cast<void>(decode_value(bytes, source_, {}));
        }
    }
}

TEST_F(CodecTest, DepthAndCountsAreLimited) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "\x06\x01";
    EXPECT_EQ(decode_value(deep + '\0', source_, {}).error().code(), base::Code::DataLoss);
    std::string marks(1, '\x0a');
    EXPECT_FALSE(decode_value(marks + '\0', source_, {}).ok());
    EXPECT_FALSE(decode_value("\x06\xff\xff\xff\xff\x0f", source_, {}).ok());
    const std::string nested_marks = std::string(100'000, '\x0a') + '\0';
    std::string sealed = key_->seal(nested_marks, "value").value();
    std::string bytes = "\x09";
    for (std::size_t n = sealed.size(); n > 0; n >>= 7) {
        bytes += static_cast<char>((n & 0x7f) | (n >= 0x80 ? 0x80 : 0));
    }
    EXPECT_FALSE(decode_value(bytes + sealed, source_, {}).ok());
}

TEST_F(CodecTest, SmallValuesAreSmall) {
    EXPECT_EQ(encode(value::Value(std::int64_t{-1})).size(), 2u);
    EXPECT_EQ(encode(value::Value(value::Value::Record{{"value", value::Value("abc")}})).size(),
              2u + 6u + 5u);
}

TEST(Names, ComeBackAndShareTheirBeginnings) {
    const std::vector<std::string> names{"web.server.1", "web.server.2", "a", "", "web"};
    const std::string bytes = encode_names(names);
    EXPECT_EQ(decode_names(bytes).value(), names);
    EXPECT_LT(bytes.size(), 30u);
    EXPECT_TRUE(decode_names(encode_names({})).value().empty());
    EXPECT_FALSE(decode_names("\x01\x05").ok());
    EXPECT_FALSE(decode_names(bytes + "x").ok());
}

TEST(Mac, IsOfTheKeyTheUseAndThePartsAsTheyAreParted) {
    const Mac mac = Key::from_bytes(std::string(32, 'k')).value()->row_mac();
    const Mac other = Key::from_bytes(std::string(32, 'o')).value()->row_mac();
    const std::int64_t one = mac.begin("row").add("ab").add("c").value();
    EXPECT_EQ(mac.begin("row").add("ab").add("c").value(), one);
    EXPECT_NE(other.begin("row").add("ab").add("c").value(), one);
    EXPECT_NE(mac.begin("sum").add("ab").add("c").value(), one);
    EXPECT_NE(mac.begin("row").add("a").add("bc").value(), one);
    EXPECT_NE(mac.begin("row").add("ab").add("c").add("").value(), one);
}

// With the key and the messages of the paper, 00 01 02 …: those that are whole words.
TEST(Mac, IsSipHash) {
    std::string key;
    for (char c = 0; c < 16; ++c) key += c;
    const auto hash_of = [&](int words) {
        Mac mac(key);
        for (std::int64_t i = 0; i < words; ++i) {
            mac.add(std::int64_t{0x0706050403020100} + i * std::int64_t{0x0808080808080808});
        }
        return static_cast<std::uint64_t>(mac.value());
    };
    EXPECT_EQ(hash_of(0), 0x726fdb47dd0e0e31U);
    EXPECT_EQ(hash_of(1), 0x93f5f5799a932462U);
}

TEST(Checksum, SeesEachByteAndEachBoundary) {
    const auto of = [](std::string_view a, std::string_view b) {
        return Checksum().add(a).add(b).value();
    };
    const std::string text = "some bytes of a row";
    for (std::size_t i = 0; i < text.size() * 8; ++i) {
        std::string changed = text;
        changed[i / 8] ^= static_cast<char>(1 << i % 8);
        EXPECT_NE(of(changed, ""), of(text, "")) << i;
    }
    EXPECT_NE(of("ab", "c"), of("a", "bc"));
}

TEST(Key, FingerprintsNameValuesNotMarks) {
    const auto key = Key::from_bytes(std::string(32, 'k')).value();
    value::Value marked("x");
    marked.mark_secret();
    EXPECT_EQ(key->fingerprint(marked), key->fingerprint(value::Value("x")));
    EXPECT_NE(key->fingerprint(value::Value("x")), key->fingerprint(value::Value("y")));
    EXPECT_EQ(key->fingerprint_text(marked).size(), 16u);
    const auto other = Key::from_bytes(std::string(32, 'o')).value();
    EXPECT_NE(other->fingerprint(marked), key->fingerprint(marked));
}

TEST(Key, SignaturesHoldForTheBytesAndTheKey) {
    const auto key = Key::from_bytes(std::string(32, 'k')).value();
    const std::string signature = key->sign("plan");
    EXPECT_EQ(signature.size(), 32u);
    EXPECT_TRUE(key->verify("plan", signature));
    EXPECT_FALSE(key->verify("plan2", signature));
    EXPECT_FALSE(key->verify("plan", ""));
    EXPECT_FALSE(Key::from_bytes(std::string(32, 'o')).value()->verify("plan", signature));
}

TEST(Key, SealedForOnePurposeOpensForNoOther) {
    const auto key = Key::from_bytes(std::string(32, 'k')).value();
    const std::string sealed = key->seal("text", "a").value();
    EXPECT_EQ(key->open(sealed, "a").value(), "text");
    EXPECT_FALSE(key->open(sealed, "b").ok());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] ^= 1;
        EXPECT_FALSE(key->open(changed, "a").ok()) << i;
    }
    EXPECT_EQ(key->open(key->seal("", "a").value(), "a").value(), "");
}

}
}
