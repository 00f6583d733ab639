#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace value {

// An exact rational number, always in lowest terms. While numerator and denominator fit in 64 bits
// they live in the object; beyond that it owns one heap block of arbitrary precision. The small
// form is used whenever it can be, so equal numbers have equal forms.
class Rational {
public:
    // Larger numbers are refused, so that a hostile program cannot eat the memory.
    static constexpr std::size_t kMaxBits = std::size_t{1} << 25;
    static constexpr std::int64_t kMaxDecimalExponent = 1'000'000;

    Rational() = default;
    Rational(std::int64_t integer) : numerator_(integer) {}
    Rational(int integer) : numerator_(integer) {}
    Rational(const Rational& other) { copy_from(other); }
    Rational(Rational&& other) noexcept
        : numerator_(other.numerator_), denominator_(other.denominator_) {
        other.numerator_ = 0;
        other.denominator_ = 1;
    }
    Rational& operator=(const Rational& other) {
        if (this != &other) *this = Rational(other);
        return *this;
    }
    Rational& operator=(Rational&& other) noexcept {
        std::swap(numerator_, other.numerator_);
        std::swap(denominator_, other.denominator_);
        return *this;
    }
    ~Rational() {
        if (!is_small()) release();
    }

    static Rational from_uint64(std::uint64_t integer);
    // The denominator must not be zero.
    static Rational from_fraction(std::int64_t numerator, std::int64_t denominator);
    // [+-] digits [. digits] [e|E [+-] digits], exactly; at least one digit before the exponent.
    static base::Result<Rational> from_decimal(std::string_view text);
    // Digits without their 0x, 0o, 0b prefix; radix 2, 8, 10 or 16.
    static base::Result<Rational> from_digits(std::string_view digits, int radix);
    // As the language writes it: [-] and a decimal, or digits after 0x, 0o or 0b.
    static base::Result<Rational> from_numeral(std::string_view text);
    // The simplest rational that rounds to this double; nothing for NaN and infinities.
    static std::optional<Rational> from_double(double number);
    // Exactly this double; nothing for NaN and infinities.
    static std::optional<Rational> from_double_exactly(double number);

    bool is_small() const { return denominator_ != 0; }
    bool is_zero() const { return numerator_ == 0; }   // a block's address is never zero
    bool is_integer() const { return denominator_ == 1 || (!is_small() && big_is_integer()); }
    int sign() const { return is_small() ? (numerator_ > 0) - (numerator_ < 0) : big_sign(); }
    // Whether numerator or denominator outgrew kMaxBits. The evaluator asks after each operation.
    bool is_too_large() const { return !is_small() && big_is_too_large(); }
    // Of memory that it owns beside itself.
    std::size_t owned_bytes() const { return is_small() ? 0 : big_bytes(); }

    std::optional<std::int64_t> to_int64() const {
        if (denominator_ == 1) return numerator_;
        return std::nullopt;
    }
    std::optional<std::uint64_t> to_uint64() const;
    // Nearest, ties to even; infinite beyond the range of double.
    double to_double() const;
    // At most 16 significant digits, with an exponent outside 1e-6 < |x| < 1e16.
    std::string to_string() const;
    // Exactly: "7" or "-22/7". Long for large numbers; for messages and tests.
    std::string to_fraction() const;

    Rational floor() const;
    Rational ceil() const;
    Rational truncate() const;
    Rational fract() const;   // self - truncate()
    Rational abs() const { return sign() < 0 ? -*this : *this; }
    std::size_t hash() const;

    Rational operator-() const;
    friend Rational operator+(const Rational& a, const Rational& b) {
        std::int64_t sum;
        if (both_integers(a, b) && !__builtin_add_overflow(a.numerator_, b.numerator_, &sum)) {
            return sum;
        }
        return add(a, b, false);
    }
    friend Rational operator-(const Rational& a, const Rational& b) {
        std::int64_t difference;
        if (both_integers(a, b) &&
            !__builtin_sub_overflow(a.numerator_, b.numerator_, &difference)) {
            return difference;
        }
        return add(a, b, true);
    }
    friend Rational operator*(const Rational& a, const Rational& b) {
        std::int64_t product;
        if (both_integers(a, b) && !__builtin_mul_overflow(a.numerator_, b.numerator_, &product)) {
            return product;
        }
        return multiply(a, b);
    }
    // a / b of integers, b not zero, perhaps with divisors in common (then `is_rough`): to find
    // them costs far more than to divide, and who rounds next has no use for it. A rough number may
    // be rounded, asked for its sign, and reduced; nothing else.
    static Rational divide_roughly(const Rational& a, const Rational& b, bool& is_rough);
    void reduce();

    // The divisor of both must not be zero.
    friend Rational operator/(const Rational& a, const Rational& b) { return divide(a, b); }
    // a - b * truncate(a / b): the sign of the result is that of a.
    friend Rational operator%(const Rational& a, const Rational& b) { return remainder(a, b); }

    friend bool operator==(const Rational& a, const Rational& b) {
        if (a.is_small() || b.is_small()) {
            return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_;
        }
        return compare(a, b) == 0;
    }
    friend std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
        if (a.denominator_ == 1 && b.denominator_ == 1) return a.numerator_ <=> b.numerator_;
        return compare(a, b) <=> 0;
    }

private:
    friend struct RationalAccess;   // big.hpp: what the .cpp files of this folder share

    std::size_t big_bytes() const;
    static bool both_integers(const Rational& a, const Rational& b) {
        return a.denominator_ == 1 && b.denominator_ == 1;
    }
    static Rational add(const Rational& a, const Rational& b, bool subtract);
    static Rational multiply(const Rational& a, const Rational& b);
    static Rational divide(const Rational& a, const Rational& b);
    static Rational remainder(const Rational& a, const Rational& b);
    static int compare(const Rational& a, const Rational& b);

    void copy_from(const Rational& other) {
        if (other.is_small()) {
            numerator_ = other.numerator_;
            denominator_ = other.denominator_;
        } else {
            copy_big(other);
        }
    }
    void copy_big(const Rational& other);
    void release();
    bool big_is_integer() const;
    bool big_is_too_large() const;
    int big_sign() const;

    // Numerator and denominator, or, if the denominator is 0, the address of the heap block.
    std::int64_t numerator_ = 0;
    std::int64_t denominator_ = 1;
};

}
