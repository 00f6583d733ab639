#include "lang/syntax/symbol.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace lang {
namespace {

TEST(Symbol, EqualTextIsEqualSymbol) {
    EXPECT_EQ(Symbol::of("").id, 0U);
    EXPECT_EQ(Symbol::of("foo"), Symbol::of(std::string("fo") + "o"));
    EXPECT_NE(Symbol::of("foo"), Symbol::of("bar"));
    EXPECT_EQ(Symbol::of("a longer name than eight").text(), "a longer name than eight");
    EXPECT_EQ(Symbol::of(std::string_view("a\0b", 3)).text().size(), 3U);
    EXPECT_NE(Symbol::of(std::string_view("a\0", 2)), Symbol::of("a"));
    std::string huge(1'000'000, 'x');
    EXPECT_EQ(Symbol::of(huge).text(), huge);
}

TEST(Symbol, ThreadsAgree) {
    constexpr int kNames = 20'000;
    std::vector<std::vector<Symbol>> seen(4);
    std::vector<std::jthread> threads;
    for (auto& own : seen) {
        threads.emplace_back([&own] {
            for (int i = 0; i < kNames; ++i) own.push_back(Symbol::of("name" + std::to_string(i)));
        });
    }
    threads.clear();
    for (int i = 0; i < kNames; ++i) {
        auto at = static_cast<std::size_t>(i);
        EXPECT_EQ(seen[0][at].text(), "name" + std::to_string(i));
        for (const auto& own : seen) EXPECT_EQ(own[at], seen[0][at]);
    }
}

}
}
