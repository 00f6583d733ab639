// Rationals from and to double.

#include "value/number/big.hpp"
#include "value/number/rational.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace value {

static constexpr std::int64_t kExact = std::int64_t{1} << 53;

static double big_to_double(mpq_srcptr number) {
    BigInteger n;
    mpz_abs(n.z, mpq_numref(number));
    auto n_bits = static_cast<std::int64_t>(mpz_sizeinbase(n.z, 2));
    auto d_bits = static_cast<std::int64_t>(mpz_sizeinbase(mpq_denref(number), 2));
    // A quotient of at least 66 bits: enough for a mantissa and a bit to round on.
    // By hand and not mpq_get_d(), which cuts off instead of rounding; then 0.1 would not come
    // back as 0.1.
    std::int64_t shift = 66 - (n_bits - d_bits);
    BigInteger d;
    mpz_set(d.z, mpq_denref(number));
    if (shift >= 0) {
        mpz_mul_2exp(n.z, n.z, static_cast<mp_bitcnt_t>(shift));
    } else {
        mpz_mul_2exp(d.z, d.z, static_cast<mp_bitcnt_t>(-shift));
    }
    BigInteger quotient;
    mpz_tdiv_qr(quotient.z, n.z, n.z, d.z);
    auto bits = static_cast<std::int64_t>(mpz_sizeinbase(quotient.z, 2));
    std::int64_t exponent = bits - 1 - shift;
    double sign = mpq_sgn(number) < 0 ? -1 : 1;
    if (exponent > 1023) return sign * std::numeric_limits<double>::infinity();
    // Below 2^-1022 a double has fewer bits, and has to be rounded there at once: rounding to 53
    // and then again would be wrong in some ties.
    std::int64_t precision = exponent >= -1022 ? 53 : 53 - (-1022 - exponent);
    if (precision < 0) return sign * 0.0;
    auto dropped = static_cast<mp_bitcnt_t>(bits - precision);
    bool half = mpz_tstbit(quotient.z, dropped - 1) != 0;
    // "more": something other than zero beyond the half bit, in the quotient or in its rest.
    bool more = mpz_sgn(n.z) != 0 || mpz_scan1(quotient.z, 0) < dropped - 1;
    mpz_tdiv_q_2exp(quotient.z, quotient.z, dropped);
    std::uint64_t mantissa = mpz_get_ui(quotient.z);
    if (half && (more || (mantissa & 1) != 0)) ++mantissa;
    return sign * std::ldexp(static_cast<double>(mantissa),
                             static_cast<int>(static_cast<std::int64_t>(dropped) - shift));
}

double Rational::to_double() const {
    // Both are doubles without loss, and IEEE 754's division rounds correctly: one instruction.
    if (is_small() && numerator_ <= kExact && numerator_ >= -kExact && denominator_ <= kExact) {
        return static_cast<double>(numerator_) / static_cast<double>(denominator_);
    }
    return big_to_double(Big(*this).q);
}

// mantissa * 2^exponent
static Rational scaled(std::int64_t mantissa, int exponent) {
    Big result{Rational(mantissa)};
    if (exponent >= 0) {
        mpq_mul_2exp(result.q, result.q, static_cast<mp_bitcnt_t>(exponent));
    } else {
        mpq_div_2exp(result.q, result.q, static_cast<mp_bitcnt_t>(-exponent));
    }
    mpq_canonicalize(result.q);
    return RationalAccess::take(result);
}

// The fraction with the smallest denominator between the two, by their continued fractions.
// Of 0.1 as a double, all reals between its neighbours' midpoints round to it, and 1/10 is the one
// with the smallest denominator. Its exact value, 3602879701896397/2^55, is what nobody meant. The
// two ends have the same continued fraction for a while; where they part, the smaller term that
// fits ends it.
static Rational simplest_between(Rational low, Rational high, bool closed) {
    std::vector<Rational> terms;
    Rational last;
    for (;;) {
        Rational whole = low.floor();
        // "closed": the ends themselves round to the double as well, as ties go to the even
        // mantissa.
        if (closed && whole == low) {
            last = whole;
            break;
        }
        Rational next = whole + 1;
        if (next < high || (closed && next == high)) {
            last = next;
            break;
        }
        Rational high_rest = high - whole;
        if (whole == low) {   // open: anything above 1 / high_rest will do
            terms.push_back(whole);
            last = (Rational(1) / high_rest).floor() + 1;
            break;
        }
        Rational low_rest = low - whole;
        terms.push_back(std::move(whole));
        low = Rational(1) / high_rest;
        high = Rational(1) / low_rest;
    }
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
        last = *term + Rational(1) / last;
    }
    return last;
}

std::optional<Rational> Rational::from_double_exactly(double number) {
    if (!std::isfinite(number)) return std::nullopt;
    int exponent;
    double fraction = std::frexp(number, &exponent);
    return scaled(static_cast<std::int64_t>(std::ldexp(fraction, 53)), exponent - 53);
}

std::optional<Rational> Rational::from_double(double number) {
    if (!std::isfinite(number)) return std::nullopt;
    if (number == std::trunc(number)) return from_double_exactly(number);
    int exponent;
    // 2^53 * fraction is the mantissa; below the smallest normal number the exponent stays at
    // -1074.
    double fraction = std::frexp(std::fabs(number), &exponent);
    exponent = std::max(exponent - 53, -1074);
    // In two steps: 2^1074 alone is beyond the range of double. Nothing is lost.
    int half = -exponent / 2;
    auto mantissa = static_cast<std::int64_t>(
        std::ldexp(std::ldexp(std::fabs(number), half), -exponent - half));
    // At a power of two the neighbour below is half as far away as the one above.
    bool narrow_below = fraction == 0.5 && exponent > -1074;
    Rational low = narrow_below ? scaled(4 * mantissa - 1, exponent - 2)
                                : scaled(2 * mantissa - 1, exponent - 1);
    Rational high = scaled(2 * mantissa + 1, exponent - 1);
    Rational result = simplest_between(std::move(low), std::move(high), mantissa % 2 == 0);
    return number < 0 ? -result : result;
}

}
