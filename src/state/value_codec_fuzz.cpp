#include "base/check.hpp"
#include "state/codec.hpp"
#include "state/key.hpp"

#include <cstdint>

// Stored values: whatever decodes must encode and decode to itself again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace state;
    static const auto key = Key::from_bytes(std::string(32, 'k')).value();
    const KeySource source = []() -> base::Result<const Key*> { return key.get(); };
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto value = decode_value(bytes, source, {})) {
        const auto again = decode_value(encode_value(*value, source, {}).value(), source, {});
        CHECK(again.ok() && *again == *value);
    }
    if (const auto names = decode_names(bytes)) {
        CHECK(decode_names(encode_names(*names)).value() == *names);
    }
    return 0;
}
