#include "value/address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace value {
namespace {

TEST(Address, QuotesWhatIsNoName) {
    EXPECT_EQ(print_address(AddressParts{"web", "1"}), "web.1");
    EXPECT_EQ(print_address(AddressParts{"a-b_c", "9x"}), "a-b_c.9x");
    EXPECT_EQ(print_address(AddressParts{"hosts", "web.example.com"}),
              R"(hosts."web.example.com")");
    EXPECT_EQ(print_address(AddressParts{""}), R"("")");
    EXPECT_EQ(print_address(AddressParts{"a", "", "b"}), R"(a."".b)");
    EXPECT_EQ(print_address(AddressParts{"-x"}), R"("-x")");
    EXPECT_EQ(print_address(AddressParts{"a b", "\"", "\\", "é"}), R"("a b"."\""."\\"."é")");
    // What a terminal would not show, or would obey.
    EXPECT_EQ(print_address(AddressParts{"a\x1b[2J\n\t", "x\u202ey", "\xff"}),
              R"("a\u{1b}[2J\n\t"."x\u{202e}y"."\xff")");
    // As Nickel writes it: it would begin a hole.
    EXPECT_EQ(print_address(AddressParts{"50%", "%{x}"}), R"("50%"."\%{x}")");
    EXPECT_EQ(child_address("", "a.b"), R"("a.b")");
    EXPECT_EQ(child_address("x", "y"), "x.y");
}

TEST(Address, ReadsWhatPeopleWrite) {
    EXPECT_EQ(normal_address(R"("web"."1")").value(), "web.1");
    EXPECT_EQ(normal_address("my web.é").value(), R"("my web"."é")");
    EXPECT_EQ(normal_address(R"(hosts."web.example.com")").value(), R"(hosts."web.example.com")");
    for (const char* wrong : {"", ".", "a.", ".a", "a..b", "\"a", "\"a\"b", "a\"b\"", "\"\\q\"",
                              "\"\\", "\"\\u{zz}\"", "\"\\u{110000}\"", "\"\\x1\""}) {
        EXPECT_FALSE(parse_address(wrong).ok()) << wrong;
    }
}

TEST(Address, EndsAtWholeParts) {
    EXPECT_TRUE(is_at_or_under("web.1", "web"));
    EXPECT_TRUE(is_at_or_under("web", "web"));
    EXPECT_TRUE(is_at_or_under("web", ""));
    EXPECT_FALSE(is_at_or_under("web2", "web"));
    EXPECT_FALSE(is_at_or_under(R"("web.example.com")", "web"));
    EXPECT_FALSE(is_at_or_under(R"(a."b.c")", "a.b"));
    EXPECT_EQ(parent_address(R"(a."b.c")"), "a");
    EXPECT_EQ(parent_address(R"("b.c")"), "");
    EXPECT_EQ(written_parts(R"(a."b.\"c".d)"),
              (std::vector<std::string_view>{"a", R"("b.\"c")", "d"}));
    EXPECT_EQ(unquoted_address(R"(a."b.c")"), "a.b.c");
}

// Parts of any bytes, with those that mean something here often.
AddressParts some_parts(std::mt19937& random) {
    static constexpr std::string_view kOften = ".\"\\a1-_%{}\n\x1b xu\xc3\xa9\xe2\x80\xae";
    AddressParts parts(1 + random() % 4);
    for (std::string& part : parts) {
        for (std::size_t length = random() % 6; length > 0; --length) {
            part += random() % 8 == 0 ? static_cast<char>(random() % 256)
                                      : kOften[random() % kOften.size()];
        }
    }
    return parts;
}

TEST(Address, IsReadBackAsItWasAndIsOfOneThingAlone) {
    std::mt19937 random(7);
    std::map<std::string, AddressParts> seen;
    for (int i = 0; i < 50'000; ++i) {
        const AddressParts parts = some_parts(random);
        const std::string text = print_address(parts);
        const auto back = parse_address(text);
        ASSERT_TRUE(back.ok()) << text;
        ASSERT_EQ(*back, parts) << text;
        ASSERT_EQ(seen.try_emplace(text, parts).first->second, parts) << text;
        ASSERT_EQ(written_parts(text).size(), parts.size()) << text;
        // Prefixes are those of the parts.
        const AddressParts other = some_parts(random);
        const bool is_prefix =
            other.size() <= parts.size() && std::equal(other.begin(), other.end(), parts.begin());
        ASSERT_EQ(is_at_or_under(text, print_address(other)), is_prefix) << text;
        const AddressParts parent(parts.begin(), parts.end() - 1);
        ASSERT_EQ(parent_address(text), print_address(parent)) << text;
        ASSERT_EQ(child_address(print_address(parent), parts.back()), text);
    }
}

}
}
