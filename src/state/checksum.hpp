#pragma once

#include <cstdint>
#include <string_view>

namespace state {

// Finds changed bytes, not forgers (Mac does). Order and boundaries of the parts count.
class Checksum {
public:
    Checksum& add(std::string_view bytes);
    Checksum& add(std::int64_t number);
    std::int64_t value() const;   // 32 bits

private:
    std::uint64_t state_ = 0x9e3779b97f4a7c15;
};

}
