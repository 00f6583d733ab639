#include "state/history.hpp"

#include <fmt/core.h>

#include <charconv>

namespace state {

base::Result<HistoryPolicy> parse_history_policy(std::string_view text) {
    HistoryPolicy policy;
    policy.all = text == "all";
    if (policy.all) return policy;
    constexpr int kMost = 100'000;   // days: far beyond any use, and far from an overflow
    int number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool one_unit = parsed.ec == std::errc() && end - parsed.ptr == 1;
    const char unit = one_unit ? *parsed.ptr : '\0';
    if ((unit != 'd' && unit != 'w') || number < 1 || number > kMost) {
        return base::invalid_argument(
                   fmt::format(
                       "the age of history \"{}\" is neither a number of days or weeks nor `all`",
                       text))
            .with_help("for instance 90d or 12w");
    }
    // Whole days: what is pruned should not depend on the hour at which a run ends.
    policy.age = std::chrono::days(unit == 'w' ? number * 7 : number);
    return policy;
}

}
