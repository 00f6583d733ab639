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

TEST(SymbolTable, FindsWhatIsLeftWhereverOthersWent) {
    // Few hashes, so that most stand behind others and move up when those go.
    SymbolTable table;
    constexpr std::uint32_t kMany = 3000;
    const auto hash = [](std::uint32_t id) { return id % 7 == 0 ? 0xFFFFFFFF : id % 500; };
    for (std::uint32_t id = 1; id <= kMany; ++id) table.add(hash(id), id);
    for (std::uint32_t id = 1; id <= kMany; ++id) {
        if (id % 3 != 0) table.remove(hash(id), id);
    }
    for (std::uint32_t id = 1; id <= kMany; ++id) {
        const auto is_it = [&](std::uint32_t found) { return found == id; };
        EXPECT_EQ(table.find(hash(id), is_it), id % 3 == 0 ? id : 0);
    }
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
