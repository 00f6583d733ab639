#include "engine/plan/list_edits.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace engine {
namespace {

using value::Value;

// "2>0" was moved, "1~1" changed, "-3" removed, "+4" added.
std::string shown(const Value::Array& before, const Value::Array& after, bool any_order = false) {
    std::string out;
    for (const ListEdit& edit : list_edits(before, after, nullptr, any_order)) {
        if (!out.empty()) out += ' ';
        if (!edit.before) {
            out += fmt::format("+{}", *edit.after);
        } else if (!edit.after) {
            out += fmt::format("-{}", *edit.before);
        } else {
            out += fmt::format("{}{}{}", *edit.before, edit.is_moved ? '>' : '~', *edit.after);
        }
    }
    return out;
}

Value::Array texts(std::string_view letters) {
    Value::Array out;
    for (const char letter : letters) out.emplace_back(std::string(1, letter));
    return out;
}

Value rule(const char* port, const char* from) {
    return Value(
        Value::Record{{"from", Value(from)}, {"port", Value(port)}, {"protocol", Value("tcp")}});
}

TEST(ListEdits, TellWhatWasAddedRemovedAndMoved) {
    EXPECT_EQ(shown(texts("abc"), texts("abc")), "");
    EXPECT_EQ(shown(texts("abc"), texts("xabc")), "+0");
    EXPECT_EQ(shown(texts("abc"), texts("ac")), "-1");
    EXPECT_EQ(shown(texts("abcd"), texts("dabc")), "3>0");
    EXPECT_EQ(shown(texts(""), texts("ab")), "+0 +1");
}

TEST(ListEdits, OfAListOfTheSameLengthThePlaceTells) {
    EXPECT_EQ(shown(texts("abc"), texts("axc")), "1~1");
}

TEST(ListEdits, MostOfARecordTellsThatItIsTheSameOne) {
    EXPECT_EQ(shown({rule("80", "any"), rule("22", "any")}, {rule("2222", "any")}), "0~0 -1");
    EXPECT_EQ(shown({rule("80", "any")}, {rule("22", "home"), rule("80", "any")}), "+0");
    EXPECT_EQ(shown({rule("80", "any")}, {rule("22", "home"), rule("23", "x")}), "-0 +0 +1");
}

TEST(ListEdits, InAnyOrderNothingMoves) {
    EXPECT_EQ(shown(texts("abcd"), texts("dcba"), true), "");
    EXPECT_EQ(shown(texts("aabc"), texts("cabx"), true), "-1 +3");
}

// Whatever stays, in the order of either, and what is told beside it are both lists.
TEST(ListEdits, AccountForEachElementOnce) {
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        std::mt19937 random(seed);
        const auto any_list = [&] {
            Value::Array out;
            for (std::size_t size = random() % 8; size > 0; --size)
                out.emplace_back(static_cast<std::int64_t>(random() % 5));
            return out;
        };
        const Value::Array before = any_list();
        const Value::Array after = any_list();
        const bool any_order = seed % 2 == 0;
        std::vector<bool> is_left(before.size(), true);
        std::vector<bool> is_made(after.size(), true);
        for (const ListEdit& edit : list_edits(before, after, nullptr, any_order)) {
            if (edit.before) {
                EXPECT_TRUE(is_left[*edit.before]) << seed;
                is_left[*edit.before] = false;
            }
            if (edit.after) {
                EXPECT_TRUE(is_made[*edit.after]) << seed;
                is_made[*edit.after] = false;
            }
            if (edit.is_moved)
                EXPECT_TRUE(before[*edit.before].same_as(after[*edit.after])) << seed;
        }
        std::vector<std::int64_t> kept;
        std::vector<std::int64_t> found;
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (is_left[i]) kept.push_back(*before[i].as_integer());
        }
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (is_made[i]) found.push_back(*after[i].as_integer());
        }
        if (any_order) {
            std::ranges::sort(kept);
            std::ranges::sort(found);
        }
        EXPECT_EQ(kept, found) << seed;
    }
}

}
}
