#pragma once

#include "lang/text/char_set.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace lang::text {

// The characters that have a property, by what stands in `\p{…}`: "Emoji", "L", "Greek",
// "scx=Grek", "age!=6.0". Sorted and disjoint; nothing for a name that there is not. The data is
// Unicode's, in unicode.tables (tools/unicode_tables.py).
std::optional<std::vector<CharSet::Range>> property_ranges(std::string_view name);

}
