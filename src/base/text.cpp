#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace base {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines = split(text, '\n');
    if (lines.back().empty()) lines.pop_back();
    for (std::string_view& line : lines) {
        if (line.ends_with('\r')) line.remove_suffix(1);
    }
    return lines;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t start = text.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

template <typename Text>
static std::string join_parts(std::span<const Text> parts, std::string_view separator) {
    std::string out;
    for (const Text& part : parts) {
        if (&part != parts.data()) out += separator;
        out += part;
    }
    return out;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    return join_parts(parts, separator);
}
std::string join(std::span<const std::string_view> parts, std::string_view separator) {
    return join_parts(parts, separator);
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        // ASCII only, by hand: tolower() asks the locale, and a Turkish one has another i.
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

std::string replace_all(std::string_view text, std::string_view what, std::string_view with) {
    std::string out;
    while (!what.empty()) {
        const std::size_t found = text.find(what);
        if (found == std::string_view::npos) break;
        out.append(text.substr(0, found)).append(with);
        text.remove_prefix(found + what.size());
    }
    return out.append(text);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows of the usual table; the third is for swapped neighbours.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({changed, above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

template <typename Text>
static std::string_view nearest_of(std::string_view word, std::span<const Text> candidates) {
    // The table costs the product of the lengths, and a name of a megabyte may come from anyone's
    // program.
    constexpr std::size_t kMaxWord = 200;
    if (word.empty() || word.size() > kMaxWord) return {};
    const std::string lower = to_lower_ascii(word);
    // A third of the word may differ; of one letter nothing can be guessed.
    std::size_t best = word.size() < 2 ? 1 : word.size() / 3 + 2;
    std::string_view found;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > kMaxWord) continue;
        std::size_t distance = edit_distance(lower, to_lower_ascii(candidate));
        // The beginning of a long name is a likely abbreviation, however much is missing.
        if (word.size() >= 3 && candidate.starts_with(word))
            distance = std::min<std::size_t>(distance, 1);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    return nearest_of(word, candidates);
}
std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
    return nearest_of(word, candidates);
}

static std::string question(std::string_view found) {
    return found.empty() ? std::string() : fmt::format("did you mean `{}`?", found);
}
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    return question(nearest(word, candidates));
}
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    return question(nearest(word, candidates));
}

std::string format_count(std::uint64_t number) {
    std::string out = std::to_string(number);
    for (std::size_t place = out.size(); place > 3;) {
        place -= 3;
        out.insert(place, ",");
    }
    return out;
}

std::string format_bytes(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double amount = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // 1023.95 would be shown as "1024.0 KiB".
    while (amount >= 1023.95 && unit + 1 < kUnits.size()) {
        amount /= 1024;
        ++unit;
    }
    return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string format_duration(std::chrono::nanoseconds duration) {
    using std::chrono::duration_cast;
    const auto milliseconds = duration_cast<std::chrono::milliseconds>(duration).count();
    if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
    // 59,950 would be shown as "60.0 s".
    if (milliseconds < 59'950)
        return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
    const auto seconds = (milliseconds + 500) / 1000;
    if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
    return fmt::format("{}h {:02}m", seconds / 3600, seconds / 60 % 60);
}

std::string count_of(std::uint64_t number, std::string_view singular) {
    return fmt::format("{} {}{}", format_count(number), singular, number == 1 ? "" : "s");
}

std::string quote_shell(std::string_view text) {
    constexpr std::string_view kPlain =
        // Without `~`, `!`, `*`, `{` and the like, which mean something to some shell at some
        // place.
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
        return std::string(text);
    }
    // Within single quotes a shell changes nothing; a quote itself ends them, stands alone, and
    // begins them again.
    return "'" + replace_all(text, "'", "'\\''") + "'";
}

}
