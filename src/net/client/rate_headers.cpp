#include "net/client/rate_headers.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The first number of a field; the draft's lists ("100, 100;w=60") begin with the one that counts.
std::optional<std::uint64_t> leading_number(std::string_view text) {
    text = base::trim(text);
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    // A number too large is as good as the largest: it is bounded below.
    if (code == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
    if (code != std::errc()) return std::nullopt;
    const std::string_view rest = base::trim(text.substr(std::size_t(end - text.data())));
    if (rest.empty() || rest[0] == ',' || rest[0] == ';' || rest[0] == '.') return value;
    return std::nullopt;
}

std::optional<std::string_view> either(const Headers& headers, const std::string& name) {
    if (auto value = headers.find(name)) return value;
    return headers.find("X-" + name);
}

milliseconds bounded(seconds wait) {
    return std::clamp<milliseconds>(wait, milliseconds(0), kMaxRateWait);
}

std::optional<milliseconds> wait_of(std::uint64_t number, base::Time then) {
    constexpr std::uint64_t kSmallestMoment = 1'000'000'000;
    // 10^9 seconds since 1970 were in 2001, and a wait of 10^9 seconds is thirty years: no number
    // can be meant both ways.
    constexpr std::uint64_t kLargest = 100'000'000'000;
    const seconds value(static_cast<std::int64_t>(std::min(number, kLargest)));
    if (number < kSmallestMoment) return bounded(value);
    return bounded(std::chrono::ceil<seconds>(base::Time(value) - then));
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned value = 0;
    if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

}

std::optional<base::Time> parse_http_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // "Sun, 06 Nov 1994 08:49:37 GMT"
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" ||
        text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    const auto day = digits(text.substr(5, 2));
    const auto* month = std::ranges::find(kMonths, text.substr(8, 3));
    const auto year = digits(text.substr(12, 4));
    const auto hour = digits(text.substr(17, 2));
    const auto minute = digits(text.substr(20, 2));
    const auto second = digits(text.substr(23, 2));
    if (!day || month == kMonths.end() || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date(
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
        std::chrono::day(*day));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           seconds(*second);
}

RateHeaders read_rate_headers(const Headers& headers, base::Time now) {
    RateHeaders rate;
    const auto date = headers.find("Date");
    // The other clock may be minutes off; a difference of two of its own moments is not.
    const base::Time then = (date ? parse_http_date(*date) : std::nullopt).value_or(now);
    const auto number = [&](const std::string& name) -> std::optional<std::uint64_t> {
        const auto text = either(headers, name);
        return text ? leading_number(*text) : std::nullopt;
    };
    if (const auto limit = number("RateLimit-Limit"); limit && *limit > 0)
        rate.limit = std::min(*limit, kMaxRateLimit);
    if (const auto remaining = number("RateLimit-Remaining"))
        rate.remaining = std::min(*remaining, kMaxRateLimit);
    if (const auto reset = number("RateLimit-Reset")) rate.full_in = wait_of(*reset, then);
    if (const auto text = headers.find("Retry-After")) {
        if (const auto wait = leading_number(*text)) {
            rate.retry_after = bounded(seconds(
                static_cast<std::int64_t>(std::min<std::uint64_t>(*wait, 100'000'000'000))));
        } else if (const auto moment = parse_http_date(base::trim(*text))) {
            rate.retry_after = bounded(std::chrono::ceil<seconds>(*moment - then));
        }
    }
    return rate;
}

}
