#include "state/mac.hpp"

#include "base/check.hpp"

#include <bit>
#include <cstring>

namespace state {
namespace {

static_assert(std::endian::native == std::endian::little);

std::uint64_t word_at(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

}

// The constants are those of the paper ("somepseudorandomlygeneratedbytes").
Mac::Mac(std::string_view key) {
    CHECK(key.size() == kKeySize);
    const std::uint64_t k0 = word_at(key.data());
    const std::uint64_t k1 = word_at(key.data() + 8);
    v0_ = k0 ^ 0x736f6d6570736575;
    v1_ = k1 ^ 0x646f72616e646f6d;
    v2_ = k0 ^ 0x6c7967656e657261;
    v3_ = k1 ^ 0x7465646279746573;
}

inline void Mac::round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32) + v3_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
}

// The message is made of whole words, so that one step takes each.
Mac& Mac::add(std::int64_t number) {
    const auto word = static_cast<std::uint64_t>(number);
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
    ++words_;
    return *this;
}

void Mac::add_padded(std::string_view bytes) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        add(static_cast<std::int64_t>(word_at(bytes.data())));
    }
    if (bytes.empty()) return;
    std::int64_t rest = 0;
    std::memcpy(&rest, bytes.data(), bytes.size());
    add(rest);
}

Mac& Mac::add(std::string_view bytes) {
    // The length first, or "ab" and "c" would be hashed as "a" and "bc".
    add(static_cast<std::int64_t>(bytes.size()));
    add_padded(bytes);
    return *this;
}

Mac& Mac::add(std::initializer_list<std::string_view> texts) {
    // Their number, and two lengths a word: SQLite holds no text of more than 32 bits.
    std::uint64_t word = texts.size();
    bool has_one = true;
    for (const std::string_view text : texts) {
        CHECK(text.size() <= 0xffffffff);
        word = word << 32U | text.size();
        if (has_one) add(static_cast<std::int64_t>(word));
        has_one = !has_one;
    }
    if (has_one) add(static_cast<std::int64_t>(word));
    for (const std::string_view text : texts) add_padded(text);
    return *this;
}

std::int64_t Mac::value() const {
    Mac last(*this);
    // The number of bytes, by its lowest byte, closes the message.
    last.add(static_cast<std::int64_t>((words_ * 8) << 56U));
    last.v2_ ^= 0xff;
    for (int i = 0; i < 4; ++i) last.round();
    return static_cast<std::int64_t>(last.v0_ ^ last.v1_ ^ last.v2_ ^ last.v3_);
}

}
