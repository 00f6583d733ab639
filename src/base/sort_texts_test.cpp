#include "base/sort_texts.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace base {
namespace {

std::vector<std::uint32_t> by_the_library(const std::vector<std::string_view>& texts) {
    std::vector<std::uint32_t> out(texts.size());
    std::iota(out.begin(), out.end(), 0U);
    std::ranges::stable_sort(out, {}, [&](std::uint32_t place) { return texts[place]; });
    return out;
}

TEST(SortTexts, OrdersAsTheLibraryDoes) {
    Random random(7);
    for (int round = 0; round < 500; ++round) {
        std::vector<std::string> kept;
        const std::string common(random.below(12), 'p');
        const std::size_t size = random.below(40);
        for (std::size_t i = 0; i < size; ++i) {
            std::string text = common;
            const std::size_t length = random.below(14);
            // Few letters, so that texts are often equal or begin alike; all bytes, zero included.
            for (std::size_t k = 0; k < length; ++k)
                text += random.below(5) == 0 ? static_cast<char>(random.next()) : 'a';
            kept.push_back(std::move(text));
        }
        const std::vector<std::string_view> texts(kept.begin(), kept.end());
        ASSERT_EQ(order_of_texts(texts), by_the_library(texts)) << round;
    }
}

}
}
