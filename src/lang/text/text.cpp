#include "lang/text/text.hpp"

#include "lang/text/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace lang::text {

// Whether every byte is a cluster: ASCII without the one pair that belongs together.
static bool is_simple(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    std::size_t at = 0;
    // Eight bytes at a time: nearly all texts are ASCII.
    for (std::uint64_t word; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & kHighBits) != 0) return false;
    }
    for (; at < text.size(); ++at) {
        if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
    }
    // UAX #29, rule GB3: CR and LF stay together. All other ASCII characters are clusters by
    // themselves.
    return std::memchr(text.data(), '\r', text.size()) == nullptr ||
           text.find("\r\n") == std::string_view::npos;
}

std::size_t next_boundary(std::string_view text, std::size_t offset) {
    // Two plain characters in a row: by far the most frequent case.
    auto plain = [&](std::size_t at) {
        return at >= text.size() || (text[at] >= 0x20 && text[at] < 0x7F);
    };
    // Two printable ASCII characters always have a boundary between them (GB999); only what comes
    // next can join.
    if (plain(offset) && plain(offset + 1)) return std::min(offset + 1, text.size());
    ClusterBreaker breaker;
    for (bool is_first = true; offset < text.size(); is_first = false) {
        auto [character, size] = decode(text, offset);
        if (breaker.breaks_before(character) && !is_first) break;
        offset += size;
    }
    return std::min(offset, text.size());
}

// The ends of all clusters in one pass.
template <typename Visit>
static void for_each_boundary(std::string_view text, const Stop& stop, Visit visit) {
    ClusterBreaker breaker;
    for (std::size_t offset = 0; offset < text.size() && !stop.stop_requested();) {
        auto [character, size] = decode(text, offset);
        if (breaker.breaks_before(character)) visit(offset);
        offset += size;
    }
    visit(text.size());
}

std::size_t length(std::string_view text, const Stop& stop) {
    if (text.empty() || is_simple(text)) return text.size();
    std::size_t boundaries = 0;
    for_each_boundary(text, stop, [&](std::size_t) { ++boundaries; });
    // The first boundary is the beginning, which ends none.
    return boundaries - 1;
}

std::vector<std::string_view> characters(std::string_view text, const Stop& stop) {
    std::vector<std::string_view> parts;
    if (text.empty()) return parts;
    if (is_simple(text)) {
        parts.reserve(text.size());
        for (std::size_t i = 0; i < text.size() && !stop.stop_requested(); ++i)
            parts.push_back(text.substr(i, 1));
        return parts;
    }
    std::size_t begin = 0;
    for_each_boundary(text, stop, [&](std::size_t at) {
        if (at > begin) parts.push_back(text.substr(begin, at - begin));
        begin = at;
    });
    return parts;
}

ClusterCounter::ClusterCounter(std::string_view text, const Stop& stop)
    : is_simple_(is_simple(text)) {
    if (is_simple_) return;
    for_each_boundary(text, stop, [&](std::size_t at) { starts_.push_back(at); });
}

std::size_t ClusterCounter::count_to(std::size_t offset) {
    if (is_simple_) return offset;
    // Asked for an earlier place after all: from the beginning, since the list is sorted.
    if (at_ >= starts_.size() || starts_[at_] > offset) at_ = 0;
    // Mostly the next one or two; a search over the rest otherwise.
    auto found =
        std::lower_bound(starts_.begin() + static_cast<std::ptrdiff_t>(at_), starts_.end(), offset);
    at_ = static_cast<std::size_t>(found - starts_.begin());
    return found != starts_.end() && *found == offset ? at_ : npos;
}

namespace {

// The next occurrence that begins and ends between clusters.
class Finder {
public:
    Finder(std::string_view text, std::string_view part, const Stop& stop)
        : text_(text), part_(part), stop_(stop), counter_(text, stop) {}

    std::size_t find(std::size_t from) {
        std::size_t at = text_.find(part_, from);
        while (at != std::string_view::npos && !stop_.stop_requested() &&
               !(counter_.is_boundary(at) && counter_.is_boundary(at + part_.size()))) {
            // One byte on, not one cluster: the next place may begin anywhere.
            at = text_.find(part_, at + 1);
        }
        return stop_.stop_requested() ? std::string_view::npos : at;
    }

private:
    std::string_view text_;
    std::string_view part_;
    const Stop& stop_;
    ClusterCounter counter_;
};

}

bool contains(std::string_view text, std::string_view part, const Stop& stop) {
    if (part.empty()) return true;
    // Byte for byte first: a text that does not hold it at all needs no clusters.
    if (text.find(part) == std::string_view::npos) return false;
    return Finder(text, part, stop).find(0) != std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator,
                                    const Stop& stop) {
    if (separator.empty()) return characters(text, stop);
    std::vector<std::string_view> parts;
    Finder finder(text, separator, stop);
    std::size_t begin = 0;
    for (std::size_t at = finder.find(0); at != std::string_view::npos; at = finder.find(begin)) {
        parts.push_back(text.substr(begin, at - begin));
        begin = at + separator.size();
    }
    // The header says why an empty last part is left out.
    if (begin < text.size()) parts.push_back(text.substr(begin));
    return parts;
}

std::string replace(std::string_view text, std::string_view part, std::string_view replacement,
                    const Stop& stop) {
    std::string out;
    if (part.empty()) {
        for (std::string_view character : characters(text, stop)) (out += replacement) += character;
        return out += replacement;
    }
    Finder finder(text, part, stop);
    std::size_t begin = 0;
    for (std::size_t at = finder.find(0); at != std::string_view::npos; at = finder.find(begin)) {
        out += text.substr(begin, at - begin);
        out += replacement;
        begin = at + part.size();
    }
    return out += text.substr(begin);
}

base::Result<std::string_view> substring(std::string_view text, std::size_t start, std::size_t end,
                                         const Stop& stop) {
    auto out_of_bounds = [](std::string_view which, std::size_t low, std::size_t high,
                            std::size_t found) {
        return base::invalid_argument("substring: the " + std::string(which) + " must be between " +
                                      std::to_string(low) + " and " + std::to_string(high) +
                                      ", not " + std::to_string(found));
    };
    std::vector<std::string_view> parts;
    bool simple = is_simple(text);
    if (!simple) parts = characters(text, stop);
    std::size_t count = simple ? text.size() : parts.size();
    if (start >= count) return out_of_bounds("start", 0, count, start);
    if (end < start || end > count) return out_of_bounds("end", start, count, end);
    if (simple) return text.substr(start, end - start);
    // parts[end - 1] is not there for an empty part at the beginning.
    if (start == end) return std::string_view();
    const char* first = parts[start].data();
    const char* last = parts[end - 1].data() + parts[end - 1].size();
    return std::string_view(first, static_cast<std::size_t>(last - first));
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        auto [character, size] = decode(text, 0);
        if (!is_white_space(character)) break;
        text.remove_prefix(size);
    }
    while (!text.empty()) {
        std::size_t at = text.size() - 1;
        // Back to the beginning of the last character.
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
        if (!is_white_space(decode(text, at).character)) break;
        text.remove_suffix(text.size() - at);
    }
    return text;
}

}
