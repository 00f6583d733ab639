#include "sandbox/hetzner/tenant.hpp"

#include <algorithm>

namespace sandbox::hetzner {
namespace {

constexpr std::int64_t kFirstId = 10'000'000;
constexpr std::int64_t kFirstAction = 580'000'000'000'000;
constexpr std::uint64_t kLargestStep = 9;

}

const Record* Tenant::named(std::string_view type, std::string_view name) const {
    for (const auto& [id, record] : all(type)) {
        if (record.string_or("name", "") == name) return &record;
    }
    return nullptr;
}

std::int64_t Tenant::next_id() {
    // A step for each number that was drawn: never the same twice.
    return kFirstId + store_.count("id") * static_cast<std::int64_t>(kLargestStep) +
           static_cast<std::int64_t>(draw() % kLargestStep);
}

std::int64_t Tenant::next_action_id() {
    return kFirstAction + store_.count("action") * static_cast<std::int64_t>(kLargestStep) +
           static_cast<std::int64_t>(draw() % kLargestStep);
}

std::string Tenant::draw_text(std::size_t length) {
    static constexpr std::string_view kLetters =
        "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += kLetters[draw() % kLetters.size()];
    return text;
}

Micros Tenant::real(std::chrono::milliseconds duration) const {
    const double micros = static_cast<double>(duration.count()) * 1000.0 / options.speed;
    return Micros(std::max<std::int64_t>(1, static_cast<std::int64_t>(micros)));
}

}
