#include "base/sort_texts.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace base {
namespace {

struct Entry {
    std::uint64_t key;   // the bytes after the common ones, the first the most significant
    std::uint32_t place;
};

std::size_t common_bytes(std::span<const std::string_view> texts) {
    std::size_t common = texts.front().size();
    for (const std::string_view text : texts) {
        common = std::min(common, text.size());
        const auto differs =
            std::mismatch(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(common),
                          texts.front().begin());
        common = static_cast<std::size_t>(differs.first - text.begin());
    }
    return common;
}

std::uint64_t key_of(std::string_view text) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t bytes = 0;   // a shorter text is filled with zeros, and comes first
    std::memcpy(&bytes, text.data(), std::min(text.size(), sizeof bytes));
    return __builtin_bswap64(bytes);
}

}

std::vector<std::uint32_t> order_of_texts(std::span<const std::string_view> texts) {
    if (texts.empty()) return {};
    const std::size_t common = common_bytes(texts);
    std::vector<Entry> entries(texts.size());
    for (std::uint32_t place = 0; place < entries.size(); ++place)
        entries[place] = {key_of(texts[place].substr(common)), place};
    std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
        if (a.key != b.key) return a.key < b.key;
        const int order = texts[a.place].compare(texts[b.place]);
        return order != 0 ? order < 0 : a.place < b.place;
    });
    std::vector<std::uint32_t> out(entries.size());
    std::ranges::transform(entries, out.begin(), &Entry::place);
    return out;
}

}
