#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// RFC 4648: section 4, and section 5 for addresses and names of files.
enum class Base64 : unsigned char { Standard, UrlSafe, NoPad, UrlSafeNoPad };

std::string encode_base64(std::string_view bytes, Base64 variant = Base64::Standard);
// Of the standard alphabet, with or without the filling at its end; none if it is anything else.
std::optional<std::string> decode_base64(std::string_view text);

}
