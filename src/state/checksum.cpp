#include "state/checksum.hpp"

#include <cstring>

namespace state {

Checksum& Checksum::add(std::int64_t number) {
    // One multiplication for eight bytes: all rows are summed at each plan. The constant and the
    // shift are those of MurmurHash3's finalizer, which spreads each bit over the word.
    state_ ^= static_cast<std::uint64_t>(number);
    state_ *= 0xff51afd7ed558ccd;
    state_ ^= state_ >> 32;
    return *this;
}

Checksum& Checksum::add(std::string_view bytes) {
    // The length first, or "ab" and "c" would sum like "a" and "bc".
    add(static_cast<std::int64_t>(bytes.size()));
    while (bytes.size() >= 8) {
        std::int64_t word;
        std::memcpy(&word, bytes.data(), 8);
        add(word);
        bytes.remove_prefix(8);
    }
    std::int64_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());
    return add(word);
}

std::int64_t Checksum::value() const {
    // 32 bits find a random change all but once in four thousand million, and leave room for the
    // sums of a scope to be added up in 64.
    return static_cast<std::int64_t>((state_ ^ (state_ >> 29)) & 0xffffffff);
}

}
