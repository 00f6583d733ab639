#pragma once

#include <string_view>

namespace engine {

// Whether `address` is `place` or beneath it ("web.1" is beneath "web"); "" is above everything.
inline bool is_under(std::string_view address, std::string_view place) {
    return place.empty() || (address.starts_with(place) &&
                             (address.size() == place.size() || address[place.size()] == '.'));
}

}
