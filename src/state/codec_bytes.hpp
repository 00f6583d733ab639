#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Numbers and texts as bytes, below the values that codec.cpp makes of them.
namespace state {

inline base::Error damaged(const char* what) {
    return {base::Code::DataLoss, std::string("a stored value is damaged: ") + what};
}

// Little-endian base 128, as in DWARF and protobuf: most numbers here are lengths below 128.
inline void put_varint(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
    out += static_cast<char>(number);
}

inline void put_bytes(std::string& out, std::string_view bytes) {
    put_varint(out, bytes.size());
    out += bytes;
}

// So that small negative numbers are short too: 0, -1, 1, -2 become 0, 1, 2, 3.
inline std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
inline std::int64_t unzigzag(std::uint64_t number) {
    return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

// What comes of damaged bytes is an error, never a read past their end.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    bool at_end() const { return position_ == bytes_.size(); }
    std::size_t left() const { return bytes_.size() - position_; }

    base::Result<std::uint8_t> byte() {
        if (at_end()) return damaged("cut off");
        return static_cast<std::uint8_t>(bytes_[position_++]);
    }
    base::Result<std::uint64_t> varint() {
        std::uint64_t number = 0;
        // Ten groups of seven bits hold 64 bits; without a bound a run of 0x80 would shift for
        // ever.
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = TRY(byte());
            number |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if ((next & 0x80) == 0) return number;
        }
        return damaged("number too long");
    }
    // How many parts follow: each takes a byte at least, so no count can eat the memory.
    base::Result<std::size_t> count() {
        const std::uint64_t number = TRY(varint());
        if (number > left()) return damaged("count too large");
        return static_cast<std::size_t>(number);
    }
    base::Result<std::string_view> bytes() {
        const std::size_t size = TRY(count());
        const auto found = bytes_.substr(position_, size);
        position_ += size;
        return found;
    }

private:
    std::string_view bytes_;
    std::size_t position_ = 0;
};

}
