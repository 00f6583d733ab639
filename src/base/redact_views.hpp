#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

// What a text says when it is read in other notations, with the places that each byte came from.
namespace base::redact {

struct Byte {
    std::uint32_t begin = 0;   // in the text
    std::uint32_t end = 0;
    std::uint8_t byte = 0;
    bool begins_anew = false;   // it does not follow on what stands before it
};
using Bytes = std::vector<Byte>;

// One after the other; the first is the text as it is. A text of less than 4 GiB.
void each_view(std::string_view text, const std::function<void(const Bytes&)>& use);

}
