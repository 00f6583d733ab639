#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace state {

// A keyed hash of rows: who has not the key cannot make a row that passes. SipHash-2-4 with 64 bits
// (Aumasson and Bernstein, 2012), as ten thousand rows are hashed at each plan: of 380 bytes
// OpenSSL makes this in 0.2 µs, HMAC-SHA-256 in 0.6 and BLAKE2s in 0.9; here it needs no copy of
// the message, and no set-up for each. A forger has no way to try but to have the row read, so 64
// bits are enough. Order and boundaries of the parts count. A value: what a message begins with can
// be kept and copied.
class Mac {
public:
    static constexpr std::size_t kKeySize = 16;

    explicit Mac(std::string_view key);

    // Messages of one use never equal those of another.
    Mac begin(std::string_view use) const { return Mac(*this).add(use); }
    Mac& add(std::int64_t number);
    Mac& add(std::string_view bytes);
    // Several at once, in less than half the steps for short ones.
    Mac& add(std::initializer_list<std::string_view> texts);
    std::int64_t value() const;

private:
    void round();
    void add_padded(std::string_view bytes);

    std::uint64_t v0_, v1_, v2_, v3_;
    std::uint64_t words_ = 0;
};

}
