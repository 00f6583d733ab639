#include "value/number/functions.hpp"
#include "value/number/rational.hpp"
#include "value/number/serialize.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <cmath>
#include <limits>
#include <random>

namespace value {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

Rational parse(std::string_view text) { return Rational::from_decimal(text).value(); }

TEST(Rational, PrintsSixteenDigits) {
    struct Case {
        const char* literal;
        const char* printed;
    };
    for (auto [literal, printed] : {
             Case{"1e15", "1000000000000000"},
             Case{"1e16", "1e16"},
             Case{"12345678901234567", "1.234567890123457e16"},
             Case{"1234567890123456.5", "1234567890123456"},
             Case{"123456789012345.75", "123456789012345.8"},
             Case{"0.00001", "0.00001"},
             Case{"0.000001", "1e-6"},
             Case{"1.5e-7", "1.5e-7"},
             Case{"12e20", "1.2e21"},
             Case{"0.1234567890123456789", "0.1234567890123457"},
             Case{"1.000000000000000000001", "1"},
             Case{"9.9999999999999999999", "10"},
             Case{"0.00000999999999999999999", "0.00001"},
             Case{"9999999999999999.9", "1e16"},
             Case{"99999999999999985", "9.999999999999998e16"},
             Case{"-1e-400", "-1e-400"},
             Case{"1e400", "1e400"},
             Case{"+.5", "0.5"},
             Case{"2.", "2"},
             Case{"0e99999999999999999999", "0"},
         }) {
        EXPECT_EQ(parse(literal).to_string(), printed) << literal;
    }
    EXPECT_EQ(Rational::from_fraction(100, 7).to_string(), "14.28571428571429");
    EXPECT_EQ(Rational::from_fraction(1, 70000).to_string(), "0.00001428571428571429");
    EXPECT_EQ(Rational::from_fraction(-2, 3).to_string(), "-0.6666666666666667");
    EXPECT_EQ(Rational(kMin).to_string(), "-9.223372036854776e18");
}

TEST(Rational, RefusesWhatIsNoDecimal) {
    for (const char* text : {"", ".", "-", "1e", "1e+", "e5", "1_0", " 1", "1 ", "0x10", "--1",
                             "inf", "1.5.5", "1e5.0"}) {
        EXPECT_FALSE(Rational::from_decimal(text).ok()) << text;
    }
    auto huge = Rational::from_decimal("1e9999999999");
    ASSERT_FALSE(huge.ok());
    EXPECT_EQ(huge.error().code(), base::Code::Exhausted);
    EXPECT_FALSE(Rational::from_decimal("1e-9999999999").ok());
    EXPECT_FALSE(Rational::from_decimal("1e99999999999999999999999").ok());
}

TEST(Rational, ReadsDigitsOfARadix) {
    EXPECT_EQ(Rational::from_digits("ff", 16).value(), 255);
    EXPECT_EQ(Rational::from_digits("FFFFFFFFFFFFFFFFFFFF", 16).value().to_fraction(),
              "1208925819614629174706175");
    EXPECT_EQ(Rational::from_digits("17", 8).value(), 15);
    EXPECT_FALSE(Rational::from_digits("8", 8).ok());
    EXPECT_FALSE(Rational::from_digits("", 2).ok());
    EXPECT_FALSE(Rational::from_digits("fg", 16).ok());
}

TEST(Rational, OverflowsIntoArbitraryPrecisionAndBack) {
    Rational big = Rational(kMax) + 1;
    EXPECT_FALSE(big.is_small());
    EXPECT_EQ(big.to_fraction(), "9223372036854775808");
    EXPECT_EQ(big - 1, kMax);
    EXPECT_TRUE((big - 1).is_small());
    EXPECT_EQ((Rational(kMin) - 1).to_fraction(), "-9223372036854775809");
    EXPECT_EQ((-Rational(kMin)).to_fraction(), "9223372036854775808");
    EXPECT_EQ((Rational(kMax) * kMax).to_fraction(), "85070591730234615847396907784232501249");
    EXPECT_EQ(Rational(kMin) / -1, big);
    EXPECT_EQ(Rational(kMin) % -1, 0);
    EXPECT_EQ(big.to_uint64(), std::uint64_t{1} << 63);
    EXPECT_EQ(big.to_int64(), std::nullopt);
    EXPECT_EQ(Rational::from_uint64(~std::uint64_t{0}).to_uint64(), ~std::uint64_t{0});
    Rational copy = big;
    EXPECT_EQ(copy, big);
    EXPECT_EQ(copy.hash(), big.hash());
    EXPECT_GT(big, kMax);
    EXPECT_LT(-big - 1, kMin);
}

TEST(Rational, DividesAndTruncatesExactly) {
    Rational third = Rational::from_fraction(1, 3);
    EXPECT_EQ((third % Rational::from_fraction(1, 4)).to_fraction(), "1/12");
    EXPECT_EQ((parse("-7.5") % 2).to_string(), "-1.5");
    EXPECT_EQ(Rational(-7) % 3, -1);
    EXPECT_EQ(Rational(7) % -3, 1);
    EXPECT_EQ(parse("-1.5").floor(), -2);
    EXPECT_EQ(parse("-1.5").ceil(), -1);
    EXPECT_EQ(parse("1.5").ceil(), 2);
    EXPECT_EQ(parse("-1.5").truncate(), -1);
    EXPECT_EQ(parse("-1.5").fract().to_string(), "-0.5");
    EXPECT_TRUE(parse("1e400").is_integer());
    EXPECT_FALSE(parse("1e-400").is_integer());
    EXPECT_EQ(parse("1e400") * parse("1e-400"), 1);
}

TEST(Rational, KeepsTheLawsOfArithmetic) {
    std::mt19937_64 random(7);
    auto draw = [&] {
        std::int64_t numerator = static_cast<std::int64_t>(random()) >> (random() % 64);
        std::int64_t denominator = static_cast<std::int64_t>(random() >> (1 + random() % 63)) | 1;
        Rational number = Rational::from_fraction(numerator, denominator);
        return random() % 4 == 0 ? number * parse("1e25") : number;
    };
    for (int i = 0; i < 2000; ++i) {
        Rational a = draw();
        Rational b = draw();
        Rational c = draw();
        EXPECT_EQ(a + b - b, a);
        EXPECT_EQ(a * (b + c), a * b + a * c);
        if (!b.is_zero()) {
            EXPECT_EQ(a / b * b, a);
            EXPECT_EQ(b * (a / b).truncate() + a % b, a);
            EXPECT_LT((a % b).abs(), b.abs());
        }
        EXPECT_EQ(a < b, (a - b).sign() < 0);
        EXPECT_EQ(a == b, (a - b).is_zero());
        EXPECT_EQ(a.floor() + (a - a.floor()), a);
    }
}

TEST(Rational, RoundsToTheNearestDouble) {
    for (const char* text : {"0.1", "1e22", "5e-324", "2e-324", "3e-324", "1.7976931348623157e308",
                             "2.2250738585072014e-308", "2.225073858507201e-308", "1e-310",
                             "9007199254740993", "9007199254740992.5", "123456789012345678.5",
                             "0.1000000000000000055511151231257827", "1e-400", "-2.5e-5"}) {
        EXPECT_EQ(parse(text).to_double(), std::strtod(text, nullptr)) << text;
    }
    EXPECT_TRUE(std::isinf(parse("1e400").to_double()));
    EXPECT_TRUE(std::isinf(parse("1.7976931348623159e308").to_double()));
}

TEST(Rational, ComesBackFromDoubleAsTheSimplest) {
    EXPECT_EQ(Rational::from_double(1.0 / 3)->to_fraction(), "1/3");
    EXPECT_EQ(Rational::from_double(std::sqrt(2.0))->to_fraction(), "131836323/93222358");
    EXPECT_EQ(Rational::from_double(std::sin(1.0))->to_fraction(), "282083002/335226059");
    EXPECT_EQ(Rational::from_double(-0.1)->to_fraction(), "-1/10");
    EXPECT_EQ(Rational::from_double(1e22)->to_fraction(), "10000000000000000000000");
    EXPECT_EQ(Rational::from_double(std::nan("")), std::nullopt);
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> exponents(-300, 300);
    for (int i = 0; i < 500; ++i) {
        double number = std::pow(10.0, exponents(random));
        EXPECT_EQ(Rational::from_double(number)->to_double(), number);
    }
    for (double number : {5e-324, 1e-310, 2.2250738585072014e-308, 0.5, 0x1p-60, 0x1p70}) {
        EXPECT_EQ(Rational::from_double(number)->to_double(), number);
    }
}

TEST(NumberFunctions, RaiseToPowers) {
    EXPECT_EQ(number::pow(2, 10).value(), 1024);
    EXPECT_EQ(number::pow(-2, -3).value().to_fraction(), "-1/8");
    EXPECT_EQ(number::pow(0, 0).value(), 1);
    EXPECT_EQ(number::pow(-1, kMin).value(), 1);
    EXPECT_EQ(number::pow(10, 100).value().to_string(), "1e100");
    EXPECT_EQ(number::pow(2, parse("0.5")).value().to_fraction(), "131836323/93222358");
    EXPECT_FALSE(number::pow(0, -1).ok());
    EXPECT_FALSE(number::pow(-8, Rational::from_fraction(1, 3)).ok());
    EXPECT_EQ(number::pow(2, parse("1e10")).error().code(), base::Code::Exhausted);
    EXPECT_EQ(number::pow(kMax, kMax).error().code(), base::Code::Exhausted);
    EXPECT_FALSE(number::pow(2, parse("1e30")).ok());
}

TEST(NumberFunctions, TakeLogarithms) {
    EXPECT_EQ(number::log(1000, 10).value(), 3);
    EXPECT_EQ(number::log(536870912, 2).value(), 29);
    EXPECT_EQ(number::log(125, 5).value().to_string(), "3.000000000000001");
    EXPECT_FALSE(number::log(0, 2).ok());
    EXPECT_FALSE(number::arccos(2).ok());
    EXPECT_EQ(number::cos(0).value(), 1);
}

std::string serialize(std::string_view text) {
    std::string out;
    json::TextWriter writer(out, json::TextWriter::Style::Compact);
    auto written = write_number(writer, parse(text));
    return written.ok() ? out : "error";
}

// Every pair of these takes another way: both in words, one beyond, both beyond, whole or not.
TEST(Number, OperationsFitTogetherWhereverNumbersLive) {
    const std::vector<std::string> texts = {"0",
                                            "1",
                                            "-1",
                                            "7",
                                            "-12",
                                            "9223372036854775807",
                                            "-9223372036854775808",
                                            "9223372036854775808",
                                            "-18446744073709551616",
                                            "100000000000000000000000000000000",
                                            "-99999999999999999999999999999999999999",
                                            "0.5",
                                            "-7.25",
                                            "1e-30",
                                            "123456789012345678901.5"};
    for (const std::string& first : texts) {
        for (const std::string& second : texts) {
            SCOPED_TRACE(first + " and " + second);
            const Rational a = Rational::from_decimal(first).value();
            const Rational b = Rational::from_decimal(second).value();
            EXPECT_EQ(a + b - b, a);
            EXPECT_EQ(a - b + b, a);
            EXPECT_EQ(a * b, b * a);
            EXPECT_EQ((a + b) * (a - b), a * a - b * b);
            if (b.is_zero()) continue;
            EXPECT_EQ(a * b / b, a);
            EXPECT_EQ(a / b * b, a);
            EXPECT_EQ(a - b * (a / b).truncate(), a % b);
            EXPECT_LE((a / b).floor(), a / b);
            EXPECT_GT((a / b).floor() + 1, a / b);
            EXPECT_GE((a / b).ceil(), a / b);
            EXPECT_LT((a / b).ceil() - 1, a / b);
            if (!a.is_integer() || !b.is_integer()) continue;
            bool is_rough = false;
            Rational rough = Rational::divide_roughly(a, b, is_rough);
            EXPECT_EQ(rough.truncate(), (a / b).truncate());
            EXPECT_EQ(rough.sign(), (a / b).sign());
            rough.reduce();
            EXPECT_EQ(rough.to_fraction(), (a / b).to_fraction());
        }
    }
}

TEST(NumberSerialize, WritesIntegersExactlyAndOthersAsDouble) {
    EXPECT_EQ(serialize("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(serialize("18446744073709551616"), "1.8446744073709552e+19");
    EXPECT_EQ(serialize("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(serialize("0.1"), "0.1");
    EXPECT_EQ(serialize("1e-400"), "0.0");
    EXPECT_EQ(serialize("1.7976931348623157e308"), "1.7976931348623157e+308");
    EXPECT_EQ(serialize("1.7976931348623159e308"), "error");
}

TEST(NumberSerialize, ReadsAsTheFormatAsks) {
    auto read = [](std::string_view text, Reading reading) {
        auto number = read_number(text, reading);
        return number.ok() ? number->to_fraction() : "error";
    };
    std::string_view third = "0.3333333333333333";
    EXPECT_EQ(read(third, Reading::Exact), "3333333333333333/10000000000000000");
    EXPECT_EQ(read(third, Reading::SimplestDouble), "1/3");
    EXPECT_EQ(read(third, Reading::ExactDouble), "6004799503160661/18014398509481984");
    EXPECT_EQ(read("18446744073709551615", Reading::SimplestDouble), "18446744073709551615");
    EXPECT_EQ(read("123456789012345678901234567890", Reading::SimplestDouble),
              "123456789012345677877719597056");
    EXPECT_EQ(read("1e400", Reading::SimplestDouble), "error");
    EXPECT_EQ(read("-0.5", Reading::ExactDouble), "-1/2");
    EXPECT_EQ(read("5e-324", Reading::ExactDouble).size(), 326U);
}

}
}
