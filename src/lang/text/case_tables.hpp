#pragma once

#include <string_view>

namespace lang::text {

// The several characters that one becomes in upper case, or nothing.
std::u32string_view special_upper(char32_t character);

}
