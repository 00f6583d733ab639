#pragma once

#include <cstdint>
#include <string_view>

namespace lang {

// An interned identifier, field name or enum tag. Process-wide table; equal text, equal id.
// Interning is thread-safe; ids are dense and are never freed.
struct Symbol {
    std::uint32_t id = 0;   // 0 is the empty string

    static Symbol of(std::string_view text);
    std::string_view text() const;

    bool operator==(const Symbol&) const = default;
};

}
