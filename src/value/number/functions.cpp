#include "value/number/functions.hpp"

#include "value/number/big.hpp"

#include <algorithm>
#include <cmath>

namespace value::number {

static base::Result<Rational> leave(double result, const char* name) {
    if (auto number = Rational::from_double(result)) return *std::move(number);
    return base::invalid_argument(std::string(name) + " returned " +
                                  (std::isnan(result) ? "NaN"
                                   : result > 0       ? "inf"
                                                      : "-inf") +
                                  ", which is not a number here");
}

static std::size_t bits_of(const Rational& number) {
    Big big(number);
    return std::max(mpz_sizeinbase(mpq_numref(big.q), 2), mpz_sizeinbase(mpq_denref(big.q), 2));
}

static base::Result<Rational> exact_pow(const Rational& number, std::int64_t exponent) {
    if (exponent == 0 || number == 1) return Rational(1);
    // 0 to the power of 0 is 1, as for doubles.
    if (number.is_zero()) {
        if (exponent < 0) return base::invalid_argument("division by zero (0 to a negative power)");
        return Rational(0);
    }
    auto size =
        exponent < 0 ? -static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
    // These two bases need no memory for any exponent; all others grow by at least a bit in each
    // step.
    if (number == -1) return Rational(size % 2 == 0 ? 1 : -1);
    // Asked before computing: a result of so many bits is refused anyway, and would take minutes
    // first.
    if (size > Rational::kMaxBits || (bits_of(number) - 1) * size > Rational::kMaxBits) {
        return base::Error(base::Code::Exhausted, "the result of pow is too large");
    }
    Big base(number);
    Big result;
    mpz_pow_ui(mpq_numref(result.q), mpq_numref(base.q), size);
    mpz_pow_ui(mpq_denref(result.q), mpq_denref(base.q), size);
    if (exponent < 0) mpq_inv(result.q, result.q);
    return RationalAccess::take(result);
}

base::Result<Rational> pow(const Rational& number, const Rational& exponent) {
    if (auto integer = exponent.to_int64()) return exact_pow(number, *integer);
    return leave(std::pow(number.to_double(), exponent.to_double()), "pow");
}

base::Result<Rational> log(const Rational& number, const Rational& base) {
    double x = number.to_double();
    // log2() and log10() give whole results for powers of their base; a quotient of two logarithms
    // need not (log 1000 / log 10 is 2.9999999999999996).
    if (base == 2) return leave(std::log2(x), "log");
    if (base == 10) return leave(std::log10(x), "log");
    // A base of 1 gives a division by zero and a negative one NaN; leave() refuses both.
    return leave(std::log(x) / std::log(base.to_double()), "log");
}

base::Result<Rational> sin(const Rational& x) { return leave(std::sin(x.to_double()), "sin"); }
base::Result<Rational> cos(const Rational& x) { return leave(std::cos(x.to_double()), "cos"); }
base::Result<Rational> tan(const Rational& x) { return leave(std::tan(x.to_double()), "tan"); }
base::Result<Rational> arcsin(const Rational& x) {
    return leave(std::asin(x.to_double()), "arcsin");
}
base::Result<Rational> arccos(const Rational& x) {
    return leave(std::acos(x.to_double()), "arccos");
}
base::Result<Rational> arctan(const Rational& x) {
    return leave(std::atan(x.to_double()), "arctan");
}
base::Result<Rational> arctan2(const Rational& y, const Rational& x) {
    return leave(std::atan2(y.to_double(), x.to_double()), "arctan2");
}

}
