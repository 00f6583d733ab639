// Rationals from and to decimal text.

#include "base/check.hpp"
#include "value/number/big.hpp"
#include "value/number/rational.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace value {

static constexpr int kDigits = 16;

namespace {

struct Decimal {
    bool negative = false;
    std::string digits;   // of the whole mantissa, point removed
    std::int64_t exponent = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

base::Error not_a_number(std::string_view text) {
    return base::invalid_argument("invalid number '" + std::string(text.substr(0, 60)) + "'");
}

base::Error too_large(std::string_view text) {
    return {base::Code::Exhausted,
            "the exponent of the number '" + std::string(text.substr(0, 60)) + "' is out of range"};
}

// The digits of an exponent, capped far beyond every limit.
// Without the cap "1e99999999999999999999" would overflow; with it the number is refused for its
// size, whatever follows.
std::int64_t capped_integer(std::string_view digits) {
    std::int64_t value = 0;
    for (char c : digits) value = std::min<std::int64_t>(value * 10 + (c - '0'), 1LL << 56);
    return value;
}

base::Result<Decimal> scan(std::string_view text) {
    Decimal decimal;
    std::size_t at = 0;
    auto take_sign = [&] {
        bool minus = at < text.size() && text[at] == '-';
        // A plus is taken: TOML and YAML have it. JSON's own grammar has been checked by its
        // reader.
        if (minus || (at < text.size() && text[at] == '+')) ++at;
        return minus;
    };
    auto take_digits = [&] {
        std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return text.substr(begin, at - begin);
    };
    decimal.negative = take_sign();
    decimal.digits = take_digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        std::string_view fraction = take_digits();
        decimal.digits += fraction;
        decimal.exponent = -static_cast<std::int64_t>(fraction.size());
    }
    if (decimal.digits.empty()) return not_a_number(text);
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        bool minus = take_sign();
        std::string_view exponent = take_digits();
        if (exponent.empty()) return not_a_number(text);
        decimal.exponent += minus ? -capped_integer(exponent) : capped_integer(exponent);
    }
    if (at != text.size()) return not_a_number(text);
    return decimal;
}

void set_power_of_ten(mpz_ptr to, std::int64_t exponent) {
    mpz_ui_pow_ui(to, 10, static_cast<unsigned long>(exponent));
}

std::int64_t small_power_of_ten(std::int64_t exponent) {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

// Worked example: "12.50e1" has the digits "1250" and the exponent 1 - 2 = -1: 1250 / 10, in
// lowest terms 125.
Rational from_parts(const Decimal& decimal) {
    Big result;
    mpz_set_str(mpq_numref(result.q), decimal.digits.c_str(), 10);
    if (decimal.negative) mpz_neg(mpq_numref(result.q), mpq_numref(result.q));
    if (decimal.exponent < 0) {
        set_power_of_ten(mpq_denref(result.q), -decimal.exponent);
        mpq_canonicalize(result.q);
    } else {
        BigInteger power;
        set_power_of_ten(power.z, decimal.exponent);
        mpz_mul(mpq_numref(result.q), mpq_numref(result.q), power.z);
    }
    return RationalAccess::take(result);
}

}

base::Result<Rational> Rational::from_decimal(std::string_view text) {
    // Nearly all numbers of programs and documents are like this; up to 18 digits always fit in 63
    // bits.
    if (!text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit)) {
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return Rational(value);
    }
    Decimal decimal = TRY(scan(text));
    std::size_t first = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
    decimal.digits.erase(0, first);
    // Zero, before the exponent is looked at: "0e999999999" is 0 and needs no memory.
    if (decimal.digits.empty()) return Rational(0);
    // A million digits are 3.3 million bits, within kMaxBits. Without the limit a text of eleven
    // bytes, "1e999999999", asks for 400 MB.
    if (std::abs(decimal.exponent) > kMaxDecimalExponent ||
        decimal.digits.size() > static_cast<std::size_t>(kMaxDecimalExponent)) {
        return too_large(text);
    }
    if (decimal.digits.size() <= 18 && decimal.exponent <= 0 && decimal.exponent >= -18) {
        std::int64_t mantissa = std::strtoll(decimal.digits.c_str(), nullptr, 10);
        return from_fraction(decimal.negative ? -mantissa : mantissa,
                             small_power_of_ten(-decimal.exponent));
    }
    return from_parts(decimal);
}

static bool is_digit_of(char c, int radix) {
    if (is_digit(c)) return c - '0' < radix;
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' && radix == 16;
}

base::Result<Rational> Rational::from_digits(std::string_view digits, int radix) {
    CHECK(radix == 2 || radix == 8 || radix == 10 || radix == 16);
    if (digits.empty() ||
        !std::all_of(digits.begin(), digits.end(), [&](char c) { return is_digit_of(c, radix); })) {
        return not_a_number(digits);
    }
    // Hexadecimal digits are four bits each: a million of them stay below kMaxBits as well.
    if (digits.size() > static_cast<std::size_t>(kMaxDecimalExponent)) return too_large(digits);
    BigInteger value;
    mpz_set_str(value.z, std::string(digits).c_str(), radix);
    return RationalAccess::take_integer(value);
}

base::Result<Rational> Rational::from_numeral(std::string_view text) {
    bool negative = text.starts_with('-');
    std::string_view digits = negative ? text.substr(1) : text;
    int radix = 10;
    if (digits.starts_with("0x")) radix = 16;
    if (digits.starts_with("0o")) radix = 8;
    if (digits.starts_with("0b")) radix = 2;
    if (radix == 10) return Rational::from_decimal(text);
    Rational value = TRY(Rational::from_digits(digits.substr(2), radix));
    return negative ? -value : value;
}

namespace {

// The first 16 significant digits of a positive number, rounded half to even, and the power of ten
// of the first of them.
// 16 and not 17 digits: what a person wrote ("0.1", "1.15") comes back as it was written.
struct Significant {
    std::uint64_t digits;
    std::int64_t exponent;
};

constexpr std::uint64_t kLow = 1'000'000'000'000'000;   // 10^(kDigits - 1)

Significant round(std::uint64_t quotient, int compared_with_half, std::int64_t exponent) {
    bool up = compared_with_half > 0 || (compared_with_half == 0 && (quotient & 1) != 0);
    quotient += up;
    // 9.9999999999999996 rounds up to ten times the low end: one digit more, and the power of ten
    // grows.
    if (quotient == kLow * 10) return {kLow, exponent + 1};
    return {quotient, exponent};
}

// For numbers whose scaled numerator fits 128 bits; nothing if the estimate was off by one.
// Worked example: 2/3 has the exponent -1, so the scale is 16: 2 * 10^16 / 3 = 6666666666666666,
// rest 2 of 3, more than half, thus …667: "0.6666666666666667".
std::optional<Significant> small_digits(std::uint64_t numerator, std::uint64_t denominator,
                                        std::int64_t exponent) {
    std::int64_t scale = kDigits - 1 - exponent;
    if (scale < -18 || scale > 18) return std::nullopt;
    Uint128 n = numerator;
    Uint128 d = denominator;
    if (scale >= 0) {
        n *= static_cast<std::uint64_t>(small_power_of_ten(scale));
    } else {
        d *= static_cast<std::uint64_t>(small_power_of_ten(-scale));
    }
    Uint128 quotient = n / d;
    Uint128 rest = n % d;
    if (quotient < kLow || quotient >= Uint128{kLow} * 10) return std::nullopt;
    // Written without doubling the rest, which could pass 128 bits.
    int half = rest > d - rest ? 1 : rest < d - rest ? -1 : 0;
    return round(static_cast<std::uint64_t>(quotient), half, exponent);
}

Significant big_digits(mpq_srcptr number, std::int64_t exponent) {
    BigInteger n;
    BigInteger d;
    BigInteger power;
    BigInteger quotient;
    for (;;) {
        mpz_abs(n.z, mpq_numref(number));
        mpz_set(d.z, mpq_denref(number));
        std::int64_t scale = kDigits - 1 - exponent;
        set_power_of_ten(power.z, std::abs(scale));
        mpz_ptr scaled = scale >= 0 ? n.z : d.z;
        // Started from an estimate that is off by one at most, so it turns twice at most.
        mpz_mul(scaled, scaled, power.z);
        mpz_tdiv_qr(quotient.z, n.z, n.z, d.z);
        if (mpz_cmp_ui(quotient.z, kLow) < 0) {
            --exponent;
        } else if (mpz_cmp_ui(quotient.z, kLow * 10) >= 0) {
            ++exponent;
        } else {
            mpz_mul_2exp(n.z, n.z, 1);
            return round(mpz_get_ui(quotient.z), mpz_cmp(n.z, d.z), exponent);
        }
    }
}

// By logarithms of the leading bits: 10^k is not computed to find k. log10(2) turns bits into
// digits.
std::int64_t estimate_exponent(mpq_srcptr number) {
    long n_exponent;
    long d_exponent;
    double n = mpz_get_d_2exp(&n_exponent, mpq_numref(number));
    double d = mpz_get_d_2exp(&d_exponent, mpq_denref(number));
    double log2 = std::log2(std::fabs(n) / d) + static_cast<double>(n_exponent - d_exponent);
    return static_cast<std::int64_t>(std::floor(log2 * 0.30102999566398119521));
}

std::string layout(Significant number, bool negative) {
    std::string digits = std::to_string(number.digits);
    digits.erase(digits.find_last_not_of('0') + 1);
    std::string out = negative ? "-" : "";
    // The form that is shown switches to an exponent where a row of zeros could not be counted by
    // eye.
    if (number.exponent >= kDigits || number.exponent <= -6) {
        out += digits[0];
        if (digits.size() > 1) out += "." + digits.substr(1);
        return out + "e" + std::to_string(number.exponent);
    }
    if (number.exponent < 0) {
        return out + "0." + std::string(static_cast<std::size_t>(-number.exponent - 1), '0') +
               digits;
    }
    auto whole = static_cast<std::size_t>(number.exponent) + 1;
    if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0');
    return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}

std::string Rational::to_string() const {
    if (denominator_ == 1 && numerator_ < 10'000'000'000'000'000 &&
        numerator_ > -10'000'000'000'000'000) {
        return std::to_string(numerator_);
    }
    if (is_small()) {
        auto size = numerator_ < 0 ? -static_cast<std::uint64_t>(numerator_)
                                   : static_cast<std::uint64_t>(numerator_);
        auto denominator = static_cast<std::uint64_t>(denominator_);
        auto exponent = static_cast<std::int64_t>(
            // A double's logarithm may be off by one near powers of ten (0.001,
            // 999999999999999999); small_digits() then refuses, and the exact way decides.
            std::floor(std::log10(static_cast<double>(size) / static_cast<double>(denominator))));
        if (auto digits = small_digits(size, denominator, exponent)) {
            return layout(*digits, numerator_ < 0);
        }
    }
    Big number(*this);
    return layout(big_digits(number.q, estimate_exponent(number.q)), sign() < 0);
}

}
