#include "cli/packages/versions.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace cli::packages {

static std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

std::string Version::text() const {
    std::string out =
        std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
    return pre.empty() ? out : out + "-" + pre;
}

// A number is below a name; a pre-release with more parts is above.
static std::strong_ordering compare_pre(std::string_view left, std::string_view right) {
    while (!left.empty() && !right.empty()) {
        const std::string_view one = left.substr(0, left.find('.'));
        const std::string_view two = right.substr(0, right.find('.'));
        const auto first = number(one);
        const auto second = number(two);
        if (first && second && *first != *second) return *first <=> *second;
        if (first.has_value() != second.has_value())
            return first ? std::strong_ordering::less : std::strong_ordering::greater;
        if (const auto order = one <=> two; order != 0 && !first) return order;
        left.remove_prefix(std::min(left.size(), one.size() + 1));
        right.remove_prefix(std::min(right.size(), two.size() + 1));
    }
    return left.size() <=> right.size();
}

std::strong_ordering Version::operator<=>(const Version& other) const {
    if (const auto order = major <=> other.major; order != 0) return order;
    if (const auto order = minor <=> other.minor; order != 0) return order;
    if (const auto order = patch <=> other.patch; order != 0) return order;
    if (pre.empty() != other.pre.empty())
        return pre.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
    return compare_pre(pre, other.pre);
}

std::optional<Requirement> Requirement::parse(std::string_view text) {
    Requirement found;
    found.is_exact = text.starts_with('=');
    if (found.is_exact) text.remove_prefix(1);
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        found.version.pre = text.substr(dash + 1);
        text = text.substr(0, dash);
    }
    std::uint64_t* numbers[] = {&found.version.major, &found.version.minor, &found.version.patch};
    for (const std::string_view part : base::split(text, '.')) {
        const auto value = number(part);
        if (!value || found.parts == 3) return {};
        *numbers[found.parts++] = *value;
    }
    if (found.is_exact ? found.parts != 3 : !found.version.pre.empty()) return {};
    return found;
}

bool Requirement::takes(const Version& other) const {
    if (is_exact) return other == version;
    if (!other.pre.empty() || other.major != version.major) return false;
    if (parts == 3) return other.minor == version.minor && other.patch >= version.patch;
    return parts < 2 || other.minor >= version.minor;
}

}
