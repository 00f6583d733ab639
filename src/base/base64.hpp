#pragma once

#include <string>
#include <string_view>

namespace base {

// RFC 4648: section 4, and section 5 for addresses and names of files.
enum class Base64 : unsigned char { Standard, UrlSafe, NoPad, UrlSafeNoPad };

std::string encode_base64(std::string_view bytes, Base64 variant = Base64::Standard);

}
