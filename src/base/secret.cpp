#include "base/secret.hpp"

#include <cstring>

namespace base {

// explicit_bzero(): a memset() of memory that is not read again may be left out by the compiler.
void wipe(void* bytes, std::size_t size) { ::explicit_bzero(bytes, size); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    // The length is no secret; the place of the first difference is, since an answer's delay would
    // tell a forged token byte by byte.
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^
                                            static_cast<unsigned char>(b[i]));
    }
    return difference == 0;
}

}
