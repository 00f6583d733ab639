#include "base/ids.hpp"

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

#include <array>
#include <cstdint>

namespace base {

namespace {

struct IdState {
    std::uint64_t milliseconds = 0;
    std::array<std::byte, 10> entropy{};
};

constinit Guarded<IdState> last_id;

// Crockford's base 32, lower case.
// The letters i, l, o and u are left out: the first three look like digits, the last makes words.
constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void increment(std::array<std::byte, 10>& number) {
    for (std::size_t i = number.size(); i-- > 0;) {
        number[i] = static_cast<std::byte>(std::to_integer<unsigned>(number[i]) + 1U);
        if (number[i] != std::byte{0}) return;
    }
    // A carry. All 80 bits full happens never: it would take 2^80 ids in one millisecond.
}

std::string spelled(const IdState& id) {
    // 128 bits as 26 digits of 5 bits; the first digit holds only 3.
    unsigned __int128 value = id.milliseconds;
    for (const std::byte byte : id.entropy) value = (value << 8U) | std::to_integer<unsigned>(byte);
    std::string out(26, '0');
    for (std::size_t i = out.size(); i-- > 0;) {
        out[i] = kDigits[static_cast<unsigned>(value & 31U)];
        value >>= 5U;
    }
    return out;
}

}

std::string random_token(std::size_t bytes) {
    std::string raw(bytes, '\0');
    fill_random(std::as_writable_bytes(std::span(raw)));
    return to_hex(raw);
}

std::string sortable_id(const Clock& clock) {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock.now());
    const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    std::array<std::byte, 10> entropy{};
    // Outside the lock, which then is held for nanoseconds.
    fill_random(entropy);
    return last_id.with([&](IdState& last) {
        if (milliseconds > last.milliseconds) {
            last = {.milliseconds = milliseconds, .entropy = entropy};
        } else {
            // The clock stood still or went back: counting on from the last id keeps them in
            // order.
            increment(last.entropy);
        }
        return spelled(last);
    });
}

}
