#include "sandbox/kit/project.hpp"

#include "sandbox/kit/api.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox {
namespace {

// A step for each number that was drawn: never the same twice.
// Ids look drawn, and clients that count on 1, 2, 3 are found out; yet they never come twice,
// since each has a stretch of its own.
std::int64_t next(std::int64_t first, std::int64_t count, std::int64_t step, std::uint64_t drawn) {
    return first + count * step +
           static_cast<std::int64_t>(drawn % static_cast<std::uint64_t>(step));
}

}

const Record* Project::find_by(std::string_view type, std::string_view member,
                               std::string_view text) const {
    return store_.find_by(name_, type, member, text);
}

std::int64_t Project::next_id() {
    const IdRanges ids = api.ids();
    const std::int64_t count = store_.count("id");
    return next(ids.first, count, ids.step, draw());
}

std::int64_t Project::next_action_id() {
    const IdRanges ids = api.ids();
    const std::int64_t count = store_.count("action");
    return next(ids.first_action, count, ids.step, draw());
}

std::string Project::draw_text(std::size_t length) {
    static constexpr std::string_view kLetters =
        // Without letters that look alike (l, I, O, 0, 1): passwords are read by people.
        "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += kLetters[draw() % kLetters.size()];
    return text;
}

std::string Project::draw_uuid() {
    constexpr std::uint64_t kLow48 = 0xffff'ffff'ffff;
    const std::uint64_t a = draw();
    const std::uint64_t b = draw();
    // RFC 4122, section 4.4: version 4 and its variant; the other bits are drawn.
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", a >> 32U, a >> 16U & 0xffffU,
                       a & 0xfffU, 8 + (b >> 62U), b >> 48U & 0xfffU, b & kLow48);
}

Micros Project::real(std::chrono::milliseconds duration) const {
    const double micros = static_cast<double>(duration.count()) * 1000.0 / options.speed;
    // At least a microsecond: an action that takes time must not have ended when it begins.
    return Micros(std::max<std::int64_t>(1, static_cast<std::int64_t>(micros)));
}

json::Object public_part(const Record& record) {
    json::Object out;
    for (const auto& [key, value] : *record.as_object()) {
        if (!key.starts_with('_')) out.set(key, value);
    }
    return out;
}

}
