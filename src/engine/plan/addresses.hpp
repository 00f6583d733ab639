#pragma once

#include "value/address.hpp"

namespace engine {

// Whether `address` is `place` or beneath it ("web.1" is beneath "web"); "" is above everything.
inline bool is_under(std::string_view address, std::string_view place) {
    return value::is_at_or_under(address, place);
}

}
