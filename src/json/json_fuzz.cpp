#include "base/check.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <cstdint>

// What is read must print as something that reads back to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto value = json::parse({reinterpret_cast<const char*>(data), size});
    if (!value.ok()) return 0;
    for (const std::string& text : {json::to_text(*value), json::to_pretty_text(*value)}) {
        auto again = json::parse(text);
        CHECK(again.ok());
        CHECK(*again == *value);
    }
    return 0;
}
